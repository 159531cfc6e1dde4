"""A USB link in memory: a driver on one side, a simulated device in its port on the other, no library between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from padkit_sdk.errors import DeviceFault, LinkLost, OutcomeUnknown
from padkit_sdk.links import MAX_REPORTS, UsbLink, UsbReports
from padkit_sim.wires import Ended, Ending, MemoryPort


class MemoryUsbLink(UsbLink):
    """See `UsbLink`; behaves as `padkit_agent.links.usb` does.

    Plug the device first: `AttachedUsb("pad", device, port, dial, MechanicalTime(clock, speed), Journal(clock)).plug()`.
    """

    def __init__(self, port: MemoryPort) -> None:
        self._port = port
        self._closed = False

    async def control(self, request_type, request, value, index, data, *, timeout_s):
        asking = self._port.control(request_type, request, value, index, data, timeout_s=timeout_s)
        return self._certain(await asking, f"control {request:02X}").data if self._open(asking) else b""

    async def write(self, endpoint, data, *, timeout_s):
        asking = self._port.write(endpoint, data, timeout_s=timeout_s)
        if self._open(asking):
            self._certain(await asking, f"write to {endpoint:02X}", endpoint)

    async def read(self, endpoint, size, *, timeout_s):
        asking = self._port.read(endpoint, size, timeout_s=timeout_s)
        ended = await asking if self._open(asking) else None
        return None if ended is None else self._good(ended, f"read from {endpoint:02X}", endpoint).data

    @asynccontextmanager
    async def listen(self, endpoint: int, size: int) -> AsyncIterator[UsbReports]:
        self._open()
        reports = _Reports(self, endpoint, size)
        task = asyncio.create_task(reports.run())
        try:
            yield reports
        finally:
            task.cancel()
            await asyncio.wait((task,))

    async def close(self) -> None:
        self._closed = True

    def _open(self, asking=None) -> bool:
        if self._closed:
            if asking is not None:
                asking.close()
            raise LinkLost("USB device in memory: closed by its driver; open it again")
        return True

    def _certain(self, ended: Ended | None, what: str, endpoint: int = 0) -> Ended:
        if ended is None:
            raise OutcomeUnknown(f"USB device in memory: {what} was not answered in time; inquire")
        return self._good(ended, what, endpoint)

    def _good(self, ended: Ended, what: str, endpoint: int) -> Ended:
        match ended.ending:
            case Ending.STALLED:
                self._port.clear_halt(endpoint)
                raise DeviceFault("usb.stall", f"USB device in memory: {what} was refused (STALL)")
            case Ending.DONE:
                return ended
            case _:
                raise LinkLost(f"USB device in memory: {what}: no such device; plug it in")


class _Reports(UsbReports):
    def __init__(self, link: MemoryUsbLink, endpoint: int, size: int) -> None:
        self._link, self._endpoint, self._size = link, endpoint, size
        self._queue: asyncio.Queue[bytes | Exception] = asyncio.Queue()

    async def run(self) -> None:
        try:
            while self._queue.qsize() < MAX_REPORTS:
                report = await self._link.read(self._endpoint, self._size, timeout_s=3_600)
                if report is not None:
                    self._queue.put_nowait(report)
            raise LinkLost("USB device in memory: flood; take the reports")
        except (LinkLost, DeviceFault) as exc:
            self._queue.put_nowait(exc)

    async def next(self, *, timeout_s):
        try:
            async with asyncio.timeout(timeout_s):
                report = await self._queue.get()
        except TimeoutError:
            return None
        if isinstance(report, Exception):
            self._queue.put_nowait(report)
            raise report
        return report
