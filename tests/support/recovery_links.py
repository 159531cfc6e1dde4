"""Links in memory that break as real ones do: what was open when the cable came out stays dead, whoever plugs it in again."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from usb_memory import MemoryUsbLink

from padkit_sdk.errors import LinkLost
from padkit_sdk.links import Ble, ByteLink, Usb, UsbSerial
from padkit_sim.wires import MemoryPort, MemoryWire


class LineEnd(MemoryWire):
    """A simulated device's end of a byte line; the other end is a `LineLink` for each opening."""

    rate: int | None = None

    def __init__(self, serial: str) -> None:
        super().__init__(serial)
        self._open: LineLink | None = None

    def unplug(self):
        super().unplug()
        if self._open is not None:
            self._open.lose()

    def write(self, data):
        if self.plugged and self._open is not None:
            self._open.arrive(data)

    def baud(self):
        return self.rate

    def obey(self, dial):
        """The faults of the air are not those of a line."""

    def open(self, match: UsbSerial | Ble) -> LineLink:
        self.rate = match.baud if isinstance(match, UsbSerial) else None
        self._open = LineLink(self)
        return self._open


class LineLink(ByteLink):
    """See `ByteLink`; behaves as `padkit_agent.links.serial` does."""

    def __init__(self, end: LineEnd) -> None:
        self._end = end
        self._input = b""
        self._news = asyncio.Event()
        self.lost = False

    def arrive(self, data: bytes) -> None:
        self._input += data
        self._news.set()

    def lose(self) -> None:
        self.lost = True
        self._news.set()

    async def write(self, data):
        self._check()
        self._end.hear(data)

    async def read(self, *, timeout_s):
        self._news.clear()
        if not self._input:
            self._check()
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._news.wait()
        data, self._input = self._input, b""
        if not data:
            self._check()
        return data

    def discard_input(self):
        self._input = b""

    def set_baud(self, baud):
        self._check()
        self._end.rate = baud

    async def close(self):
        self.lose()

    def _check(self) -> None:
        if self.lost:
            raise LinkLost("line in memory: no such line; plug it in")


class PortEnd(MemoryPort):
    """A USB port that knows the one link that is open to what is plugged there now."""

    def __init__(self, identity) -> None:
        super().__init__(identity)
        self._open: PortLink | None = None

    def unplug(self):
        if self._open is not None:
            self._open.lost = True
        super().unplug()

    def open(self, match: Usb) -> PortLink:
        self._open = PortLink(self)
        return self._open


class PortLink(MemoryUsbLink):
    """See `UsbLink`; behaves as `padkit_agent.links.usb` does."""

    lost = False

    def _open(self, asking=None) -> bool:
        if self.lost:
            self._closed = True
        return super()._open(asking)

    async def close(self):
        self.lost = True
        await super().close()
