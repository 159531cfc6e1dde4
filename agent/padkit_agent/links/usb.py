"""One interface of a USB device as a `UsbLink`: pyusb's blocking calls in a few threads, endpoints beside each other.

A caller who is cancelled leaves no thread that takes another's data: what it still reads is kept for the next reader.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from padkit_agent.links.usb_device import UsbInterface, open_interface
from padkit_agent.links.usb_reports import Reports
from padkit_sdk.errors import LinkLost, PadkitError
from padkit_sdk.links import MAX_REPORTS, Usb, UsbLink, UsbReports

THREADS = 8  # control, and seven endpoints at the same time
CLOSE_S = 0.5  # a device that takes a write for longer is let go when that ends
CONTROL = -1  # the turn of control transfers, beside those of endpoints
T = TypeVar("T")


async def open_usb(match: Usb, path: Path) -> UsbLink:
    """Claim the interface of `match` for ourselves alone, on the device whose node is `path` (``…/BBB/DDD``).

    Raises `LinkLost` when it is not there, is in use, or may not be opened.
    """
    return PyusbLink(await asyncio.to_thread(open_interface, match, path))


class PyusbLink(UsbLink):
    """One claimed interface. Calls on one endpoint wait for each other."""

    def __init__(self, interface: UsbInterface) -> None:
        self._interface = interface
        self._pool = ThreadPoolExecutor(THREADS, "usb")
        self._lost: LinkLost | None = None
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._left: dict[int, asyncio.Future[None]] = {}  # by endpoint: a thread whose caller was cancelled
        self._kept: defaultdict[int, deque[bytes]] = defaultdict(deque)  # by endpoint: what came too late for him

    def __repr__(self) -> str:
        return f"PyusbLink({self._interface.where})"

    async def control(
        self, request_type: int, request: int, value: int, index: int, data: bytes | int, *, timeout_s: float
    ) -> bytes:
        """See `UsbLink.control`. A cancelled one is carried on to its end."""
        async with self._turn(CONTROL):
            call = self._interface.control
            return await self._run(CONTROL, lambda: call(request_type, request, value, index, data, timeout_s))

    async def write(self, endpoint: int, data: bytes, *, timeout_s: float) -> None:
        """See `UsbLink.write`. A cancelled one is carried on to its end."""
        async with self._turn(endpoint):
            await self._run(endpoint, lambda: self._interface.write(endpoint, data, timeout_s))

    async def read(self, endpoint: int, size: int, *, timeout_s: float) -> bytes | None:
        """See `UsbLink.read`."""
        until_mono_s = time.monotonic() + timeout_s
        async with self._turn(endpoint):
            if kept := self._from_kept(endpoint, size):
                return kept
            unwanted = threading.Event()
            try:
                return await self._run(endpoint, lambda: self._interface.read(endpoint, size, until_mono_s, unwanted))
            finally:
                unwanted.set()

    @asynccontextmanager
    async def listen(self, endpoint: int, size: int) -> AsyncIterator[UsbReports]:
        """See `UsbLink.listen`."""
        async with self._turn(endpoint):
            reports = Reports(self._kept.pop(endpoint, ()))
            unwanted = threading.Event()
            running = asyncio.ensure_future(self._run(endpoint, lambda: self._pump(endpoint, size, reports, unwanted)))
            running.add_done_callback(lambda it: it.cancelled() or it.exception())  # told by `reports`
            try:
                yield reports
            finally:
                unwanted.set()
                running.cancel()
                await asyncio.wait((running,))

    async def close(self) -> None:
        """See `UsbLink.close`; reads that wait end with `LinkLost` within `SLICE_S`."""
        self._lose(LinkLost(f"{self._interface.where}: closed by its driver; open it again"))
        self._pool.shutdown(wait=False)
        await asyncio.to_thread(self._interface.close)
        await asyncio.to_thread(self._interface.released.wait, CLOSE_S)

    @asynccontextmanager
    async def _turn(self, endpoint: int) -> AsyncIterator[None]:
        """Be the only one on `endpoint`, after a thread that was left there has ended."""
        async with self._turns[endpoint]:
            if left := self._left.get(endpoint):
                await asyncio.wait((left,))
            self._check()
            yield

    async def _run(self, endpoint: int, call: Callable[[], T]) -> T:
        """Run `call` in a thread. Cancelled: it runs on, and the next on `endpoint` waits for its end."""
        loop = asyncio.get_running_loop()
        work: asyncio.Future[T] = loop.run_in_executor(self._pool, call)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            left = self._left[endpoint] = loop.create_future()
            work.add_done_callback(lambda done: self._late(endpoint, left, done))
            raise
        except LinkLost as exc:
            self._lose(exc)
            raise

    def _late(self, endpoint: int, left: asyncio.Future[None], done: asyncio.Future[T]) -> None:
        """A thread ended whose caller was cancelled: keep what it read."""
        error = None if done.cancelled() else done.exception()
        if isinstance(error, LinkLost):
            self._lose(error)
        elif (
            error is None and not done.cancelled() and endpoint != CONTROL and isinstance(data := done.result(), bytes)
        ):
            self._kept[endpoint].append(data)
        if self._left.get(endpoint) is left:
            del self._left[endpoint]
        left.set_result(None)

    def _pump(self, endpoint: int, size: int, reports: Reports, unwanted: threading.Event) -> bytes | None:
        """In a thread: hand on all that comes until nobody wants it; the last one comes back."""
        try:
            while not unwanted.is_set():
                data = self._interface.read(endpoint, size, math.inf, unwanted)
                if data is not None and unwanted.is_set():
                    return data
                if data is not None and not reports.put(data):
                    raise LinkLost(f"{self._interface.where}: flood, {MAX_REPORTS} reports not taken; take them faster")
        except PadkitError as exc:
            reports.fail(exc)
            raise
        return None

    def _from_kept(self, endpoint: int, size: int) -> bytes:
        """The oldest transfer that came too late for its reader; what is over waits on."""
        kept = self._kept[endpoint]
        if not kept:
            return b""
        data = kept.popleft()
        if data[size:]:
            kept.appendleft(data[size:])
        return data[:size]

    def _check(self) -> None:
        if self._lost is not None:
            raise LinkLost(str(self._lost)) from self._lost

    def _lose(self, lost: LinkLost) -> None:
        if self._lost is None:
            self._lost = lost
