"""What one device says while a flow works with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from padkit_agent.devices import RoomEvent
from padkit_agent.flows.overhearing import overheard


class FakeRoom:
    def __init__(self) -> None:
        self.said: asyncio.Queue[RoomEvent] = asyncio.Queue()
        self.listening = 0

    @contextmanager
    def events(self) -> Iterator[AsyncIterator[RoomEvent]]:
        async def told() -> AsyncIterator[RoomEvent]:
            while True:
                yield await self.said.get()
                self.said.task_done()

        self.listening += 1
        yield told()
        self.listening -= 1


async def test_only_what_the_device_says_is_heard_and_only_meanwhile() -> None:
    room: Any = FakeRoom()
    heard: list[str] = []
    with overheard(room, "pad", lambda it: heard.append(it.name)):
        for device in ("pad", "pin"):
            room.said.put_nowait(RoomEvent(f"{device}.x", device, "p", {}))
        await room.said.join()
    room.said.put_nowait(RoomEvent("pad.late", "pad", "p", {}))
    assert (heard, room.listening) == (["pad.x"], 0)
