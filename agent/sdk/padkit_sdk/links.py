"""What a driver is given to talk through, and how a plugin says which wires it drives. No bus library here.

A driver never opens a port, finds a path or picks a baud rate by itself; matching is data, and the agent owns hot-plug,
exclusive use and reopening. So a real port, a recorded trace and the simulator are the same to the driver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


class ByteLink(Protocol):
    """A two-way byte stream (serial line, later BLE). One reader at a time."""

    async def write(self, data: bytes) -> None:
        """Send all of `data`. Raises `LinkLost`."""
        ...

    async def read(self, *, timeout_s: float) -> bytes:
        """Return what has arrived, at least one byte; ``b""`` when `timeout_s` passed in silence. Raises `LinkLost`."""
        ...

    def discard_input(self) -> None:
        """Drop what has arrived and was not read yet."""
        ...

    def set_baud(self, baud: int) -> None:
        """Change the line rate; what is in flight may be lost. Raises `LinkLost`."""
        ...

    async def close(self) -> None:
        """Close the link; further calls raise `LinkLost`. Closing twice is allowed."""
        ...


@dataclass(frozen=True, slots=True)
class UsbSerial:
    """A serial port behind a USB adapter, matched by its USB identity, never by its tty name.

    `serial` and `location` (sysfs port path such as ``1-3``) narrow the match to one adapter when a kit profile asks.
    """

    vid: int
    pid: int
    baud: int
    serial: str = ""
    location: str = ""


LinkMatch = UsbSerial  # grows into a union when a second kind of link comes
LINK_KINDS: Mapping[type[LinkMatch], str] = {
    UsbSerial: "usb_serial"
}  # the name in manifests and in group `padkit.links`


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """Something a device says by itself, such as ``card.gate_cleared``; `detail` holds no personal data."""

    name: str
    detail: Mapping[str, str] = field(default_factory=dict)


Setting = str | int | float | bool


@dataclass(frozen=True, slots=True)
class DriverContext:
    """What the worker gives a driver besides its link.

    `device` is the kit's own name for it (``box``), used in messages. `now_mono_s` is the steady clock. `settings` come
    from the kit profile and were checked against the offer's `settings`.
    """

    device: str
    now_mono_s: Callable[[], float]
    emit: Callable[[DeviceEvent], None]
    settings: Mapping[str, Setting] = field(default_factory=dict)
