from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, suppress
from typing import Any

from padkit_agent.devices import DeviceState, DeviceView, Problem, RoomEvent
from padkit_agent.devices.watching import BACKLOG, Watchers
from padkit_agent.flows import Feed
from padkit_agent.flows.news import tell_devices

LONG_S = 20.0


class Room:
    """Devices as their views, and who watches them."""

    def __init__(self, **states: DeviceState) -> None:
        self.watchers = Watchers()
        self.views = {name: DeviceView(name, "plugin", "M", state) for name, state in states.items()}

    def list(self) -> tuple[DeviceView, ...]:
        return tuple(self.views.values())

    def events(self) -> AbstractContextManager[AsyncIterator[RoomEvent]]:
        return self.watchers.watch()

    def put(self, name: str, state: DeviceState, problem: Problem | None = None) -> None:
        self.views[name] = DeviceView(name, "plugin", "M", state, problem=problem)
        self.watchers.tell(RoomEvent(f"device.{state.value}", name))


async def told(room: Any, *changes: tuple[str, DeviceState, Problem | None]) -> list[tuple[str, str, str]]:
    """Return what the feed says of `changes`; the device ``end`` comes last."""
    feed, lines = Feed(), []
    with feed.watch() as watcher:
        telling = asyncio.create_task(tell_devices(room, feed, lambda: "now"))
        await asyncio.sleep(0)
        for change in changes:
            room.put(*change)
            for _ in range(3):
                await asyncio.sleep(0)
        room.put("end", DeviceState.READY)
        async with asyncio.timeout(LONG_S):
            while (line := await watcher.get()).device != "end":
                assert (line.kind, line.at) == ("device", "now")
                lines.append((line.device, line.state, line.note))
    telling.cancel()
    with suppress(asyncio.CancelledError):
        await telling
    return lines


async def test_a_new_state_is_told_and_its_problem_by_name() -> None:
    gone = ("box", DeviceState.ABSENT, Problem("link_lost", "for staff only"))
    back = ("box", DeviceState.READY, None)
    assert await told(Room(box=DeviceState.READY), gone, back) == [("box", "absent", "link_lost"), ("box", "ready", "")]


async def test_a_device_that_is_tried_again_and_again_is_told_once() -> None:
    fails = ("box", DeviceState.FAULTY, Problem("box.jam", ""))
    tried = ("box", DeviceState.OPENING, None)
    assert await told(Room(box=DeviceState.READY), fails, tried, fails, tried, fails) == [("box", "faulty", "box.jam")]


async def test_another_problem_in_the_same_state_is_told() -> None:
    one, two = (("box", DeviceState.FAULTY, Problem(code, "")) for code in ("box.jam", "box.motor"))
    assert [note for *_, note in await told(Room(), one, two)] == ["box.jam", "box.motor"]


async def test_what_is_so_already_is_not_told() -> None:
    assert await told(Room(box=DeviceState.READY), ("box", DeviceState.READY, None)) == []


async def test_lost_events_lose_no_state() -> None:
    room = Room()
    feed = Feed()
    telling = asyncio.create_task(tell_devices(room, feed, str))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    room.put("pin", DeviceState.READY)
    for _ in range(BACKLOG + 1):
        room.watchers.tell(RoomEvent("lease.taken", "box"))
    with feed.watch(after=0) as watcher:
        async with asyncio.timeout(LONG_S):
            assert (await watcher.get()).device == "pin"
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
