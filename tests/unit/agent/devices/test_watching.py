"""Watchers hear everything from now on, and one that sleeps holds up nobody."""

from __future__ import annotations

import asyncio

from padkit_agent.devices.views import RoomEvent
from padkit_agent.devices.watching import BACKLOG, Watchers


async def test_a_watcher_hears_what_happens_while_it_watches():
    watchers = Watchers()
    watchers.tell(RoomEvent("before"))
    with watchers.watch() as events:
        watchers.tell(RoomEvent("one"))
        watchers.tell(RoomEvent("two"))
        assert [(await anext(events)).name for _ in range(2)] == ["one", "two"]
    watchers.tell(RoomEvent("after"))


async def test_a_waiting_watcher_is_woken():
    watchers = Watchers()
    with watchers.watch() as events:
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        watchers.tell(RoomEvent("one"))
        assert (await waiting).name == "one"


async def test_a_watcher_that_falls_behind_loses_the_oldest_and_is_told():
    watchers = Watchers()
    with watchers.watch() as slow, watchers.watch() as quick:
        for number in range(BACKLOG + 3):
            watchers.tell(RoomEvent(f"event.{number}"))
            assert (await anext(quick)).name == f"event.{number}"
        lost = await anext(slow)
        assert (lost.name, lost.detail) == ("events.lost", {"count": "3"})
        assert (await anext(slow)).name == "event.3"
