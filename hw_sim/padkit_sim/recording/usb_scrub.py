"""What is personal in the transfers of each type of USB device, and what stands there instead, as long. No I/O.

As in `scrub`: kept is what is known to be harmless, all else is zeros.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Protocol

from padkit_sim.devices.usb import Setup
from padkit_sim.recording import apdu

SET_REPORT, GET_REPORT = (0x21, 0x09), (0xA1, 0x01)


class UsbScrubber(Protocol):
    """One device's memory. Each call gives the data as it may be written down, of the same length."""

    def heard(self, endpoint: int, setup: Setup | None, data: bytes) -> bytes:
        """What the host sent."""
        ...

    def said(self, endpoint: int, setup: Setup | None, data: bytes) -> bytes:
        """What the device sent."""
        ...


class SignaturePad:
    """Wacom STU. Kept: settings, status, what the pad says of itself; of pen reports number, and whether the pen touches.

    A place becomes the middle of its field of 10 mm, in which a button can be told and no signature; force one value; the
    pad's clock counts reports. Pictures of the screen are blank, and so are numbers that the host throws dice for (15).
    """

    KEPT = frozenset({0x03, 0x04, 0x08, 0x09, 0x0B, 0x16, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x27, 0x2A, 0x2D, 0x32})
    BLOCK, BLOCK_HEAD = 0x26, 3
    PEN_LENGTHS: Mapping[int, int] = {0x01: 7, 0x30: 9, 0x34: 11}
    FIELD = 1_000  # units of 0.01 mm
    FLAGS, FORCE = 0x90, 0x200  # in range and touching; a middling force

    def heard(self, endpoint: int, setup: Setup | None, data: bytes) -> bytes:
        if data[:1] == bytes([self.BLOCK]):
            return data[: self.BLOCK_HEAD] + bytes(max(0, len(data) - self.BLOCK_HEAD))
        known = setup is not None and (setup.request_type, setup.request) == SET_REPORT
        return data if known and data[:1] and data[0] in self.KEPT else data[:1] + bytes(max(0, len(data) - 1))

    def said(self, endpoint: int, setup: Setup | None, data: bytes) -> bytes:
        if setup is not None:
            known = (setup.request_type, setup.request) == GET_REPORT
            return data if known and data[:1] and data[0] in self.KEPT else bytes(len(data))
        if not data or self.PEN_LENGTHS.get(data[0]) != len(data):
            return data[:1] + bytes(max(0, len(data) - 1))
        return self._pen(data)

    def _pen(self, data: bytes) -> bytes:
        _, first, x, y = struct.unpack_from(">BHHH", data)
        flags = first >> 8 & self.FLAGS
        force = self.FORCE if flags & 0x10 else 0
        places = (place // self.FIELD * self.FIELD + self.FIELD // 2 if place else 0 for place in (x, y))
        words = struct.pack(">BHHH", data[0], flags << 8 | force, *places)
        if data[0] != 0x34:
            return words + data[7:]
        (number,) = struct.unpack_from(">H", data, 9)
        return words + struct.pack(">HH", number * 5 & 0xFFFF, number)


class FingerReader:
    """U.are.U. Kept: registers, kinds of messages, the head of a picture. Its lines are a pattern of no finger."""

    REGISTER, MOST_REGISTERS = 0x04, 16
    HEAD, LINE, MOST_LINES = 64, 384, 290
    KEPT_HEAD = (slice(4, 7), slice(16, 46))  # lines and key's number, the table of blocks
    PICTURES = 0x82

    def __init__(self) -> None:
        self._left = 0  # bytes of the picture under way

    def heard(self, endpoint: int, setup: Setup | None, data: bytes) -> bytes:
        return data if self._of_registers(setup, data) else bytes(len(data))

    def said(self, endpoint: int, setup: Setup | None, data: bytes) -> bytes:
        if setup is not None:
            return data if self._of_registers(setup, data) else bytes(len(data))
        if endpoint != self.PICTURES:
            return data[:2] + bytes(max(0, len(data) - 2))
        head = b""
        if not self._left:
            head, lines = self._head(data)
            self._left = len(head) + lines * self.LINE
        self._left = max(0, self._left - len(data))
        return head + bytes((place * 7 + 3) % 256 for place in range(len(data) - len(head)))

    def _of_registers(self, setup: Setup | None, data: bytes) -> bool:
        return setup is not None and setup.request == self.REGISTER and len(data) <= self.MOST_REGISTERS

    def _head(self, data: bytes) -> tuple[bytes, int]:
        """The head of a picture without what is not known, and how many lines follow; nothing when there is none."""
        lines = int.from_bytes(data[4:6], "little")
        if len(data) < self.HEAD or not 0 < lines <= self.MOST_LINES:
            return b"", 0
        head = bytearray(self.HEAD)
        for part in self.KEPT_HEAD:
            head[part] = data[part]
        return bytes(head), lines


class ChipReader:
    """CCID 1.1. Kept: what concerns the reader, the answer to reset; of cards see `apdu`. T=1 blocks are blank but for heads."""

    HEAD = 10
    BLOCK, POWER_ON = 0x6F, 0x62
    KEPT = frozenset({0x61, 0x62, 0x63, 0x65, 0x6C, 0x6D, 0x6E, 0x72, 0x73})  # requests
    SLOT, PARAMETERS, DATA = 0x81, 0x82, 0x80

    def __init__(self) -> None:
        self._card = apdu.Card()
        self._asked = 0
        self._left = {False: 0, True: 0}  # bytes of the message under way, by direction

    def heard(self, endpoint: int, setup: Setup | None, data: bytes) -> bytes:
        if setup is not None:
            return data
        if self._goes_on(data, said=False):
            return bytes(len(data))
        self._asked = data[0]
        head, body = data[: self.HEAD], data[self.HEAD :]
        if self._asked in self.KEPT:
            return data
        return head + (self._card.command(body) if self._asked == self.BLOCK else bytes(len(body)))

    def said(self, endpoint: int, setup: Setup | None, data: bytes) -> bytes:
        if setup is not None or data[:1] in (b"\x50", b"\x51"):  # a card came or went; trouble of the reader
            return data
        if self._goes_on(data, said=True):
            return bytes(len(data))
        head, body = data[: self.HEAD], data[self.HEAD :]
        if data[0] in (self.SLOT, self.PARAMETERS) or (data[0] == self.DATA and self._asked == self.POWER_ON):
            return data
        whole = len(body) == int.from_bytes(data[1:5], "little")
        of_card = data[0] == self.DATA and self._asked == self.BLOCK and whole and len(body) >= apdu.SW
        return head + (self._card.answer(body) if of_card else bytes(len(body)))

    def _goes_on(self, data: bytes, *, said: bool) -> bool:
        """Whether `data` begins no message: it goes on with one, or is shorter than any head."""
        if self._left[said]:
            self._left[said] = max(0, self._left[said] - len(data))
            return True
        if len(data) < self.HEAD:
            return True
        self._left[said] = max(0, self.HEAD + int.from_bytes(data[1:5], "little") - len(data))
        return False


USB_RULES: Mapping[str, Callable[[], UsbScrubber]] = {
    "card_reader": ChipReader,
    "fingerprint_uru4500": FingerReader,
    "signature_pad": SignaturePad,
}
