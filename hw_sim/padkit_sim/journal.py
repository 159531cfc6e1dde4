"""The byte journal of a kit: who said which bytes when, and what was done to it. Kept in memory, and in a file on request.

Nobody in a simulated kit is a real person, so bytes are shown whole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import IO

import msgspec

KEPT = 20_000  # records held in memory; the file holds all


@dataclass(frozen=True, slots=True)
class Record:
    """One entry. `t` is seconds since the kit started; `dir` is seen from the device: in, out, or note."""

    n: int
    t: float
    device: str
    dir: str
    hex: str = ""
    note: str = ""


class Journal:
    """Numbered records from 1. A file, when given, gets one JSON line per record, at once."""

    def __init__(self, now_mono_s: Callable[[], float], file: IO[bytes] | None = None) -> None:
        self._now_mono_s = now_mono_s
        self._started_mono_s = now_mono_s()
        self._file = file
        self._records: deque[Record] = deque(maxlen=KEPT)
        self._n = 0
        self._wakes: list[Callable[[], None]] = []

    def watch(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` after every record from now on; call what comes back to end that. `wake` must be quick."""
        self._wakes.append(wake)
        return partial(self._wakes.remove, wake)

    def heard(self, device: str, data: bytes, note: str = "") -> None:
        """Bytes that came to `device`."""
        self._add(device, "in", data, note)

    def said(self, device: str, data: bytes, note: str = "") -> None:
        """Bytes that `device` put on the line."""
        self._add(device, "out", data, note)

    def note(self, device: str, note: str, data: bytes = b"") -> None:
        """Something that happened to `device`, or that it shows in so many bytes."""
        self._add(device, "note", data, note)

    def since(self, n: int) -> list[Record]:
        """Records numbered above `n` that are still held."""
        if not self._records:
            return []
        return list(islice(self._records, max(0, n + 1 - self._records[0].n), None))

    def _add(self, device: str, direction: str, data: bytes, note: str) -> None:
        self._n += 1
        t = round(self._now_mono_s() - self._started_mono_s, 6)
        record = Record(self._n, t, device, direction, data.hex(" ").upper(), note)
        self._records.append(record)
        if self._file:
            self._file.write(msgspec.json.encode(record) + b"\n")
            self._file.flush()
        for wake in self._wakes:
            wake()
