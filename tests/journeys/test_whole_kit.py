"""Every device of a kit at once, each on its real stack: all work side by side, and each comes back from wherever it went."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import pytest_asyncio
from deeds import DEEDS
from whole_kit import DEVICES, LID, READY_S, kit_at, room_on

from padkit_agent.devices import DeviceRoom, DeviceState
from padkit_sdk.ports import Device
from padkit_sim.hil import RunningKit

BOUNCES = int(os.environ.get("PADKIT_BOUNCES", "12"))
LONG = BOUNCES > 50  # the whole range of lengths, in `make soak`
SHORTEST_S, LONGEST_S = 0.05, 3.0 if LONG else 0.6
pytestmark = pytest.mark.timeout(3600 if LONG else 600)  # a busy machine is no fault of the kit


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKit]:
    with kit_at(tmp_path_factory.mktemp("every")) as standing:
        yield standing


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def room(kit: RunningKit) -> AsyncIterator[DeviceRoom]:
    async with room_on(kit) as opened:
        yield opened


async def test_every_device_works_while_all_others_do(room: DeviceRoom, kit: RunningKit) -> None:
    assert set(DEEDS) == {profile.device for profile in DEVICES}
    async with asyncio.timeout(110), asyncio.TaskGroup() as tasks:
        for deed in DEEDS.values():
            tasks.create_task(deed(room, kit))  # type: ignore[arg-type]


async def test_a_camera_before_which_nothing_lies_passes_its_self_test(kit: RunningKit) -> None:
    async with room_on(kit, LID) as room:
        tested = await room.self_test("lid", timeout_s=READY_S)
    assert {it.name: (it.passed, it.seen) for it in tested.checks} == {
        "camera.document": (True, "a picture"),
        "camera.face": (True, "a picture"),
    }


async def test_a_device_comes_back_from_every_bounce(
    room: DeviceRoom, kit: RunningKit, record_property: Callable[[str, object], None]
) -> None:
    """Each is pulled at any moment and back after 50 ms to 3 s; then it answers, and at the end all do their work."""
    chance = random.Random(BOUNCES)
    turns = [DEVICES[number % len(DEVICES)].device for number in range(BOUNCES)]  # every stack, in no order
    chance.shuffle(turns)
    lengths_s = [chance.uniform(SHORTEST_S, LONGEST_S) for _ in turns]
    for device, away_s in zip(turns, lengths_s, strict=True):
        await bounce(kit, device, away_s)
        await answers(room, device)
    for name, deed in DEEDS.items():
        async with asyncio.timeout(110):
            await answers(room, name)
            await deed(room, kit)
    told = {"bounces [bounces]": BOUNCES, "shortest [ms]": min(lengths_s) * 1000, "longest [ms]": max(lengths_s) * 1000}
    told |= {f"bounces_of.{device} [bounces]": turns.count(device) for device in DEEDS}
    for name, value in told.items():
        record_property(name, value)


async def bounce(kit: RunningKit, device: str, away_s: float, serial: str = "") -> None:
    """Pull a cable and plug it again; no hand is faster than 50 ms."""
    back = asyncio.Event()
    await asyncio.to_thread(kit.unplug, device)
    asyncio.get_running_loop().call_later(away_s, back.set)
    await back.wait()
    await asyncio.to_thread(kit.plug, device, serial=serial)


async def answers(room: DeviceRoom, device: str) -> None:
    """Wait until the device is ready and says who it is; one that was ready a moment before its cable came out is waited for."""
    async with asyncio.timeout(READY_S), room.lease(device, owner="t", purpose="t", ttl_s=120) as held:
        while True:
            await room.wait_ready(device, READY_S)
            try:
                await held.port(Device).identify(timeout_s=5)
            except Exception:  # noqa: BLE001 - what it was before the bounce was seen
                continue
            return


@pytest.mark.parametrize(
    ("device", "serial"), [("pad", "STU-9999"), ("finger", "{URU-9999}"), ("slot", "CR-9999"), ("pin", "PIN-9999")]
)
async def test_a_device_that_is_not_the_kit_s_is_reported_and_not_used(
    room: DeviceRoom, kit: RunningKit, device: str, serial: str
) -> None:
    await answers(room, device)
    ours = next(profile.serial for profile in DEVICES if profile.device == device)
    with room.events() as events:
        await bounce(kit, device, SHORTEST_S, serial)
        async with asyncio.timeout(READY_S):
            async for seen in events:
                if (seen.name, seen.device) == ("device.swapped", device):
                    break
        view = room.view(device)
        assert (view.state, view.problem and view.problem.code) == (DeviceState.FAULTY, "device.swapped")
        await bounce(kit, device, SHORTEST_S, ours)
        await answers(room, device)
