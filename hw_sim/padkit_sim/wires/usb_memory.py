"""A USB port without a kernel: who tests a device or a driver is its host, and asks in one process."""

from __future__ import annotations

import asyncio

from padkit_sim.devices.usb import Setup
from padkit_sim.wires.tree import UsbIdentity
from padkit_sim.wires.usb_slot import Asked, Ended, UsbSlot

IDENTITY = UsbIdentity("", "1-1", 0x1209, 0x0001, "MEM-0001", "Memory")


class MemoryPort(UsbSlot):
    """See `UsbPort`. Its host's transfers end as those of real hardware: done, stalled, gone; None when time was up."""

    def __init__(self, identity: UsbIdentity = IDENTITY) -> None:
        super().__init__(identity)

    async def control(
        self, request_type: int, request: int, value: int, index: int, data: bytes | int, *, timeout_s: float
    ) -> Ended | None:
        """One control transfer; `data` is what is sent, or how many bytes are wanted at most."""
        sent, size = (b"", data) if isinstance(data, int) else (data, len(data))
        setup = Setup(request_type, request, value, index, size)
        return await self._transfer(0, size, sent, timeout_s, setup)

    async def write(self, endpoint: int, data: bytes, *, timeout_s: float) -> Ended | None:
        """One transfer to an OUT endpoint."""
        return await self._transfer(endpoint, len(data), data, timeout_s)

    async def read(self, endpoint: int, size: int, *, timeout_s: float | None) -> Ended | None:
        """One transfer of at most `size` bytes from an IN endpoint; `timeout_s` None waits for ever."""
        return await self._transfer(endpoint, size, b"", timeout_s)

    async def _transfer(
        self, endpoint: int, size: int, data: bytes, timeout_s: float | None, setup: Setup | None = None
    ) -> Ended | None:
        end: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        asked = Asked(endpoint, size, data, lambda ended: None if end.done() else end.set_result(ended), setup)
        self.submit(asked)
        try:
            async with asyncio.timeout(timeout_s):
                return await end
        except TimeoutError:
            return None
        finally:
            self.cancel(asked)
