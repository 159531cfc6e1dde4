"""An identity card is read over Bluetooth LE: through a device room, a worker process, the real bleak and a real D-Bus.

Whatever the air does, the clip comes back, and the one of a colleague is never used.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog

from padkit_agent.devices import (
    DeviceProfile,
    DeviceRoom,
    DeviceState,
    Ground,
    KitProfile,
    LoopClock,
    SpawnerLauncher,
    WireScan,
    no_hints,
    open_room,
)
from padkit_agent.plugins import find_plugins
from padkit_sdk import LinkLost, OutcomeUnknown, PadkitError
from padkit_sdk.ports import IdentityCard, IdentityCardReader
from padkit_sim.hil import RunningKit, Serving
from padkit_sim.hil.serving import Wanted
from padkit_sim.hil.talk import KitJournal

KIT_FILE = Path(__file__).parent / "air_kit.toml"
OURS, COLLEAGUE = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"
NUMBER = "999999199003071234"
READY_S, BACK_S, READ_S = 20.0, 30.0, 10.0


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[RunningKit]:
    wanted = Wanted(str(KIT_FILE), tmp_path / "kit")
    serving = Serving(wanted)
    serving.start()
    yield RunningKit(serving, KitJournal(wanted.journal, update_golden=False))
    serving.stop()


@asynccontextmanager
async def room_of(kit: RunningKit, serial: str = OURS) -> AsyncIterator[DeviceRoom]:
    launcher = SpawnerLauncher(dict(kit.environment), LoopClock())
    log = structlog.get_logger(room="devices")
    ground = Ground(launcher, WireScan.from_environment(kit.environment), no_hints, LoopClock(), random.Random(7), log)
    profile = KitProfile((DeviceProfile("clip", "back_clip", "SAM_V", serial=serial),))
    try:
        async with open_room(profile, find_plugins().found, ground) as room:
            yield room
    finally:
        await launcher.close()


async def read(room: DeviceRoom) -> IdentityCard:
    await room.wait_ready("clip", BACK_S)
    async with room.lease("clip", owner="flow-1", purpose="identity", ttl_s=60) as clip:
        return await clip.port(IdentityCardReader).read(fingerprint=True, timeout_s=READ_S)


async def read_in_the_end(room: DeviceRoom) -> IdentityCard:
    """As a person does who tries again."""
    async with asyncio.timeout(BACK_S):
        while True:
            try:
                return await read(room)
            except (LinkLost, OutcomeUnknown):
                continue


async def until_state(room: DeviceRoom, *states: DeviceState) -> None:
    with room.events() as events:
        async with asyncio.timeout(BACK_S):
            while room.view("clip").state not in states:
                await anext(events)


async def until_swapped(room: DeviceRoom) -> str:
    """Wait until another clip is reported; what is told of it."""
    with room.events() as events:
        async with asyncio.timeout(BACK_S):
            while not (problem := room.view("clip").problem) or problem.code != "device.swapped":
                await anext(events)
    return problem.message


def is_whole(card: IdentityCard) -> bool:
    return card.number.text == NUMBER and len(card.raw_text.data) == 256 and len(card.photo.data) == 1024


async def test_a_card_is_read_whole_over_any_mtu_and_every_mishap_of_the_air_passes(kit: RunningKit) -> None:
    async with room_of(kit) as room:
        await room.wait_ready("clip", READY_S)
        assert is_whole(await read(room))

        kit.fault("ble.link_loss", device="clip", nth=4)  # in the middle of the record
        with pytest.raises(PadkitError):
            await read(room)
        assert is_whole(await read_in_the_end(room))

        kit.fault("ble.mtu", device="clip", mtu=23)
        kit.fault("ble.refuse_connect", device="clip", times=2)
        kit.unplug("clip")
        await until_state(room, DeviceState.FAULTY, DeviceState.OPENING, DeviceState.ABSENT)
        kit.plug("clip")
        assert is_whole(await read_in_the_end(room))
        assert [it.name for it in kit.firings()].count("ble.refuse_connect") == 2

        kit.clear("ble.mtu")
        stale = kit.fault("ble.stale_notify", device="clip")
        kit.fault("ble.vanish", device="clip")
        await until_state(room, DeviceState.FAULTY, DeviceState.OPENING, DeviceState.ABSENT)
        kit.clear("ble.vanish")
        assert is_whole(await read_in_the_end(room))
        assert stale.fired == 1


async def test_the_clip_of_a_colleague_is_reported_and_not_used(kit: RunningKit) -> None:
    kit.unplug("clip")
    async with room_of(kit) as room:
        assert COLLEAGUE in await until_swapped(room)
        kit.plug("clip")
        assert is_whole(await read(room))
        kit.fault("device.swapped", device="clip", serial="C0:FF:EE:00:00:03")
        with pytest.raises(PadkitError):
            await read(room)
        await until_swapped(room)
        await asyncio.to_thread(kit.until, "clip", lambda truth: truth["serial"] != OURS)
        kit.unplug("clip")
        kit.plug("clip", serial=OURS)
        assert is_whole(await read_in_the_end(room))
        assert not [it for it in kit.journal.since(device="colleague") if it.dir == "in"]
