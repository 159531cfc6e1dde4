"""Follows one USB device through a capture: which device it is, what the host asked it, what it said. No I/O, no clock.

What Linux itself asks when a device is plugged (standard requests, the HID class's idle rate) is no part of the talk.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from padkit_sim.devices.usb import Setup
from padkit_sim.recording.usbmon import CONTROL, Urb

SETUP = struct.Struct("<BBHHH")
TO_HOST = 0x80
KIND, STANDARD = 0x60, 0x00  # of bmRequestType
GET_DESCRIPTOR = 6
DEVICE, CONFIGURATION = 1, 2
DEVICE_BYTES = 18
SET_IDLE = (0x21, 0x0A)
STALL = -errno.EPIPE
MOST_WAITING = 4_096


@dataclass(frozen=True, slots=True)
class Heard:
    """The host sent `data`: a control transfer when `setup` is there, else to `endpoint`."""

    endpoint: int
    data: bytes
    setup: Setup | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """The device sent `data`, or refused; `setup` is that of the control transfer it answers. `lost` bytes were not captured."""

    endpoint: int
    data: bytes
    setup: Setup | None = None
    stalled: bool = False
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """The device with the wanted ids was seen, and with it its descriptors, as far as they were asked for."""

    device: bytes
    configuration: bytes


Event = Heard | Said | Shown


class UsbTalk:
    """The talk with devices that show the ids `vid` and `pid`; one that is plugged anew is followed on."""

    def __init__(self, vid: int, pid: int) -> None:
        self._ids = (vid, pid)
        self._devices: dict[tuple[int, int], bytes] = {}  # bus and number: those that are ours, their descriptors
        self._asked: dict[int, tuple[Setup | None, int]] = {}  # by transfer: what began it

    def take(self, urb: Urb) -> Iterator[Event]:
        """What `urb` means."""
        if urb.kind not in (1, CONTROL, 3):
            return
        if urb.event == "S":
            yield from self._begun(urb)
        elif (begun := self._asked.pop(urb.id, None)) is not None:
            yield from self._ended(urb, begun[0])

    def _begun(self, urb: Urb) -> Iterator[Event]:
        setup = Setup(*SETUP.unpack(urb.setup)) if urb.setup else None
        if len(self._asked) >= MOST_WAITING:
            self._asked.pop(next(iter(self._asked)))
        self._asked[urb.id] = (setup, urb.endpoint)
        if urb.device not in self._devices or (setup is not None and _of_the_system(setup)):
            return
        if setup is not None:
            yield Heard(0, urb.data, setup)
        elif urb.kind != CONTROL and not urb.endpoint & TO_HOST:
            yield Heard(urb.endpoint, urb.data)

    def _ended(self, urb: Urb, setup: Setup | None) -> Iterator[Event]:
        if setup is not None and _of_the_system(setup):
            yield from self._seen(urb, setup)
            return
        if urb.device not in self._devices:
            return
        to_host = setup.to_host if setup is not None else bool(urb.endpoint & TO_HOST)
        endpoint = 0 if setup is not None else urb.endpoint
        if urb.status == STALL:
            yield Said(endpoint, b"", setup, stalled=True)
        elif to_host and urb.status in (0, -errno.EREMOTEIO) and (urb.size or setup is not None):
            lost = max(0, urb.size - len(urb.data))
            yield Said(endpoint, urb.data + bytes(lost), setup, lost=lost)

    def _seen(self, urb: Urb, setup: Setup) -> Iterator[Event]:
        """A descriptor that the device gave to the system."""
        if setup.request != GET_DESCRIPTOR or not setup.to_host or urb.status:
            return
        kind, data = setup.value >> 8, urb.data
        if kind == DEVICE and len(data) >= DEVICE_BYTES:
            if struct.unpack_from("<HH", data, 8) == self._ids:
                self._devices[urb.device] = data[:DEVICE_BYTES]
                yield Shown(data[:DEVICE_BYTES], b"")
            else:
                self._devices.pop(urb.device, None)  # another one has this number now
        elif kind == CONFIGURATION and urb.device in self._devices and len(data) >= 4:
            (whole,) = struct.unpack_from("<H", data, 2)
            if len(data) == whole:
                yield Shown(self._devices[urb.device], data)


def _of_the_system(setup: Setup) -> bool:
    return setup.request_type & KIND == STANDARD or (setup.request_type, setup.request) == SET_IDLE
