"""How one card is read: find, select, read, appended address; what each answer leads to. Pure, no I/O and no clock.

A card that gets lost on the way (81, 41, or 80 after it was found) is looked for once more, from the start.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace

from padkit_back_clip.protocol import Status

TRIES = 2  # manual 4: after 41 retry once from "find"
LOOKS_AFTER_LOSS = 3  # a card that was lost and is not found in so many looks was taken away


class Step(enum.Enum):
    """What to ask next, or how it ended."""

    FIND = "find"
    SELECT = "select"
    READ = "read"  # with or without fingerprint, see `Reading.fingerprint`
    ADDRESS = "address"
    LOST = "lost"  # never rests here: `advance` turns it into FIND or REMOVED
    OLD_MODULE = "old_module"  # never rests here: READ again without fingerprint
    DONE = "done"
    REMOVED = "removed"
    REFUSED = "refused"  # the answer is in no row: the reader is at fault, not the card


ENDS = frozenset({Step.DONE, Step.REMOVED, Step.REFUSED})
_LOSSES = {Status.NO_CARD: Step.LOST, Status.SELECT_FAILED: Step.LOST, Status.READ_FAILED: Step.LOST}
NEXT: Mapping[Step, Mapping[Status, Step]] = {
    Step.FIND: {Status.FOUND: Step.SELECT, Status.NO_CARD: Step.FIND},
    Step.SELECT: {Status.DONE: Step.READ, **_LOSSES},
    Step.READ: {Status.DONE: Step.ADDRESS, Status.BAD_COMMAND: Step.OLD_MODULE, **_LOSSES},
    Step.ADDRESS: {  # the record is complete: a card or module that cannot give the address has none
        Status.DONE: Step.DONE,
        Status.NO_ITEM: Step.DONE,
        Status.BAD_COMMAND: Step.DONE,
        Status.READ_FAILED: Step.DONE,
        Status.NO_CARD: Step.DONE,
    },
}


@dataclass(frozen=True, slots=True)
class Reading:
    """Where one read stands.

    `fingerprint` says which read to ask for; `address` whether the appended address is wanted. `losses` counts how often
    the card was lost, `looks` the fruitless looks since then.
    """

    fingerprint: bool
    address: bool
    step: Step = Step.FIND
    losses: int = 0
    looks: int = 0


def advance(reading: Reading, seen: Status) -> Reading:
    """Where the read stands after the reader answered `seen` to the present step."""
    step = NEXT[reading.step].get(seen, Step.REFUSED)
    if step is Step.LOST:
        return _lost(reading, seen)
    if step is Step.OLD_MODULE:
        return replace(reading, fingerprint=False) if reading.fingerprint else replace(reading, step=Step.REFUSED)
    if step is Step.FIND and reading.losses:
        gone = reading.looks + 1 >= LOOKS_AFTER_LOSS
        return replace(reading, step=Step.REMOVED if gone else Step.FIND, looks=reading.looks + 1)
    if step is Step.ADDRESS and not reading.address:
        return replace(reading, step=Step.DONE)
    return replace(reading, step=step)


def _lost(reading: Reading, seen: Status) -> Reading:
    """Start over; an old module that twice failed to read with fingerprint (41) is asked without."""
    losses = reading.losses + 1
    if losses < TRIES:
        return replace(reading, step=Step.FIND, losses=losses, looks=0)
    if reading.step is Step.READ and reading.fingerprint and seen is Status.READ_FAILED:
        return replace(reading, step=Step.FIND, losses=losses, looks=0, fingerprint=False)
    return replace(reading, step=Step.REMOVED, losses=losses)
