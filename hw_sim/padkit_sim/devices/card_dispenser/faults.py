"""The faults of the card box: names, where each strikes, arguments. What they do is in the machine."""

from __future__ import annotations

from padkit_sim.devices.bank_card import CARD_FAULTS
from padkit_sim.faults import ArgSpec, FaultSpec, Kind

CLEARS_AFTER = ArgSpec("operator", ("operator",), or_int=True, help="that many INITIALIZEs, or a person's hand")
CODE = r"[0-9A-F]{2}"
CODE_HELP = "e1 e0 of the unit's error table, such as 51"

BOX_FAULTS = (
    FaultSpec("box.empty", "before the nth feed: the stacker reports empty and a feed is refused (A0)", Kind.CONDITION),
    FaultSpec("box.low", "before the nth feed: the stacker reports few; feeding works", Kind.CONDITION),
    FaultSpec(
        "box.bin_full", "before the nth capture: the bin reports full and a capture is refused (A1)", Kind.CONDITION
    ),
    FaultSpec(
        "box.double_feed",
        "nth feed: two cards leave the hopper. stacked: they travel as one, the later serial lies on the contacts. "
        "behind: the later one stops in the throat and is pushed into the bin by the next capture",
        args={
            "how": ArgSpec("stacked", ("stacked", "behind")),
            "counted": ArgSpec(2, minimum=1, help="what the bin counter makes of the pair"),
            "detected": ArgSpec(default=False, help="the unit measures the pair and answers 13 (too long)"),
        },
    ),
    FaultSpec(
        "box.jam",
        "nth motion of that leg: the card stops half way, code 10, and nothing moves until it clears",
        args={"at": ArgSpec("stage", ("stage", "present", "capture")), "clears_after": CLEARS_AFTER},
    ),
    FaultSpec(
        "box.retract_fail",
        "nth capture from the gate: the card is drawn in a little, slips, and stays half out",
        args={"code": ArgSpec("40", pattern=CODE, help=CODE_HELP), "clears_after": CLEARS_AFTER},
    ),
    FaultSpec("box.not_taken", "nth card held at the gate: the customer does not take it by himself"),
    FaultSpec(
        "box.taken_ambiguous",
        "nth taking: the gate sensor's answer alternates for some reports, or the bin counter cannot be read, or both",
        args={"how": ArgSpec("both", ("flap", "counter", "both")), "flaps": ArgSpec(6, minimum=1)},
    ),
    FaultSpec(
        "box.eject_early",
        "nth feed: the card does not stop at the station, it runs out of the mouth; code '' answers as if all were well",
        args={"code": ArgSpec("43", pattern=CODE + "|", help=CODE_HELP)},
    ),
    FaultSpec(
        "box.error",
        "nth command of that group: refused with `code`; mechanical codes stay latched until INITIALIZE",
        args={
            "code": ArgSpec("51", pattern=CODE, help=CODE_HELP),
            "on": ArgSpec("move", ("initialise", "status", "move", "entry", "chip", "counter", "any")),
        },
    ),
)

FAULTS = BOX_FAULTS + CARD_FAULTS
NAMES = frozenset(spec.name for spec in FAULTS)
