"""What the U.are.U says: interrupt messages, and the picture message with its header, blocks and scrambling. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_, xor
from typing import NamedTuple

LINE = 384
LINES = 290
HEAD_BYTES = 64
REPORT_BYTES = 64
TABLE_AT = 16
POLYNOMIAL = 0x9248144D
KEY_BITS = 32
TAPS = tuple(bit for bit in range(KEY_BITS) if POLYNOMIAL >> bit & 1)
WINDOW = (4, 8, 11, 14, 18, 21, 24, 29)
NEGATIVE = bytes(range(255, -1, -1))

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

    def walk(self, steps: int) -> int:
        """Move on; the bits that were passed, first lowest, and above them those of the key that is reached."""
        passed = _passed(self.key, steps)
        self.key = passed >> steps & 0xFFFFFFFF
        return passed

    def mask(self, steps: int) -> bytes:
        """The bytes of so many steps."""
        digits = f"{self.walk(steps):b}".encode()
        apart = int.from_bytes(digits, "big") & int.from_bytes(b"\1" * len(digits), "big")  # a byte for each bit
        masks = reduce(or_, (apart >> 8 * source << place for place, source in enumerate(WINDOW)))
        return masks.to_bytes(len(digits) + 1, "little")[:steps].ljust(steps, b"\0")

    def hide(self, clear: bytes) -> bytes:
        """Scramble a block: one byte of anything in front, the last pixel is lost."""
        shown, mask = clear[:-1], self.mask(len(clear) - 1)
        mixed = int.from_bytes(shown, "big") ^ int.from_bytes(mask, "big")
        self.walk(1)
        return b"\xa5" + mixed.to_bytes(len(shown), "big")


def _passed(key: int, steps: int) -> int:
    """See `Scrambler.walk`.

    A polynomial over two elements is squared by squaring its terms, so the taps, spread twice as far, hold for twice as many
    bits at once; and again.
    """
    bits, known, at_once = key, KEY_BITS, 1
    while known < steps + KEY_BITS:
        while known >= 2 * KEY_BITS * at_once:
            at_once *= 2
        behind = bits >> known - KEY_BITS * at_once
        fresh = reduce(xor, (behind >> tap * at_once for tap in TAPS))
        bits |= (fresh & (1 << at_once) - 1) << known
        known += at_once
    return bits & (1 << steps + KEY_BITS) - 1


def picture_message(picture: bytes, parts: Sequence[Part], key_number: int, keys: Sequence[int]) -> bytes:
    """The bulk message for `picture` (ridges dark on light, tip up). `keys` follow one another at parts flagged REKEY."""
    raw = picture[::-1].translate(NEGATIVE)
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
