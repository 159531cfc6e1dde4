"""What the U.are.U says: interrupt messages, and the picture message with its header, blocks and scrambling. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from operator import or_, xor
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
    """The shift register (section 6)."""

    def __init__(self, key: int) -> None:
        self.key = key

    def walk(self, steps: int) -> list[int]:
        """Move on; the lowest bits that were passed, and behind them the bits of the key that is reached."""
        key, passed = self.key, []
        for _ in range(steps):
            passed.append(key & 1)
            key = ((key & POLYNOMIAL).bit_count() & 1) << 31 | key >> 1
        self.key = key
        return passed + [key >> bit & 1 for bit in range(32)]

    def mask(self, steps: int) -> bytes:
        """The bytes of so many steps."""
        bits = self.walk(steps)
        a, b, c, d, e, f, g, h = (bits[source : source + steps] for source in WINDOW)
        lower = [p | q << 1 | r << 2 | s << 3 for p, q, r, s in zip(a, b, c, d, strict=True)]
        upper = [p << 4 | q << 5 | r << 6 | s << 7 for p, q, r, s in zip(e, f, g, h, strict=True)]
        return bytes(map(or_, lower, upper))

    def hide(self, clear: bytes) -> bytes:
        """Scramble a block: one byte of anything in front, the last pixel is lost."""
        hidden = bytes([0xA5, *map(xor, clear[:-1], self.mask(len(clear) - 1))])
        self.walk(1)
        return hidden


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
            scrambler.walk(len(clear))
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
