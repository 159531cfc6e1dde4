"""Reports of the STU pads: ids, what is sent, what comes back, pen records. No I/O here.

The first byte of every report is its id. Coordinates and session ids are big-endian; rectangles, thresholds, colours and the
length of an image block are little-endian (manual 2).
"""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass

from padkit_sdk import BadFrame

SET_REPORT = (0x21, 0x09)  # manual 2: request type and request
GET_REPORT = (0xA1, 0x01)
FEATURE = 0x0300  # high byte of wValue, the report id is the low one
PEN_ENDPOINT = 0x81
PEN_REPORT_MAX = 64
BLOCK, BLOCK_540 = 253, 2557  # manual 3, report 26: image bytes in one block
NAME_BYTES = 9
MAX_UNITS = 0x7FFF  # of a coordinate; twice what any pad of section 1 has
MAX_PIXELS = 2_000_000
MAX_PRESSURE = 0x0FFF  # 12 bits in a pen record
ENCRYPTED = frozenset({0x10, 0x31, 0x33})  # pen reports under a session key that we do not have
MODELS_540 = ("STU-540", "STU-541")


class Report(enum.IntEnum):
    """The ids we use (manual 3)."""

    PEN = 0x01
    STATUS = 0x03
    RESET = 0x04
    INFORMATION = 0x08
    CAPABILITY = 0x09
    SERIAL = 0x0B
    START_CAPTURE = 0x15
    END_CAPTURE = 0x16
    CLEAR = 0x20
    INKING = 0x21
    INK_THRESHOLD = 0x22
    CLEAR_AREA = 0x23
    START_IMAGE = 0x25
    IMAGE_BLOCK = 0x26
    END_IMAGE = 0x27
    INK_AREA = 0x2A
    INK_24 = 0x2D
    PEN_OPTION = 0x30
    PEN_OPTION_MODE = 0x32
    PEN_TIMED = 0x34


SIZES = {Report.STATUS: 5, Report.INFORMATION: 17, Report.CAPABILITY: 17, Report.SERIAL: 11}  # of replies, with the id


class PadState(enum.IntEnum):
    """Status codes (manual 6)."""

    READY = 0x00
    IMAGE = 0x01
    CAPTURE = 0x02
    CALCULATION = 0x03
    IMAGE_BOOT = 0x04
    ROM_BUSY = 0x05
    RESET = 0xFF


class Flag(enum.IntFlag):
    """Encoding flags of the capability (manual 5)."""

    ZLIB = 0x01
    BIT_1 = 0x02
    BIT_16 = 0x04
    BIT_24 = 0x08


@dataclass(frozen=True, slots=True)
class Status:
    """Report 03. `state` is None for a code we do not know; `code` and `result` are raw."""

    code: int
    result: int

    @property
    def state(self) -> PadState | None:
        return PadState(self.code) if self.code in PadState._value2member_map_ else None


@dataclass(frozen=True, slots=True)
class Information:
    """Report 08."""

    model: str
    firmware: str

    @property
    def block(self) -> int:
        """How many bytes of a picture one report takes. Only the 540 family has the long one (manual 3)."""
        return BLOCK_540 if self.model.startswith(MODELS_540) else BLOCK


@dataclass(frozen=True, slots=True)
class Geometry:
    """Report 09: the only source of sizes, never the model's name."""

    max_x: int
    max_y: int
    max_pressure: int
    width_px: int
    height_px: int
    rate_hz: int
    resolution_dpi: int
    flags: Flag


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Corners in screen pixels, both inside."""

    x1: int
    y1: int
    x2: int
    y2: int

    def holds(self, x: int, y: int) -> bool:
        return self.x1 <= x <= self.x2 and self.y1 <= y <= self.y2

    def encoded(self) -> bytes:
        return struct.pack("<4H", self.x1, self.y1, self.x2, self.y2)


@dataclass(frozen=True, slots=True, repr=False)
class PenRecord:
    """One pen report. `time_ms` and `sequence` (both 16 bits, they wrap) are None in reports without them. Never shown."""

    in_range: bool
    tip: bool
    pressure: int
    x: int
    y: int
    time_ms: int | None = None
    sequence: int | None = None


def set_report(report: Report, body: bytes) -> bytes:
    """A report to the pad."""
    return bytes([report]) + body


def image_block(part: bytes, block: int) -> bytes:
    """Report 26 with `part` of a picture, padded to what the pad takes."""
    return set_report(Report.IMAGE_BLOCK, struct.pack("<H", len(part)) + part.ljust(block, b"\0"))


def start_capture(session: int) -> bytes:
    """Report 15; `session` is not 0."""
    return set_report(Report.START_CAPTURE, session.to_bytes(4))


def ink_threshold(on: int, off: int) -> bytes:
    """Report 22: the pressures at which a stroke begins and ends."""
    return set_report(Report.INK_THRESHOLD, struct.pack("<HH", on, off))


def ink_colour(red: int, green: int, blue: int, thickness: int) -> bytes:
    """Report 2D. Sources disagree on the order of the colours (manual 3): grey is safe."""
    return set_report(Report.INK_24, bytes([blue, green, red, thickness]))


def clear_area(area: Rectangle) -> bytes:
    """Report 23."""
    return set_report(Report.CLEAR_AREA, b"\x00\x01" + area.encoded())


def _checked(report: Report, reply: bytes) -> bytes:
    if len(reply) < SIZES[report] or reply[0] != report:
        raise BadFrame(f"signature pad, report {report:02X}, wants {SIZES[report]} bytes", reply)
    return reply[1 : SIZES[report]]


def read_status(reply: bytes) -> Status:
    """Report 03. Raises `BadFrame`."""
    body = _checked(Report.STATUS, reply)
    return Status(body[0], body[1])


def read_information(reply: bytes) -> Information:
    """Report 08. Raises `BadFrame`."""
    body = _checked(Report.INFORMATION, reply)
    return Information(_text(body[:NAME_BYTES]), f"{body[NAME_BYTES]}.{body[NAME_BYTES + 1]}")


def read_serial(reply: bytes) -> str:
    """Report 0B. Raises `BadFrame`."""
    return _text(_checked(Report.SERIAL, reply))


def read_capability(reply: bytes) -> Geometry:
    """Report 09. Raises `BadFrame`, also for sizes that no pad has."""
    *sizes, rate, resolution, flags = struct.unpack(">5HBHB", _checked(Report.CAPABILITY, reply)[:14])
    max_x, max_y, max_pressure, width, height = sizes
    if 0 in (*sizes, rate, resolution) or max(max_x, max_y) > MAX_UNITS or width * height > MAX_PIXELS:
        raise BadFrame("signature pad: capability with sizes that cannot be", reply)
    if max_pressure > MAX_PRESSURE:
        raise BadFrame("signature pad: capability with sizes that cannot be", reply)
    return Geometry(max_x, max_y, max_pressure, width, height, rate, resolution, Flag(flags & 0x0F))


def read_pen(report: bytes) -> PenRecord | None:
    """An interrupt report 01, 30 or 34, whichever comes (manual 3, disagreements); None for any other, or a cut one."""
    if len(report) < 7:
        return None
    match report[0]:
        case Report.PEN:
            return _pen(report, None, None)
        case Report.PEN_OPTION if len(report) >= 9:
            return _pen(report, None, None)
        case Report.PEN_TIMED if len(report) >= 11:
            return _pen(report, int.from_bytes(report[7:9]), int.from_bytes(report[9:11]))
    return None


def _pen(report: bytes, time_ms: int | None, sequence: int | None) -> PenRecord:
    head, low, x, y = struct.unpack_from(">BBHH", report, 1)
    return PenRecord(bool(head & 0x80), bool(head & 0x10), (head & 0x0F) << 8 | low, x, y, time_ms, sequence)


def _text(raw: bytes) -> str:
    return "".join(chr(byte) for byte in raw.split(b"\0")[0] if 0x20 <= byte < 0x7F).strip()
