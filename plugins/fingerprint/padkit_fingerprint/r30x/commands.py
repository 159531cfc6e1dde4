"""The commands of EF01 modules and what their confirmation codes mean. No packets and no I/O here."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from padkit_sdk import AskAgain, BadFrame, DeviceFault, LinkLost

DPI = 500  # nominal
TEMPLATE_SIZES = range(256, 1536 + 1)  # manual 5: the vendor's format
PACKET_SIZES = (32, 64, 128, 256)  # by the module's parameter
FIRST, SECOND = 1, 2  # the two feature buffers


@dataclass(frozen=True, slots=True)
class Command:
    """One command; `limit_s` is how long its acknowledgement may take (manual 5)."""

    name: str
    payload: bytes
    limit_s: float = 1.0


TAKE = Command("GenImg", b"\x01", 2.0)
SEND_PICTURE = Command("UpImage", b"\x0a")
JOIN = Command("RegModel", b"\x05", 3.0)
COMPARE = Command("Match", b"\x03", 3.0)
PARAMETERS = Command("ReadSysPara", b"\x0f")
COUNT = Command("TemplateNum", b"\x1d")
CLEAR = Command("Empty", b"\x0d", 3.0)
HANDSHAKE = Command("HandShake", b"\x53")


def verify(password: bytes) -> Command:
    return Command("VfyPwd", b"\x13" + password)


def features(buffer: int) -> Command:
    """Make features of the picture in `buffer`."""
    return Command("Img2Tz", bytes([0x02, buffer]), 2.0)


def search(buffer: int, start: int, count: int) -> Command:
    return Command("Search", bytes([0x04, buffer]) + start.to_bytes(2) + count.to_bytes(2), 3.0)


def store(buffer: int, page: int) -> Command:
    return Command("Store", bytes([0x06, buffer]) + page.to_bytes(2), 3.0)


def load(buffer: int, page: int) -> Command:
    return Command("LoadChar", bytes([0x07, buffer]) + page.to_bytes(2))


def send_features(buffer: int) -> Command:
    return Command("UpChar", bytes([0x08, buffer]))


def take_features(buffer: int) -> Command:
    return Command("DownChar", bytes([0x09, buffer]))


def delete(page: int, count: int = 1) -> Command:
    return Command("Delete", b"\x0c" + page.to_bytes(2) + count.to_bytes(2), 3.0)


class Code(enum.IntEnum):
    """Confirmation codes we act upon (manual 4.1); the others are refusals with their number."""

    OK = 0x00
    PACKET = 0x01
    NO_FINGER = 0x02
    DISORDERED = 0x06
    FEW_POINTS = 0x07
    NO_MATCH = 0x08
    NOT_FOUND = 0x09
    DIFFERENT = 0x0A
    PASSWORD_FIRST = 0x21


HINTS: Mapping[int, tuple[str, str]] = {
    0x03: ("finger.partial", "no clear picture; put the fingertip flat on the window"),
    Code.DISORDERED: ("finger.wet", "the ridges run into one another; dry finger and window"),
    Code.FEW_POINTS: ("finger.partial", "too few features; cover the window with the fingertip"),
    Code.DIFFERENT: ("finger.differs", "the two touches do not agree; touch twice with the same finger"),
    0x15: ("finger.partial", "no picture was kept; touch again"),
}
FAULTS: Mapping[int, tuple[str, str]] = {
    0x0B: ("finger.library", "the page is beyond its library; delete templates or choose another page"),
    0x0C: ("finger.library", "the template cannot be loaded; enrol that finger anew"),
    0x10: ("finger.library", "the template was not deleted; try again"),
    0x11: ("finger.library", "the library was not cleared; try again"),
    0x13: ("finger.password", "it does not take our password; set the one it has in the kit profile"),
    0x18: ("finger.flash", "writing to its flash failed; store again, then replace it"),
    0x20: ("finger.address", "it does not take our address; set the one it has in the kit profile"),
}


@dataclass(frozen=True, slots=True)
class Ack:
    """A module's acknowledgement."""

    code: int
    data: bytes = b""

    def number(self, at: int) -> int:
        """The two bytes at `at` of what came with the code. Raises `BadFrame`."""
        if len(self.data) < at + 2:
            raise BadFrame("acknowledgement that is too short", self.data)
        return int.from_bytes(self.data[at : at + 2])


def refusal(ack: Ack, command: Command, device: str) -> AskAgain | DeviceFault | LinkLost:
    """The error that a code stands for. A module that forgot our password lost its power, and its buffers: open it again."""
    where = f"fingerprint module {device} at {command.name}"
    if ack.code == Code.PASSWORD_FIRST:
        return LinkLost(f"{where}: it lost its power (code {ack.code:02X}); it is opened again, then touch again")
    if ack.code in HINTS:
        hint, said = HINTS[ack.code]
        return AskAgain(hint, f"{where}: {said} (code {ack.code:02X})")
    fault, said = FAULTS.get(ack.code, ("finger.refused", "it refuses; try again, then replace it"))
    return DeviceFault(fault, f"{where}: {said} (code {ack.code:02X})", raw=f"{ack.code:02X}")


def widened(nibbles: bytes) -> bytes:
    """8-bit grey from 4-bit, the first pixel in the high nibble."""
    pixels = bytearray(2 * len(nibbles))
    pixels[::2] = nibbles.translate(_HIGH)
    pixels[1::2] = nibbles.translate(_LOW)
    return bytes(pixels)


_HIGH = bytes((byte >> 4) * 17 for byte in range(256))
_LOW = bytes((byte & 0x0F) * 17 for byte in range(256))
