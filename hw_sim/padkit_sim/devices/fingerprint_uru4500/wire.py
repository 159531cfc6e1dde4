"""What the U.are.U says: interrupt messages, and the picture message with its header, blocks and scrambling. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LINE = 384
LINES = 290
HEAD_BYTES = 64
REPORT_BYTES = 64
TABLE_AT = 16
POLYNOMIAL = 0x9248144D
WINDOW = (4, 8, 11, 14, 18, 21, 24, 29)

POWERED = b"\x56\xaa"
ON = b"\x01\x01"
OFF = b"\x02\x00"
TROUBLE = b"\x08\x00"

GONE, HIDDEN, FROZEN, REKEY = 0x01, 0x02, 0x04, 0x80


class Part(NamedTuple):
    """An entry of the block table."""

    flags: int
    lines: int


def message(kind: bytes) -> bytes:
    """An interrupt message; what follows its two bytes is device data."""
    return kind.ljust(REPORT_BYTES, b"\x5a")


class Scrambler:
    """The shift register, one step at a time (section 6)."""

    def __init__(self, key: int) -> None:
        self.key = key

    def step(self) -> int:
        """The byte for this step, then move on."""
        key = self.key
        made = 0
        for bit, source in enumerate(WINDOW):
            made |= (key >> source & 1) << bit
        self.key = ((key & POLYNOMIAL).bit_count() & 1) << 31 | key >> 1
        return made

    def skip(self, steps: int) -> None:
        """Move on without using the bytes."""
        key = self.key
        for _ in range(steps):
            key = ((key & POLYNOMIAL).bit_count() & 1) << 31 | key >> 1
        self.key = key

    def hide(self, clear: bytes) -> bytes:
        """Scramble a block: one byte of anything in front, the last pixel is lost."""
        hidden = bytearray([0xA5])
        hidden.extend(pixel ^ self.step() for pixel in clear[:-1])
        self.skip(1)
        return bytes(hidden)


def picture_message(picture: bytes, parts: Sequence[Part], key_number: int, keys: Sequence[int]) -> bytes:
    """The bulk message for `picture` (ridges dark on light, tip up). `keys` follow one another at parts flagged REKEY."""
    raw = bytes(255 - grey for grey in reversed(picture))
    ahead = iter(keys)
    scrambler = Scrambler(next(ahead))
    body = bytearray()
    line = 0
    for part in parts:
        clear = raw[line * LINE : (line + part.lines) * LINE]
        line += part.lines
        if part.flags & REKEY:
            scrambler = Scrambler(next(ahead))
        if part.flags & HIDDEN and not part.flags & FROZEN:
            body += scrambler.hide(clear)
            continue
        if not part.flags & FROZEN:
            scrambler.skip(len(clear))
        if not part.flags & GONE:
            body += clear
    return header(len(body) // LINE, key_number, parts) + body


def header(lines: int, key_number: int, parts: Sequence[Part]) -> bytes:
    """The 64 bytes in front of the lines."""
    head = bytearray(HEAD_BYTES)
    head[4:7] = lines.to_bytes(2, "little") + bytes([key_number])
    table = b"".join(map(bytes, parts))
    head[TABLE_AT : TABLE_AT + len(table)] = table
    return bytes(head)
