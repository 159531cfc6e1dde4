"""Which peripheral works at which kit: what a kit says of its devices, held against what is known of them. No I/O here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from padkit_central.store import DeviceChange, DeviceEvent, DeviceKey, DeviceRow, DeviceState, Happened
from padkit_contract.contact import DeviceWord
from padkit_contract.errors import Invalid

MAX_DEVICES = 32
MAX_WORD = 64
TOGETHER = timedelta(seconds=180)  # three contacts: a kit that spoke since then still has what it said
TWICE = "device.twice"
RETIRED = "device.retired"


def check_words(said: Sequence[DeviceWord]) -> None:
    """See that it is no more than a kit has. Raises `Invalid` ``contact.form``."""
    words = [text for it in said for text in (it.device, it.plugin, it.model, it.serial, it.firmware)]
    if len(said) > MAX_DEVICES or any(len(text) > MAX_WORD or not text.isprintable() for text in words):
        raise Invalid("contact.form", f"{len(said)} devices; at most {MAX_DEVICES}, each word of {MAX_WORD} characters")


def key_of(kit: str, word: DeviceWord) -> DeviceKey:
    """Return by what a device is known."""
    return DeviceKey(word.model, word.serial, "" if word.serial else f"{kit}/{word.device}")


def judge(
    known: Mapping[DeviceKey, DeviceRow], spoke_at: Mapping[str, str], *, kit: str, said: Sequence[DeviceWord], at: str
) -> list[DeviceChange]:
    """Return what changes when `kit` says at `at` which devices are ready there.

    A device that its former kit still has moves nowhere: one of the two says what is not so, and people have to look (`TWICE`).
    """
    here = {key_of(kit, word): word for word in said}
    changes = [_seen(known.get(key), key, word, spoke_at, kit, at) for key, word in here.items()]
    return [*_gone(known, here, kit, at), *(change for change in changes if change is not None)]


def _gone(
    known: Mapping[DeviceKey, DeviceRow], here: Mapping[DeviceKey, DeviceWord], kit: str, at: str
) -> Iterator[DeviceChange]:
    for key, row in known.items():
        if key in here:
            continue
        if row.kit == kit and not row.left_at:
            yield DeviceChange(replace(row, left_at=at))
        elif row.claimed_by == kit:
            yield DeviceChange(replace(row, claimed_by=""))


def _seen(
    row: DeviceRow | None, key: DeviceKey, word: DeviceWord, spoke_at: Mapping[str, str], kit: str, at: str
) -> DeviceChange | None:
    if row is None:
        new = DeviceRow(key, DeviceState.FOUND, kit, at, plugin=word.plugin, firmware=word.firmware)
        return DeviceChange(new, DeviceEvent(key, at, Happened.FOUND, kit, detail=word.plugin))
    now = replace(row, kit=kit, left_at="", plugin=word.plugin, firmware=word.firmware)
    case = RETIRED if row.state is DeviceState.RETIRED else ""
    if row.kit == kit:
        if row.firmware and word.firmware != row.firmware:
            other = f"{row.firmware} to {word.firmware or 'none'}"
            return DeviceChange(now, DeviceEvent(key, at, Happened.FIRMWARE, kit, detail=other), case)
        return None if now == row else DeviceChange(now, case=case)
    if row.kit and not row.left_at and _together(spoke_at.get(row.kit, ""), at):
        if row.claimed_by == kit:
            return None
        return DeviceChange(replace(row, claimed_by=kit), DeviceEvent(key, at, Happened.CLAIMED, kit, row.kit), TWICE)
    what = Happened.MOVED if row.kit else Happened.FOUND
    moved = replace(now, since=at, claimed_by="")
    return DeviceChange(moved, DeviceEvent(key, at, what, kit, row.kit, detail=word.plugin), case)


def _together(spoke_at: str, at: str) -> bool:
    return bool(spoke_at) and datetime.fromisoformat(at) - datetime.fromisoformat(spoke_at) <= TOGETHER


def decided(
    row: DeviceRow | None, key: DeviceKey, state: DeviceState, *, reason: str, by: str, at: str
) -> tuple[DeviceRow, DeviceEvent]:
    """Return the record and the line of history of what a person decided. Raises `Invalid` ``device.state``: it is so already."""
    if row is not None and row.state is state:
        raise Invalid("device.state", f"{key.name} is {state.value} already; nothing is to do")
    what = Happened.RETIRED if state is DeviceState.RETIRED else Happened.REGISTERED
    after = replace(row or DeviceRow(key, state), state=state, reason=reason)
    return after, DeviceEvent(key, at, what, after.kit, detail=reason, by=by)
