"""Writes a recording: whole frames, scrubbed, in the journal's own lines. What is no frame is counted and left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from padkit_sim.journal import Journal
from padkit_sim.recording.cutting import Cutter
from padkit_sim.recording.scrub import Rules


class RecordingWriter:
    """One recording of one device; `rules` None writes every byte as it was (`--raw`)."""

    def __init__(
        self, kind: str, source: str, rules: Rules | None, file: IO[bytes], now_mono_s: Callable[[], float]
    ) -> None:
        self._kind = kind
        self._journal = Journal(now_mono_s, file)
        self._scrubber = rules.scrubber() if rules else None
        self._cutters = (Cutter(rules.size), Cutter(rules.size)) if rules else None
        self.frames = 0
        state = "scrubbed" if rules else "raw: may hold what is personal"
        self._journal.note(kind, f"recording of {kind}{source}; {state}")

    def to_device(self, data: bytes) -> None:
        """Bytes that the host sent."""
        if self._scrubber is None or self._cutters is None:
            self._said(self._journal.heard, data)
            return
        for cut in self._cutters[0].take(data):
            if cut.whole:
                self._said(self._journal.heard, self._scrubber.to_device(cut.data))
            else:
                self._left_out(len(cut.data), "to the device")

    def to_host(self, data: bytes) -> None:
        """Bytes that the device sent."""
        if self._scrubber is None or self._cutters is None:
            self._said(self._journal.said, data)
            return
        for cut in self._cutters[1].take(data):
            if cut.whole:
                self._said(self._journal.said, self._scrubber.to_host(cut.data))
            else:
                self._left_out(len(cut.data), "to the host")

    def note(self, words: str) -> None:
        """Something that happened to the line."""
        self._journal.note(self._kind, words)

    def close(self) -> None:
        """Say what was begun and never ended."""
        for cutter, where in zip(self._cutters or (), ("to the device", "to the host"), strict=False):
            if rest := cutter.rest():
                self._left_out(len(rest), where)
        self.note("recording ends")

    def _said(self, write: Callable[[str, bytes], None], data: bytes) -> None:
        self.frames += 1
        write(self._kind, data)

    def _left_out(self, count: int, where: str) -> None:
        self.note(f"{count} bytes {where} belong to no frame: left out")
