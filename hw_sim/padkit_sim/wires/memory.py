"""A wire without an operating system: what the device says is kept in a list, what it hears is called in."""

from __future__ import annotations

from collections.abc import Callable


class MemoryWire:
    """See `Wire`; `said` holds everything written while plugged."""

    def __init__(self, serial: str = "MEM-0001") -> None:
        self.said: list[bytes] = []
        self._serial = serial
        self._on_bytes: Callable[[bytes], None] | None = None

    @property
    def plugged(self) -> bool:
        return self._on_bytes is not None

    @property
    def serial(self) -> str:
        return self._serial

    def plug(self, on_bytes: Callable[[bytes], None], *, serial: str = "", name: str = "") -> None:
        self._serial = serial or self._serial
        self._on_bytes = on_bytes

    def unplug(self) -> None:
        self._on_bytes = None

    def write(self, data: bytes) -> None:
        if self.plugged:
            self.said.append(data)

    def baud(self) -> int | None:
        return None

    def hear(self, data: bytes) -> None:
        """Be the client: send `data` to the device."""
        assert self._on_bytes, "plug the wire first"
        self._on_bytes(data)
