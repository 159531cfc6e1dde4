"""What one look at the box shows, and what a look after a doubtful motion proves. No I/O here.

This is where the money rules are decided: a motion is repeated only when looks prove that it did not happen and that
repeating it cannot feed a card; a card that left is told taken from captured by the bin counter.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from padkit_card_dispenser.commands import MAX_COUNT, Command, Initialize, MoveTo, initialize, move
from padkit_sdk.ports import BoxStatus, CardPlace, HopperLevel

COUNTS = MAX_COUNT + 1  # the counter has three digits and goes from 999 to 000
UNREADY = BoxStatus(CardPlace.UNCLEAR, HopperLevel.UNCLEAR, bin_full=False, bin_count=None, ready=False)


class Motion(enum.Enum):
    """What the driver ever makes the box move."""

    PREPARE = "prepare"
    STAGE = "stage"
    TO_READER = "to reader"
    TO_RF = "to rf"
    TO_GATE = "to gate"
    TO_BIN = "to bin"
    TO_OUT = "to out"


class Verdict(enum.Enum):
    """What two looks, before and after, say about a motion."""

    DONE = "done"
    NOT_DONE = "not done"  # and doing it again is safe
    TAKEN = "taken"  # the card left through the gate instead
    UNSURE = "unsure"


COMMANDS: Mapping[Motion, Command] = {
    Motion.PREPARE: initialize(Initialize.LEAVE_COUNTING),  # the only INITIALIZE this driver sends
    Motion.STAGE: move(MoveTo.READER),
    Motion.TO_READER: move(MoveTo.READER),
    Motion.TO_RF: move(MoveTo.RF),
    Motion.TO_GATE: move(MoveTo.GATE),
    Motion.TO_BIN: move(MoveTo.BIN),
    Motion.TO_OUT: move(MoveTo.OUT),
}

STARTS: Mapping[Motion, frozenset[CardPlace]] = {
    Motion.STAGE: frozenset({CardPlace.NONE}),
    Motion.TO_READER: frozenset({CardPlace.INSIDE}),  # from the gate the customer could pull it: then 31 would feed
    Motion.TO_RF: frozenset({CardPlace.INSIDE}),  # the same with 32
    Motion.TO_GATE: frozenset({CardPlace.INSIDE}),
    Motion.TO_BIN: frozenset({CardPlace.INSIDE, CardPlace.GATE}),
    Motion.TO_OUT: frozenset({CardPlace.INSIDE, CardPlace.GATE}),
}

ANSWERED_AT: Mapping[Motion, frozenset[CardPlace]] = {
    Motion.STAGE: frozenset({CardPlace.INSIDE}),
    Motion.TO_READER: frozenset({CardPlace.INSIDE}),
    Motion.TO_RF: frozenset({CardPlace.INSIDE}),
    Motion.TO_GATE: frozenset({CardPlace.GATE, CardPlace.NONE}),  # NONE: pulled as soon as it came
    Motion.TO_OUT: frozenset({CardPlace.GATE, CardPlace.NONE}),  # GATE: lies loose in the mouth
}


def judge_answer(motion: Motion, before: BoxStatus, after: BoxStatus) -> Verdict:
    """Say whether a positive answer holds; `after` is its own st0..st2 with, for TO_BIN, the counter read afterwards."""
    if motion is Motion.PREPARE:
        return Verdict.DONE
    if motion is Motion.TO_BIN:
        return _judge_bin(before, after)
    return Verdict.DONE if after.card in ANSWERED_AT[motion] else Verdict.UNSURE


def may_be_gone(motion: Motion, after: BoxStatus) -> bool:
    """Tell whether a positive answer says that the card has left: then only the counter tells taken from captured."""
    return after.card is CardPlace.NONE and CardPlace.NONE in ANSWERED_AT.get(motion, ())


def judge_looks(motion: Motion, before: BoxStatus, after: BoxStatus, *, reached: bool) -> Verdict:
    """Say what became of a motion without an answer; `reached` is True when the box is known to have understood it.

    A box that lost power meanwhile (`UNREADY`) shows neither place nor counter, so nothing but PREPARE is ever sure.
    """
    if motion is Motion.PREPARE:
        return Verdict.DONE if after.ready and not before.ready else Verdict.NOT_DONE
    if motion is Motion.TO_BIN:
        return _judge_bin(before, after)
    done, again = _ENDS[motion]
    if after.card in done and (motion is not Motion.TO_OUT or _uncaptured(before, after)):
        return Verdict.DONE
    if after.card in again and not (motion is Motion.STAGE and reached):
        return Verdict.NOT_DONE
    return Verdict.UNSURE


# Where a look proves the motion done, and where it proves it not done. A feed that the box had understood proves nothing
# by an empty path: the card may be stuck between two sensors.
_ENDS: Mapping[Motion, tuple[frozenset[CardPlace], frozenset[CardPlace]]] = {
    Motion.STAGE: (frozenset({CardPlace.INSIDE}), frozenset({CardPlace.NONE})),
    Motion.TO_READER: (frozenset(), frozenset({CardPlace.INSIDE})),
    Motion.TO_RF: (frozenset(), frozenset({CardPlace.INSIDE})),
    Motion.TO_GATE: (frozenset({CardPlace.GATE}), frozenset({CardPlace.INSIDE})),
    Motion.TO_OUT: (frozenset({CardPlace.NONE}), frozenset({CardPlace.INSIDE, CardPlace.GATE})),
}


def _judge_bin(before: BoxStatus, after: BoxStatus) -> Verdict:
    if before.bin_count is None or after.bin_count is None:
        return Verdict.UNSURE
    risen = (after.bin_count - before.bin_count) % COUNTS
    match after.card:
        case CardPlace.NONE if risen == 1:
            return Verdict.DONE
        case CardPlace.NONE if risen == 0 and before.card is CardPlace.GATE:
            return Verdict.TAKEN
        case CardPlace.INSIDE | CardPlace.GATE if risen == 0 and after.card in (before.card, CardPlace.INSIDE):
            return Verdict.NOT_DONE
    return Verdict.UNSURE


def _uncaptured(before: BoxStatus, after: BoxStatus) -> bool:
    return before.bin_count is not None and before.bin_count == after.bin_count
