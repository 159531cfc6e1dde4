"""The pad's side of its reports: descriptors, replies cut to size, pen data. No I/O, no state (sections 2 to 6)."""

from __future__ import annotations

import struct
from typing import NamedTuple

from padkit_sim.devices.signature_pad.models import Model

PEN_PIPE, PICTURE_PIPE = 0x81, 0x01
HID_VERSION = 0x0111
REPORT_DESCRIPTOR = 0x22
VENDOR_PAGE = bytes.fromhex("06 00 FF 09 01 A1 01 15 00 26 FF 00 75 08")  # page, usage, collection, 0..255, 8 bits
READABLE = {0x03: 5, 0x08: 17, 0x09: 17, 0x0B: 11, 0x21: 2, 0x22: 5, 0x2A: 9, 0x2D: 5, 0x32: 2}  # id: whole length
WRITABLE = {
    0x04: 2,
    0x15: 5,
    0x16: 2,
    0x20: 2,
    0x21: 2,
    0x22: 5,
    0x23: 11,
    0x24: 11,
    0x25: 2,
    0x27: 2,
    0x2A: 9,
    0x2D: 5,
    0x32: 2,
}
PEN_REPORTS = {0x01: 7, 0x30: 9, 0x34: 11}


class Pen(NamedTuple):
    """Where the pen is, in digitiser units; `near` is the pad's 'ready' bit."""

    near: bool
    touches: bool
    force: int
    x: int
    y: int


class Area(NamedTuple):
    """Corners of a piece of the screen, both inside."""

    left: int
    top: int
    right: int
    bottom: int


def pen_words(pen: Pen) -> bytes:
    """The six bytes that every pen report begins with (section 4)."""
    flags = (0x80 if pen.near else 0) + (0x10 if pen.touches else 0)
    return struct.pack(">HHH", flags << 8 | pen.force, pen.x, pen.y)


def plain(pen: Pen) -> bytes:
    """Report 01."""
    return b"\x01" + pen_words(pen)


def with_sequence(pen: Pen, number: int) -> bytes:
    """Report 30 with the number of the report as its option."""
    return b"\x30" + pen_words(pen) + struct.pack(">H", number & 0xFFFF)


def timed(pen: Pen, ms: int, number: int) -> bytes:
    """Report 34."""
    return b"\x34" + pen_words(pen) + struct.pack(">HH", ms & 0xFFFF, number & 0xFFFF)


def capability(model: Model) -> bytes:
    """Report 09 (section 5)."""
    numbers = (model.units_x, model.units_y, model.levels, model.wide, model.high)
    return struct.pack(">B5HBHB2x", 0x09, *numbers, model.rate, model.per_inch, model.flags)


def information(model: Model) -> bytes:
    """Report 08: name, version, a secure chip of no version."""
    return struct.pack(">B9sBBB4x", 0x08, model.name.encode(), *model.version, 1)


def serial_number(text: str) -> bytes:
    """Report 0B."""
    return struct.pack("11s", b"\x0b" + text.encode("ascii", "replace")[:10])


def status(code: int, result: int) -> bytes:
    """Report 03 with an empty status word."""
    return bytes([0x03, code, result, 0, 0])


def area(body: bytes) -> Area:
    """A rectangle as hosts send it: little-endian."""
    return Area(*struct.unpack("<HHHH", body))


def area_words(place: Area) -> bytes:
    """The same, to be read back."""
    return b"".join(number.to_bytes(2, "little") for number in place)


def block(data: bytes, part: int) -> bytes | None:
    """What a picture block carries; None when it is no block of this pad."""
    carried = int.from_bytes(data[1:3], "little")
    return data[3 : 3 + carried] if len(data) == part + 3 and carried <= part else None


def report_descriptor(model: Model) -> bytes:
    """HID 1.11, 6.2.2: every report as bytes of a vendor's own page."""
    items = bytearray(VENDOR_PAGE)
    for number, length in PEN_REPORTS.items():
        items += bytes([0x85, number, 0x09, number, 0x95, length - 1, 0x81, 0x02])  # input
    for number, length in sorted({**READABLE, **WRITABLE}.items()):
        items += bytes([0x85, number, 0x09, number, 0x95, length - 1, 0xB1, 0x02])  # feature
    count = struct.pack("<BH", 0x96, model.part + 2)
    items += bytes([0x85, 0x26, 0x09, 0x26]) + count + b"\xb1\x02"
    if model.out_pipe:
        items += bytes([0x09, 0x26]) + count + b"\x91\x02"  # output, of the same id
    return bytes(items) + b"\xc0"


def hid_descriptor(model: Model) -> bytes:
    """HID 1.11, 6.2.1."""
    return struct.pack("<BBHBBBH", 9, 0x21, HID_VERSION, 0, 1, REPORT_DESCRIPTOR, len(report_descriptor(model)))
