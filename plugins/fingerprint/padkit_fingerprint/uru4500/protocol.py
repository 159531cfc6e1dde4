"""Registers, interrupt messages and the picture message of the U.are.U 4500. No I/O here.

"Manual n" is section n of our protocol notes on this reader. Pixels never appear in an error.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from padkit_sdk import BadFrame

WIDTH, ROWS = 384, 290  # manual 7
HEADER = 64
MAX_MESSAGE = HEADER + ROWS * WIDTH
DPI = 512  # manual 7: nominal, not calibrated
MAX_BLOCKS = 15
REPORT = 64  # bytes of an interrupt message
READ, WRITE, REQUEST = 0xC0, 0x40, 0x04  # manual 2: vendor requests to the device
INTERRUPT, BULK = 0x81, 0x82
INFO_SIZE = 16
SEED_BITS = 31


class Register(enum.IntEnum):
    """First register of an access (manual 2)."""

    HWSTAT = 0x0007
    SCRAMBLE = 0x0033
    KEY = 0x0034
    MODE = 0x004E
    INFO = 0x00F0


LOW_POWER, WRONG, AWAKE = 0x80, 0x04, 0x01  # bits of HWSTAT
REBOOT = LOW_POWER | WRONG
KEPT = 0x0F  # the bits of HWSTAT that are written back as they were


class Mode(enum.IntEnum):
    """What the reader does next."""

    WAIT_ON = 0x10
    WAIT_OFF = 0x12
    CAPTURE = 0x20
    OFF = 0x70


class Said(enum.Enum):
    """What an interrupt message means; the number is its first two bytes, and what is not listed is OTHER."""

    POWERED_UP = 0x56AA
    FINGER_ON = 0x0101
    FINGER_OFF = 0x0200
    WILL_FAIL = 0x0800
    OTHER = -1

    @classmethod
    def of(cls, report: bytes) -> Said:
        return _SAID.get(int.from_bytes(report[:2]), cls.OTHER) if len(report) >= 2 else cls.OTHER


_SAID = {said.value: said for said in Said if said is not Said.OTHER}


class Flag(enum.IntFlag):
    """Flags of a block (manual 5)."""

    ABSENT = 0x01
    SCRAMBLED = 0x02
    KEY_STANDS = 0x04
    NEW_KEY = 0x80


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of the picture that are treated alike."""

    flags: Flag
    rows: int

    @property
    def present(self) -> bool:
        """Whether its rows are in the message."""
        return not self.flags & Flag.ABSENT


@dataclass(frozen=True, slots=True)
class RawPicture:
    """A picture as it came: `pixels` are the rows that are in the message, perhaps scrambled."""

    key_number: int
    blocks: tuple[Block, ...]
    pixels: bytes = field(repr=False)

    @property
    def rows(self) -> int:
        """Rows that were really transmitted."""
        return len(self.pixels) // WIDTH

    def key_numbers(self) -> list[int]:
        """The keys it needs, in the order of need; blocks flagged NEW_KEY take the next number."""
        changes = sum(bool(block.flags & Flag.NEW_KEY) for block in self.blocks)
        return [(self.key_number + change) & 0xFF for change in range(changes + 1)]


def parse_picture(message: bytes) -> RawPicture:
    """The picture in one bulk transfer. Raises `BadFrame` when rows are missing or there are too many."""
    if not HEADER <= len(message) <= MAX_MESSAGE:
        raise BadFrame(f"picture message of {len(message)} bytes, expected {HEADER} to {MAX_MESSAGE}")
    rows, key_number = struct.unpack_from("<HB", message, 4)
    if rows >= ROWS or len(message) < HEADER + rows * WIDTH:
        raise BadFrame(f"picture of {rows} rows in {len(message)} bytes", message[:HEADER])
    blocks = tuple(_blocks(message))
    if sum(block.rows for block in blocks) > ROWS:
        raise BadFrame(f"picture whose blocks have more than {ROWS} rows", message[:HEADER])
    return RawPicture(key_number, blocks, message[HEADER : HEADER + rows * WIDTH])


def _blocks(message: bytes) -> Iterator[Block]:
    for flags, rows in struct.iter_unpack("BB", message[16 : 16 + 2 * MAX_BLOCKS]):
        if not rows:
            return  # manual 6: leftovers follow
        yield Block(Flag(flags), rows)


def scramble_request(key_number: int, seed: int) -> bytes:
    """What is written to SCRAMBLE before KEY is read."""
    return struct.pack("<BI", key_number, seed)


def key_from(answer: bytes, seed: int) -> int:
    """The key in what KEY answered to `seed`."""
    return int.from_bytes(answer, "little") ^ seed


def assemble(picture: RawPicture, pixels: bytes) -> bytes:
    """The picture of `WIDTH` times `ROWS`, ridges dark on light, tip up, from unscrambled `pixels`.

    A row that is not in the message is a copy of the one that follows; rows never written are white.
    """
    made = bytearray()
    at = 0
    for block in picture.blocks:
        if at >= len(pixels):
            break
        size = block.rows * WIDTH
        made += pixels[at : at + size]
        if block.present:
            at += size
    whole = bytes(made[: ROWS * WIDTH]).ljust(ROWS * WIDTH, b"\0")
    return whole[::-1].translate(_INVERTED)


_INVERTED = bytes(range(255, -1, -1))
