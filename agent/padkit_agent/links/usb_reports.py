"""What one endpoint said, on its way from the thread that reads to the driver that takes."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable

from padkit_sdk.errors import PadkitError
from padkit_sdk.links import MAX_REPORTS, UsbReports


class Reports(UsbReports):
    """`put` and `fail` are for one thread, `next` for the loop on which this was made."""

    def __init__(self, before: Iterable[bytes] = ()) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[bytes] = deque(before)
        self._failed: PadkitError | None = None
        self._arrived = asyncio.Event()

    async def next(self, *, timeout_s: float) -> bytes | None:
        """See `UsbReports.next`; what came before the link was lost is given first."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not (self._waiting or self._failed):
                    self._arrived.clear()
                    if not (self._waiting or self._failed):  # the thread may have been faster
                        await self._arrived.wait()  # may be of a report that was taken already
        if self._waiting:
            return self._waiting.popleft()
        if self._failed is not None:
            raise self._failed
        return None

    def put(self, report: bytes) -> bool:
        """Queue a report; False when nobody takes them."""
        if len(self._waiting) >= MAX_REPORTS:
            return False
        self._waiting.append(report)
        self._wake()
        return True

    def fail(self, why: PadkitError) -> None:
        """Nothing comes any more."""
        self._failed = why
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._arrived.set)
