"""What every simulated USB device looks like from outside, and the descriptors it shows (USB 2.0, chapter 9). No I/O, no clock.

A device is driven from two sides: the host's transfers, and time and people as in `devices.device`. What it wants to say on an IN
endpoint it hands over as whole transfers; they wait in order until the host reads.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from padkit_sim.devices.device import HandAction, Moment

FULL_SPEED, HIGH_SPEED = 12, 480  # Mbit/s, as sysfs has it
MAX_PACKET0 = 64
BUS_POWERED = 0x80
STANDARD_STRINGS = (1, 2, 3)  # indexes of manufacturer, product and serial number


class Kind(enum.IntEnum):
    """Transfer types of an endpoint (9.6.6, bmAttributes)."""

    BULK = 2
    INTERRUPT = 3


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`address` has 0x80 set for IN; `interval` as in bInterval."""

    address: int
    kind: Kind
    max_packet: int
    interval: int = 0


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface; `extra` are class descriptors between its own and those of its endpoints (CCID, HID)."""

    number: int
    class_: int
    subclass: int
    protocol: int
    endpoints: tuple[Endpoint, ...]
    extra: bytes = b""

    def encoded(self) -> bytes:
        """The interface with all that belongs to it."""
        head = struct.pack(
            "<9B", 9, 4, self.number, 0, len(self.endpoints), self.class_, self.subclass, self.protocol, 0
        )
        ends = (struct.pack("<BBBBHB", 7, 5, it.address, it.kind, it.max_packet, it.interval) for it in self.endpoints)
        return head + self.extra + b"".join(ends)


@dataclass(frozen=True, slots=True)
class Descriptors:
    """All that a device says of itself besides its identity (vid, pid, strings), which the kit file may change."""

    interfaces: tuple[Interface, ...]
    device_class: int = 0
    release: int = 0x0100
    usb: int = 0x0200
    speed: int = FULL_SPEED
    max_power_ma: int = 100

    def device(self, vid: int, pid: int) -> bytes:
        """The 18 bytes of the device descriptor (9.6.1)."""
        return struct.pack(
            "<BBHBBBBHHHBBBB",
            *(18, 1, self.usb, self.device_class, 0, 0, MAX_PACKET0, vid, pid, self.release),
            *(*STANDARD_STRINGS, 1),
        )

    def configuration(self) -> bytes:
        """The configuration descriptor with its interfaces and endpoints (9.6.3)."""
        body = b"".join(interface.encoded() for interface in self.interfaces)
        power = self.max_power_ma // 2
        return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), len(self.interfaces), 1, 0, BUS_POWERED, power) + body


@dataclass(frozen=True, slots=True)
class Setup:
    """The eight bytes that begin a control transfer (9.3). Standard requests to the device are answered by its port."""

    request_type: int
    request: int
    value: int
    index: int
    length: int

    @property
    def to_host(self) -> bool:
        return bool(self.request_type & 0x80)


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a device says on one IN endpoint in one go; its end is the end of the host's read."""

    endpoint: int
    data: bytes


@dataclass(frozen=True, slots=True)
class UsbStep:
    """What one call made a device say.

    `reply` answers a control transfer to the host; `stalled` refuses the transfer that was just made; `wake_at_s` and `note`
    are as in `devices.device.Step`.
    """

    transfers: tuple[Transfer, ...] = ()
    reply: bytes = b""
    stalled: bool = False
    wake_at_s: float | None = None
    note: str = ""


class UsbDevice(Protocol):
    """A simulated USB device. Every call may be made at any moment; moments never run backwards."""

    @property
    def descriptors(self) -> Descriptors:
        """What it shows when it is plugged in."""
        ...

    def control(self, setup: Setup, data: bytes, at: Moment) -> UsbStep:
        """A class or vendor request; `data` is what the host sent."""
        ...

    def out(self, endpoint: int, data: bytes, at: Moment) -> UsbStep:
        """A transfer to an OUT endpoint."""
        ...

    def update(self, at: Moment) -> UsbStep:
        """Let time pass up to `at`."""
        ...

    def power_cycle(self, at: Moment) -> UsbStep:
        """Cut the power and give it back, as when it is plugged: electronics forget."""
        ...

    def hand(self, action: HandAction, at: Moment) -> UsbStep:
        """Let a person act. Raises `SimRefused` when the action is unknown or impossible now."""
        ...

    def fault_cleared(self, name: str) -> None:
        """Lift what a fired fault left behind."""
        ...

    def state(self, at: Moment) -> object:
        """The true state, as a frozen dataclass that encodes to JSON."""
        ...


def taken(transfers: Iterable[Transfer], endpoint: int) -> list[bytes]:
    """The data of those transfers that are for `endpoint`, for tests of devices without a host."""
    return [transfer.data for transfer in transfers if transfer.endpoint == endpoint]
