"""The faults of the PIN keypad: names, where each strikes, arguments. What they do is in the pad."""

from __future__ import annotations

from padkit_sim.faults import ArgSpec, FaultSpec, Kind

CODE = r"E[0-9A-F]"

FAULTS = (
    FaultSpec("pin.bcc", "nth answer: its check digits are wrong"),
    FaultSpec("pin.silent", "nth command: heard, carried out, not answered"),
    FaultSpec("pin.tamper", "before the nth command: the case was opened, all keys are erased", Kind.CONDITION),
    FaultSpec("pin.no_key", "nth PIN entry asked for: answered 'no such key' (E4)"),
    FaultSpec("pin.battery", "nth PIN entry asked for: answered 'battery' (E0)"),
    FaultSpec("pin.locked", "nth PIN entry asked for: answered 'locked' (ED)"),
    FaultSpec("pin.slow", "nth command: answered late by `seconds`", args={"seconds": ArgSpec(1.5, minimum=0)}),
    FaultSpec(
        "pin.code",
        "nth command: answered with error `code`, nothing done",
        args={"code": ArgSpec("EF", pattern=CODE, help="E0 to EF")},
    ),
    FaultSpec("pin.timeout", "nth PIN entry: the customer is gone, the keypad's own time limit ends it at once"),
)
NAMES = frozenset(spec.name for spec in FAULTS)
