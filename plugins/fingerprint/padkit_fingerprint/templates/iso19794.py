"""Finger minutiae records of ISO/IEC 19794-2:2005, one view. Pure; takes bytes, gives values, refuses what is no record.

Header (24 bytes), view header (4), six bytes a minutia, extended data. Coordinates are pixels from the upper left corner;
angles are in steps of 360/256 degrees.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from padkit_sdk import Refused
from padkit_sdk.ports import Finger

MAGIC = b"FMR\0 20\0"
HEAD = struct.Struct(">8sIHHHHHBB")  # magic, length, device, width, height, x and y resolution, views, reserved
VIEW = struct.Struct(">BBBB")  # position, view number and impression, quality, minutiae
POINT = struct.Struct(">HHBB")  # type and x, reserved and y, angle, quality
EXTRA = struct.Struct(">H")
MAX_POINTS = 255
MAX_RECORD = 8_192  # a full view and some extended data
PLACE = 0x3FFF
ENDING, BIFURCATION = 1, 2
INCH_CM = 2.54


@dataclass(frozen=True, slots=True)
class Minutia:
    """`kind` is 1 for a ridge ending, 2 for a bifurcation, 0 for other; `quality` 0 (unknown) to 100."""

    x: int
    y: int
    angle: int
    kind: int
    quality: int


@dataclass(frozen=True, slots=True)
class Record:
    """One view. `quality` is 0..100, `dpi` both ways; the minutiae are a person's and therefore never shown."""

    finger: Finger
    width: int
    height: int
    dpi: int
    quality: int
    minutiae: tuple[Minutia, ...] = field(repr=False)


def encode(record: Record) -> bytes:
    """The record's bytes; of more than 255 minutiae the best by their quality."""
    best = sorted(record.minutiae, key=lambda it: it.quality, reverse=True)[:MAX_POINTS]
    points = b"".join(
        POINT.pack(it.kind << 14 | it.x & PLACE, it.y & PLACE, it.angle & 0xFF, it.quality) for it in best
    )
    per_cm = round(record.dpi / INCH_CM)
    length = HEAD.size + VIEW.size + len(points) + EXTRA.size
    head = HEAD.pack(MAGIC, length, 0, record.width, record.height, per_cm, per_cm, 1, 0)
    return head + VIEW.pack(record.finger.value, 0, record.quality, len(best)) + points + EXTRA.pack(0)


def decode(data: bytes) -> Record:
    """The first view of a record. Raises `Refused` ``template.format``; the bytes are never shown."""
    if not HEAD.size + VIEW.size + EXTRA.size <= len(data) <= MAX_RECORD:
        raise _refused(f"{len(data)} bytes")
    magic, length, _, width, height, per_cm, _, views, _ = HEAD.unpack_from(data)
    if magic != MAGIC:
        raise _refused("another beginning than FMR 20")
    position, _, quality, count = VIEW.unpack_from(data, HEAD.size)
    start = HEAD.size + VIEW.size
    end = start + count * POINT.size
    if length != len(data) or not views or end + EXTRA.size > len(data):
        raise _refused(f"{count} minutiae, {views} views and a length field of {length} in {len(data)} bytes")
    if position > max(finger.value for finger in Finger):
        raise _refused(f"finger position {position}")
    points = (POINT.unpack_from(data, at) for at in range(start, end, POINT.size))
    minutiae = tuple(Minutia(x & PLACE, y & PLACE, angle, x >> 14, min(100, best)) for x, y, angle, best in points)
    return Record(Finger(position), width, height, round(per_cm * INCH_CM), quality, minutiae)


def _refused(seen: str) -> Refused:
    what = f"fingerprint template: {seen}"
    return Refused("template.format", f"{what}; give a record of ISO/IEC 19794-2:2005 with one view")
