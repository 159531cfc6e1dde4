"""What a contact says of a kit, held against what is known of it. No I/O here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from padkit_central.store.chain_records import Alarm, Known, Met
from padkit_contract.commands import Mode
from padkit_contract.contact import Contact, marks_needed
from padkit_contract.context import CLOCK_SKEW_S
from padkit_contract.errors import Invalid

MAX_MARKS = 16
MAX_JUMPS = 20
MAX_TEXT = 64
MARK_SIZE = 64


def check(said: Contact) -> None:
    """See that it is no larger than a contact is. Raises `Invalid` ``contact.form``."""
    texts = (said.version, said.at, said.boot, said.head.link, *(it.at for it in said.jumps))
    if len(said.traits) > MAX_MARKS or len(said.jumps) > MAX_JUMPS or any(len(it) > MAX_TEXT for it in texts):
        raise Invalid("contact.form", f"{len(said.traits)} traits, {len(said.jumps)} jumps; is this a kit of ours?")
    if any(len(it) != MARK_SIZE for it in said.traits) or said.head.seq < 0:
        raise Invalid("contact.form", "traits are 64 hex digits each, the head's place counts from 0")


def meet(known: Known, said: Contact, at: str) -> Met:
    """Return what the kit is known by from now on, and the alarm when it is another machine; `at` is when it was made.

    The first contact pins the traits. Later ones may differ by as much as the kit's own vault allows; then they replace them.
    One that came late changes nothing, but has to be of the same machine, too.
    """
    same = len(set(known.traits) & set(said.traits))
    if known.traits and same < marks_needed(len(known.traits)):
        return Met(known, alarm=_other_machine(known.traits, said.traits, same))
    if at <= known.contact_at:
        return Met(known, stale=True)
    if _forgot(known, said, at):
        return Met(known, alarm=_behind(known, said))
    now = replace(known, contact_at=at)
    if not known.traits:
        return Met(replace(now, traits=said.traits))
    drifted = set(known.traits) != set(said.traits)
    return Met(replace(now, traits=said.traits), drifted=drifted)


def _forgot(known: Known, said: Contact, at: str) -> bool:
    """Tell whether the kit says less than it said well before: its store was taken away, or an older one put back.

    One that locked itself because it lost its record says so and may go on; only central unlocks it.
    """
    if said.standing.seq >= known.seq or said.standing.mode in (Mode.LOCKED, Mode.WIPED):
        return False
    return datetime.fromisoformat(at) - datetime.fromisoformat(known.said_at) > timedelta(seconds=CLOCK_SKEW_S)


def _behind(known: Known, said: Contact) -> Alarm:
    what = (
        f"the kit is {said.standing.mode.value} and took command {said.standing.seq} last, but said {known.seq} before"
    )
    return Alarm("standing.behind", 0, "", what, suspends=True)


def _other_machine(known: Sequence[str], said: Sequence[str], same: int) -> Alarm:
    what = f"{same} of the {len(known)} hardware traits are there, {marks_needed(len(known))} are needed; it tells {len(said)}"
    return Alarm("clone.hardware", 0, "", what, suspends=True)
