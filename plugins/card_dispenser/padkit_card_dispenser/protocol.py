"""Frames of the CRT-591 family: commands to bytes, bytes to replies. No I/O and no clock here.

A frame is ``F2 ADDR LENH LENL text 03 BCC``; LEN counts the text, BCC is the XOR of everything before it. Text may hold
03, 06 and 15, so a frame is cut by LEN and only then checked for its 03.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import xor

from padkit_card_dispenser.commands import Command
from padkit_sdk import BadFrame

STX = 0xF2
ETX = 0x03
COMMAND = 0x43
POSITIVE = 0x50
NEGATIVE = (0x4E, 0x45)  # real units send 4E; one table of the vendor prints 45
LENGTH_END = 4  # STX ADDR LENH LENL
HEADER = 5  # and the marker
TRAILER = 2  # ETX BCC
MAX_DATA = 512
MAX_ADDRESS = 0x0F
SHORTEST = {POSITIVE: 6} | dict.fromkeys(NEGATIVE, 5)  # marker CM PM and st0 st1 st2, or e1 e0
LENGTHS = range(min(SHORTEST.values()), max(SHORTEST.values()) + MAX_DATA + 1)


class Control(enum.IntEnum):
    """Single bytes between frames."""

    EOT = 0x04
    ACK = 0x06
    NAK = 0x15


CONTROLS = frozenset(Control)


@dataclass(frozen=True, slots=True)
class StatusCharacters:
    """st0 st1 st2 as sent: card, stacker, reject bin."""

    card: str
    stacker: str
    bin: str


@dataclass(frozen=True, slots=True)
class Done:
    """A positive reply; `data` may hold what a card said, so it is never shown."""

    cm: int
    pm: int
    status: StatusCharacters
    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """A negative reply; `code` is e1 e0 as text, also one we do not know."""

    cm: int
    pm: int
    code: str


Reply = Done | Failed
Event = Reply | Control


def encode(command: Command, address: int = 0) -> bytes:
    """Return the frame of `command`. Raises `BadFrame` for what no frame can hold."""
    if len(command.data) > MAX_DATA:
        raise BadFrame(f"{command.name}: {len(command.data)} bytes of data, at most {MAX_DATA}")
    if not 0 <= address <= MAX_ADDRESS:
        raise BadFrame(f"{command.name}: address {address}, at most {MAX_ADDRESS}")
    text = bytes([COMMAND, command.cm, command.pm]) + command.data
    frame = bytes([STX, address]) + len(text).to_bytes(2, "big") + text + bytes([ETX])
    return frame + bytes([_bcc(frame)])


class Decoder:
    """Cuts what the box at `address` says out of a byte stream; other bytes are noise and dropped.

    Frames of other addresses are passed over. A damaged frame raises `BadFrame` once and is dropped; what came after it
    is kept for the next `feed`, which may be given ``b""``.
    """

    def __init__(self, address: int = 0) -> None:
        self._address = address
        self._buffer = bytearray()

    @property
    def pending(self) -> bool:
        """Whether a frame has begun and not ended."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> Iterator[Event]:
        """Add `data` and yield what is complete. Raises `BadFrame` in its turn."""
        self._buffer += data
        return self._events()

    def flush(self) -> None:
        """Give up the frame that has begun: the line fell silent in it. Raises `BadFrame` when it looked like one of ours."""
        begun = bytes(self._buffer)
        self._resume_at_next_start(len(begun))
        possible = int.from_bytes(begun[2:LENGTH_END], "big") in LENGTHS
        if len(begun) >= LENGTH_END and begun[1] == self._address and possible:
            raise BadFrame("cut off", begun)

    def reset(self) -> None:
        """Forget everything."""
        self._buffer.clear()

    def _events(self) -> Iterator[Event]:
        while self._buffer:
            if self._buffer[0] != STX:
                byte = self._buffer.pop(0)
                if byte in CONTROLS:
                    yield Control(byte)
            elif self._is_noise():
                del self._buffer[0]
            elif (frame := self._cut()) is None:
                return
            elif frame[1] == self._address:
                _check(frame)
                yield _parse(frame)

    def _is_noise(self) -> bool:
        head = self._buffer[:HEADER]
        return (len(head) > 1 and head[1] > MAX_ADDRESS) or (len(head) == HEADER and head[4] not in SHORTEST)

    def _cut(self) -> bytes | None:
        """Take one frame from the buffer, only its header when LEN is impossible; None when it has not all come."""
        if len(self._buffer) < HEADER:
            return None
        length = int.from_bytes(self._buffer[2:4], "big")
        shortest = SHORTEST[self._buffer[4]]
        possible = shortest <= length <= shortest + MAX_DATA
        size = LENGTH_END + length + TRAILER if possible else HEADER
        if len(self._buffer) < size:
            return None
        frame = bytes(self._buffer[:size])
        if possible and frame[-TRAILER] == ETX:
            del self._buffer[:size]
        else:
            self._resume_at_next_start(size)
        return frame

    def _resume_at_next_start(self, size: int) -> None:
        """Drop the first `size` bytes, or fewer when a frame may begin inside them."""
        start = self._buffer.find(STX, 1, size)
        del self._buffer[: size if start < 0 else start]


def _check(frame: bytes) -> None:
    if len(frame) == HEADER:
        raise BadFrame("length", frame)
    if frame[-TRAILER] != ETX:
        raise BadFrame("no 03 where LEN puts it", frame)
    if _bcc(frame[:-1]) != frame[-1]:
        raise BadFrame("checksum", frame)


def _parse(frame: bytes) -> Reply:
    marker, cm, pm = frame[4:7]
    rest = frame[7:-TRAILER]
    if marker == POSITIVE:
        stand = rest[:3].decode("latin-1")
        return Done(cm, pm, StatusCharacters(stand[0], stand[1], stand[2]), rest[3:])
    return Failed(cm, pm, rest[:2].decode("ascii", "backslashreplace"))


def _bcc(data: bytes) -> int:
    return reduce(xor, data, 0)
