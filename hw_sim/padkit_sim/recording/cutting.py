"""Cuts what passes a line into whole frames, so that a scrubber never judges half of one. No I/O."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

MOST = 4096  # a frame that claims to be longer is none
Size = Callable[
    [bytes], int
]  # of the frame at the start: 0 when none begins there, -1 when more bytes are needed to tell


class Cut(NamedTuple):
    """A piece of the stream; `whole` is False for bytes that belong to no frame."""

    data: bytes
    whole: bool


class Cutter:
    """One direction of one line."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self._held = b""

    def take(self, data: bytes) -> list[Cut]:
        """What is complete now, in order; bytes of no frame come together."""
        self._held += data
        cuts: list[Cut] = []
        stray = b""
        while self._held:
            size = self._size(self._held)
            if size < 0 or size > len(self._held):
                break
            if size == 0:
                stray, self._held = stray + self._held[:1], self._held[1:]
                continue
            if stray:
                cuts.append(Cut(stray, whole=False))
                stray = b""
            cuts.append(Cut(self._held[:size], whole=True))
            self._held = self._held[size:]
        return [*cuts, Cut(stray, whole=False)] if stray else cuts

    def rest(self) -> bytes:
        """What was begun and never ended; forgotten now."""
        held, self._held = self._held, b""
        return held


def card_box(data: bytes) -> int:
    """CRT-591: control bytes, and frames ``F2 address length(2) text ETX BCC``."""
    if data[0] in (0x04, 0x06, 0x15):
        return 1
    if data[0] != 0xF2:
        return 0
    if len(data) < 4:
        return -1
    size = 4 + int.from_bytes(data[2:4], "big") + 2
    return size if size <= MOST else 0


def identity_reader(data: bytes) -> int:
    """SAM_V: ``AA AA AA 96 69 length(2)`` and so many bytes."""
    preamble = b"\xaa\xaa\xaa\x96\x69"
    if not preamble.startswith(data[: len(preamble)]):
        return 0
    if len(data) < len(preamble) + 2:
        return -1
    size = len(preamble) + 2 + int.from_bytes(data[5:7], "big")
    return size if size <= MOST else 0
