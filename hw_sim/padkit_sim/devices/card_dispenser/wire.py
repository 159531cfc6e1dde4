"""The unit's side of the line protocol (manual sections 2 to 4): what arrives becomes words, answers become frames. No I/O."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

START = 0xF2
END = 0x03
COMMAND = 0x43
POSITIVE = b"P"
NEGATIVE = b"N"  # one table prints 45h; units send 4Eh
HEAD = 4  # F2, address, two length bytes
TAIL = 2  # ETX, BCC
MIN_LENGTH = 3  # 'C', CM, PM
MAX_FRAME = 1024


class Control(enum.Enum):
    """What either side says in one byte."""

    ACK = 0x06
    NAK = 0x15
    EOT = 0x04


@dataclass(frozen=True, slots=True)
class Command:
    """A command frame whose length, end and BCC are right."""

    address: int
    cm: int
    pm: int
    data: bytes

    @property
    def name(self) -> str:
        """As the manual writes it: ``31/30``."""
        return f"{self.cm:02X}/{self.pm:02X}"


@dataclass(frozen=True, slots=True)
class Damaged:
    """A frame that began well and is wrong inside: the unit answers NAK."""

    frame: bytes


CONTROLS = {control.value: control for control in Control}
Word = Control | Command | Damaged


def bcc(data: bytes) -> int:
    """XOR of all bytes."""
    check = 0
    for byte in data:
        check ^= byte
    return check


def positive(address: int, cm: int, pm: int, status: str, data: bytes = b"") -> bytes:
    """The frame for a command carried out; `status` is st0 st1 st2."""
    return _frame(address, POSITIVE + bytes([cm, pm]) + status.encode("ascii") + data)


def negative(address: int, cm: int, pm: int, code: str, data: bytes = b"") -> bytes:
    """The frame for a command refused or failed; `code` is e1 e0."""
    return _frame(address, NEGATIVE + bytes([cm, pm]) + code.encode("ascii") + data)


def _frame(address: int, text: bytes) -> bytes:
    body = bytes([START, address]) + len(text).to_bytes(2, "big") + text + bytes([END])
    return body + bytes([bcc(body)])


class Ear:
    """Cuts what the host sends into words, whatever the portions; bytes that belong to no word are dropped."""

    def __init__(self) -> None:
        self._heard = bytearray()

    def hear(self, data: bytes) -> Iterator[Word]:
        """Words that are complete now."""
        self._heard += data
        while self._heard:
            first = self._heard[0]
            if first == START:
                word = self._frame()
                if word is None:
                    return
                yield word
                continue
            del self._heard[0]
            if first in CONTROLS:
                yield CONTROLS[first]

    def forget(self) -> None:
        """Drop a half-heard frame."""
        self._heard.clear()

    @property
    def midway(self) -> bool:
        """Whether the host stopped in the middle of a frame."""
        return bool(self._heard)

    def _frame(self) -> Command | Damaged | None:
        heard = self._heard
        if len(heard) < HEAD:
            return None
        length = int.from_bytes(heard[2:4], "big")
        size = HEAD + length + TAIL
        if length < MIN_LENGTH or size > MAX_FRAME:
            return Damaged(self._cut(HEAD))
        if len(heard) < size:
            return None
        frame = self._cut(size)
        if frame[-2] != END or bcc(frame) or frame[HEAD] != COMMAND:
            return Damaged(frame)
        return Command(frame[1], frame[5], frame[6], frame[7:-2])

    def _cut(self, size: int) -> bytes:
        cut = bytes(self._heard[:size])
        del self._heard[:size]
        return cut
