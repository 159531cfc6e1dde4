"""What every wire offers to the device behind it: a byte line, or a USB port."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from padkit_sim.devices.usb import Descriptors, Setup


class Wire(Protocol):
    """A byte line that can be plugged and unplugged. Not plugged: writes vanish."""

    @property
    def plugged(self) -> bool:
        """Whether a client could find and open it now."""
        ...

    @property
    def serial(self) -> str:
        """The USB serial number it shows."""
        ...

    def plug(self, on_bytes: Callable[[bytes], None], *, serial: str = "", name: str = "") -> None:
        """Appear; `serial` and `name` ("" keeps the last ones) make it look like another device or port."""
        ...

    def unplug(self) -> None:
        """Vanish, as when a cable is pulled."""
        ...

    def write(self, data: bytes) -> None:
        """Send `data` to whoever has the line open."""
        ...

    def baud(self) -> int | None:
        """The rate that the client has set, None when the wire has none."""
        ...


class UsbSide(Protocol):
    """What a USB port asks of the device behind it."""

    @property
    def descriptors(self) -> Descriptors:
        """What the device shows."""
        ...

    def control(self, setup: Setup, data: bytes) -> bytes | None:
        """Carry a class or vendor request; None: it is never answered. Raises `Stalled`, `Late`."""
        ...

    def out(self, endpoint: int, data: bytes) -> bool:
        """Carry a transfer to the device; False: it is never taken. Raises `Stalled`, `Late`."""
        ...

    def take(self, endpoint: int, size: int) -> bytes | None:
        """At most `size` bytes of the transfer that waits on an IN endpoint; None: nothing does. Raises `Stalled`."""
        ...


class Stalled(Exception):
    """The device refused a transfer (STALL, USB 2.0 8.5)."""


class Late(Exception):
    """The transfer was carried; its end, with `reply`, comes `delay_s` later."""

    def __init__(self, delay_s: float, reply: bytes = b"") -> None:
        super().__init__(delay_s)
        self.delay_s = delay_s
        self.reply = reply


class UsbPort(Protocol):
    """A place for a USB device that a host can find. Not plugged: nothing reaches the device."""

    @property
    def plugged(self) -> bool:
        """Whether a host could find and open it now."""
        ...

    @property
    def serial(self) -> str:
        """The serial number it shows."""
        ...

    def plug(self, side: UsbSide, *, serial: str = "", name: str = "") -> None:
        """Appear; `serial` and `name` (the port, "" keeps the last) make it look like another device or another place."""
        ...

    def unplug(self) -> None:
        """Vanish; transfers under way end as the kernel ends them."""
        ...

    def ready(self, endpoint: int) -> None:
        """Something waits on an IN endpoint: a read that is pending can be served."""
        ...
