"""Standard requests of USB 2.0 (9.4), answered for every simulated device alike."""

from __future__ import annotations

import enum
import struct

from padkit_sim.devices.usb import Descriptors, Setup
from padkit_sim.wires.tree import UsbIdentity
from padkit_sim.wires.wire import Stalled

KIND, RECIPIENT = 0x60, 0x1F  # of bmRequestType: 0 in KIND is a standard request
DEVICE, INTERFACE, ENDPOINT = range(3)
ENDPOINT_HALT = 0
ENGLISH = 0x0409
MAX_STRING = 126  # characters: a descriptor has 255 bytes at most


class Request(enum.IntEnum):
    """Table 9-4."""

    GET_STATUS = 0
    CLEAR_FEATURE = 1
    SET_FEATURE = 3
    SET_ADDRESS = 5
    GET_DESCRIPTOR = 6
    GET_CONFIGURATION = 8
    SET_CONFIGURATION = 9
    GET_INTERFACE = 10
    SET_INTERFACE = 11


class Standard:
    """The part of a device that is the same in all; `halted` holds its endpoints that are."""

    def __init__(self, identity: UsbIdentity, halted: set[int]) -> None:
        self.configuration = 1
        self._identity = identity
        self._halted = halted

    def answer(self, setup: Setup, shown: Descriptors) -> bytes | None:
        """What is sent back, b"" when nothing is; None: the device itself is asked. Raises `Stalled`.

        The descriptors of an interface (a HID report descriptor) are the device's own.
        """
        recipient = setup.request_type & RECIPIENT
        if setup.request_type & KIND or (setup.request == Request.GET_DESCRIPTOR and recipient == INTERFACE):
            return None
        match setup.request:
            case Request.GET_DESCRIPTOR:
                return self._descriptor(setup.value >> 8, setup.value & 0xFF, shown)[: setup.length]
            case Request.GET_STATUS:
                return struct.pack("<H", recipient == ENDPOINT and setup.index in self._halted)[: setup.length]
            case Request.CLEAR_FEATURE | Request.SET_FEATURE:
                if recipient == ENDPOINT and setup.value == ENDPOINT_HALT:
                    act = self._halted.add if setup.request == Request.SET_FEATURE else self._halted.discard
                    act(setup.index)
            case Request.GET_CONFIGURATION:
                return bytes([self.configuration])
            case Request.SET_CONFIGURATION if setup.value in (0, 1):
                self.configuration = setup.value
            case Request.GET_INTERFACE:
                return b"\0"
            case Request.SET_INTERFACE if setup.value == 0:
                pass
            case Request.SET_ADDRESS:
                pass
            case _:
                raise Stalled
        return b""

    def _descriptor(self, kind: int, index: int, shown: Descriptors) -> bytes:
        strings = ("", self._identity.manufacturer, self._identity.product, self._identity.serial)
        match kind:
            case 1:
                return shown.device(self._identity.vid, self._identity.pid)
            case 2 if index == 0:
                return shown.configuration()
            case 3 if index == 0:
                return struct.pack("<BBH", 4, 3, ENGLISH)
            case 3 if index < len(strings):
                text = strings[index][:MAX_STRING].encode("utf-16-le")
                return bytes([len(text) + 2, 3]) + text
        raise Stalled
