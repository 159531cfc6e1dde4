"""The faults of a box that only ejects: names, where each strikes, arguments. What they do is in the box."""

from __future__ import annotations

from padkit_sim.faults import ArgSpec, FaultSpec, Kind

ON = ArgSpec("any", ("dispense", "status", "reset", "setting", "any"))

FAULTS = (
    FaultSpec(
        "eject.empty",
        "before the nth dispense: the stacker reports no cards and a dispense is not carried out (6)",
        Kind.CONDITION,
    ),
    FaultSpec(
        "eject.jam",
        "nth dispense: the card stops half way; the box says 'error' (4) until it clears",
        args={
            "clears_after": ArgSpec("operator", ("operator",), or_int=True, help="that many resets, or a person's hand")
        },
    ),
    FaultSpec("eject.silent", "nth command of that kind: heard, no answer; a dispense is carried out", args={"on": ON}),
    FaultSpec("eject.nak", "nth command of that kind: refused with NAK, nothing done", args={"on": ON}),
    FaultSpec("eject.bcc", "nth status: its check byte is wrong"),
    FaultSpec("eject.late", "nth status: said late by `seconds`", args={"seconds": ArgSpec(1.0, minimum=0)}),
    FaultSpec("eject.unsaid", "nth dispense: the card comes out, and the box says 'ready' (0), never 'done' (3)"),
)
NAMES = frozenset(spec.name for spec in FAULTS)
