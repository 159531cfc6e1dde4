"""Handing events to whoever watches, each at his own pace, none able to hold up the room."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from padkit_agent.devices.views import RoomEvent

BACKLOG = 256  # events one watcher may be behind


@dataclass(eq=False, slots=True)
class Watcher(AsyncIterator[RoomEvent]):
    """One watcher's queue; when it is full the oldest go, and the watcher is told how many."""

    _queue: deque[RoomEvent] = field(default_factory=deque)
    _lost: int = 0
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, event: RoomEvent) -> None:
        """Queue one event."""
        if len(self._queue) >= BACKLOG:
            self._queue.popleft()
            self._lost += 1
        self._queue.append(event)
        self._arrived.set()

    async def __anext__(self) -> RoomEvent:
        await self._arrived.wait()
        if self._lost:
            lost, self._lost = self._lost, 0
            return RoomEvent("events.lost", detail={"count": str(lost)})
        event = self._queue.popleft()
        if not self._queue:
            self._arrived.clear()
        return event


@dataclass(slots=True)
class Watchers:
    """All watchers of the room."""

    _watchers: set[Watcher] = field(default_factory=set)

    def tell(self, event: RoomEvent) -> None:
        """Hand `event` to everybody."""
        for watcher in self._watchers:
            watcher.put(event)

    @contextmanager
    def watch(self) -> Iterator[AsyncIterator[RoomEvent]]:
        """Watch from now until the end of the block."""
        watcher = Watcher()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)
