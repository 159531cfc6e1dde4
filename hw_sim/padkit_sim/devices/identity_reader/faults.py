"""The faults of the identity-card reader: names, where each strikes, arguments. What they do is in the machine."""

from __future__ import annotations

from padkit_sim.faults import ArgSpec, FaultSpec

COMMANDS = ("reset", "status", "number", "find", "select", "read", "address", "baud", "any")
STATUS = r"[0-9A-F]{2}"

FAULTS = (
    FaultSpec("idcard.not_found", "nth find: answered 'no card' (80) although one lies there"),
    FaultSpec("idcard.select_failed", "nth select: answered 81"),
    FaultSpec("idcard.removed", "nth read: the person lifts the card during it; answered 41"),
    FaultSpec("idcard.read_failed", "nth read: answered 41, the card still lies there"),
    FaultSpec("idcard.photo_bad", "nth read: the photo block has no picture in it"),
    FaultSpec(
        "idcard.status",
        "nth command of that kind: answered with status `sw3`, nothing done",
        args={
            "sw3": ArgSpec("66", pattern=STATUS, help="SW3 of the status table, such as 66"),
            "on": ArgSpec("any", COMMANDS),
        },
    ),
    FaultSpec("idcard.wrong_length", "nth answer: its length field is one too large, its check byte right"),
    FaultSpec("idcard.silent", "nth command of that kind: no answer", args={"on": ArgSpec("any", COMMANDS)}),
)
NAMES = frozenset(spec.name for spec in FAULTS)
