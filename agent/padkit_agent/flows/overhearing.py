"""What a device says while a flow works with it: counts and moments for the screen, never a value."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

from padkit_agent.devices import Devices, RoomEvent


@contextmanager
def overheard(devices: Devices, device: str, hear: Callable[[RoomEvent], None]) -> Iterator[None]:
    """Give `hear` each event of `device` meanwhile."""
    with devices.events() as events:
        listening = asyncio.create_task(_listen(events, device, hear))
        try:
            yield
        finally:
            listening.cancel()


async def _listen(events: AsyncIterator[RoomEvent], device: str, hear: Callable[[RoomEvent], None]) -> None:
    async for event in events:
        if event.device == device:
            hear(event)
