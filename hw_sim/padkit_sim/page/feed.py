"""What has changed in a kit since one browser was last told. Nothing is queued: a slow browser skips what it cannot take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from padkit_sim.control import Desk
from padkit_sim.journal import Journal, Record

MOST_RECORDS = 400  # in one message; older ones are counted, not sent
MOST_FIRED = 50
LONGEST = 1024  # bytes of a record that are shown; an image has 70 times as many


class _State(msgspec.Struct, frozen=True):
    speed: float
    devices: Mapping[str, msgspec.Raw]
    hardware: msgspec.Raw


class _Faults(msgspec.Struct, frozen=True):
    armed: msgspec.Raw
    fired: Sequence[msgspec.Raw]


class Faults(msgspec.Struct, frozen=True):
    """`fired` holds the last ones, `fired_count` all."""

    armed: msgspec.Raw
    fired: Sequence[msgspec.Raw]
    fired_count: int


class News(msgspec.Struct, frozen=True, tag="news", tag_field="is", omit_defaults=True):
    """Only what is new: devices whose state changed, records since the last time, `skipped` of them left out."""

    records: Sequence[Record] = ()
    skipped: int = 0
    devices: Mapping[str, msgspec.Raw] = {}
    speed: float | None = None
    faults: Faults | None = None


class Feed:
    """One browser's view of a kit."""

    def __init__(self, desk: Desk, journal: Journal) -> None:
        self._desk = desk
        self._journal = journal
        self._told = 0
        self._states: dict[str, bytes] = {}
        self._speed = 0.0
        self._faults = b""

    def news(self) -> bytes | None:
        """A message with what is new; None when nothing is."""
        state = msgspec.json.decode(self._desk.answer(b'{"do":"state"}'), type=_State)
        devices = {name: raw for name, raw in state.devices.items() if self._states.get(name) != bytes(raw)}
        self._states |= {name: bytes(raw) for name, raw in devices.items()}
        speed, self._speed = (state.speed if state.speed != self._speed else None), state.speed
        records = self._journal.since(self._told)  # after the state: looking at a device may add some
        new = (records[-1].n - self._told) if records else 0
        self._told += new
        shown = tuple(_cut(record) for record in records[-MOST_RECORDS:])
        news = News(shown, new - len(shown), devices, speed, self._new_faults())
        return msgspec.json.encode(news) if news != News() else None

    def _new_faults(self) -> Faults | None:
        answer = self._desk.answer(b'{"do":"faults"}')
        if answer == self._faults:
            return None
        self._faults = answer
        found = msgspec.json.decode(answer, type=_Faults)
        return Faults(found.armed, found.fired[-MOST_FIRED:], len(found.fired))


def _cut(record: Record) -> Record:
    count = (len(record.hex) + 1) // 3  # two digits and a space each
    if count <= LONGEST:
        return record
    note = f"{record.note} first {LONGEST} of {count} bytes".strip()
    return replace(record, hex=record.hex[: LONGEST * 3 - 1], note=note)
