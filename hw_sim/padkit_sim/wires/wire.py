"""What every wire offers to the device behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


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
