"""Faults of the card opening that the simulators know, as `openings` seeds them: what is armed, who answers what, how it ends.

Rows are those of the failure table (section 10 of the card opening). Left out: what needs hands that no simulator has (F02 to F07
need a camera, F14 the PIN keypad), and what stops the kit until its box is opened and loaded anew (F09, F13).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TWO = ["manager", "second"]
READ: Mapping[str, Any] = {"what": "document_read", "choice": "read"}
CONFIRM: Mapping[str, Any] = {"what": "confirm", "choice": "yes"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `kit` and `core` are armed once each; `killed_at` names the action at whose begin the agent is killed.

    `found`: two people open the box, put the card from its path into the bin, and book it as this when they close the case.
    """

    row: str
    name: str
    end: str
    kit: Mapping[str, Any] = field(default_factory=dict)
    core: Mapping[str, Any] = field(default_factory=dict)
    answers: tuple[Mapping[str, Any], ...] = ()
    take_after_s: float | None = 1.0
    killed_at: str = ""
    found: str = ""


def _kit(name: str, times: int = 1, **args: Any) -> Mapping[str, Any]:
    return {"name": name, "args": args, "times": times}


def _core(name: str, **args: Any) -> Mapping[str, Any]:
    return {"name": name, "nth": 1, "args": args} if args else {"name": name, "nth": 1}


STRAIGHT = Fault("", "straight through", "CLOSED")
FAULTS: tuple[Fault, ...] = (
    Fault(
        "F01", "identity card lifted", "CLOSED", kit=_kit("idcard.removed"),
        answers=({"what": "lay_card", "choice": "again"},),
    ),
    Fault(
        "F08", "hopper empty", "CLOSED", kit=_kit("box.empty"),
        answers=({"what": "load_cards", "choice": "done", "by": TWO},),
    ),
    Fault("F10", "jam that clears", "CLOSED", kit=_kit("box.jam", at="stage", clears_after=1)),
    Fault(
        "F10", "jam that stays", "CASE_OPEN", kit=_kit("box.jam", times=0, at="stage", clears_after="operator"),
        found="captured",
    ),
    Fault("F11", "mute card", "CLOSED", kit=_kit("card.mute")),
    Fault("F12", "strange card", "CASE_OPEN", kit=_kit("card.foreign_pan")),
    Fault("F15", "customer cancels", "CANCELLED", answers=({"what": "confirm", "choice": "no"},)),
    Fault("F16", "core refuses", "REFUSED", core=_core("core.refuse", code="1001", msg="not allowed")),
    Fault("F17", "answer lost", "CLOSED", core=_core("core.drop_reply")),
    Fault("F17", "core slow", "CLOSED", core=_core("core.slow", seconds=8)),
    Fault("F18", "request lost", "CLOSED", core=_core("core.drop_request")),
    Fault(
        "F20", "card not taken", "REVERSED", take_after_s=None,
        answers=({"what": "not_taken", "choice": "reverse", "by": TWO},),
    ),
    Fault(
        "F21", "retract fails", "CASE_OPEN", kit=_kit("box.retract_fail"), take_after_s=None,
        answers=({"what": "retract_failed", "choice": "held", "by": TWO},), found="captured_live",
    ),
    Fault(
        "F22", "gate unclear", "CLOSED", kit=_kit("box.taken_ambiguous"),
        answers=({"what": "taken_unclear", "choice": "taken", "by": TWO},),
    ),
    Fault("F23", "agent killed before the bank is asked", "", killed_at="read_chip"),
    Fault("F24", "agent killed while the bank is asked", "", killed_at="submit"),
    Fault("F26", "card ejected early", "CASE_OPEN", kit=_kit("box.eject_early")),
)  # fmt: skip
