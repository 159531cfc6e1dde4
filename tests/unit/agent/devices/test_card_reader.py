"""A bank-card reader of the kit, driven by its plugin in a worker through the real pcscd: it goes and comes without a restart."""

from __future__ import annotations

import asyncio
import os
import random
from contextlib import asynccontextmanager

import pytest
import structlog
from card_kit import LONG_S, card_kit

from padkit_agent.devices import (
    DeviceProfile,
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
from padkit_sdk import DeviceFault, OutcomeUnknown
from padkit_sdk.ports import CardProtocol, ChipCard

PROFILE = KitProfile((DeviceProfile("chip", "back_clip", "PCSC"),))
HOLD = {"owner": "flow-1", "purpose": "card_read", "ttl_s": 600.0}
SELECT_PSE = bytes.fromhex("00A404000E") + b"1PAY.SYS.DDF01" + b"\x00"
T = 5.0


@asynccontextmanager
async def world(tmp_path):
    """A kit with a reader, and the room of devices of an agent on it, ready."""
    async with card_kit() as kit:
        clock = LoopClock()
        launcher = SpawnerLauncher(dict(os.environ), clock)
        log = structlog.get_logger(room="devices")
        ground = Ground(launcher, WireScan(tmp_path, tmp_path), no_hints, clock, random.Random(7), log)
        try:
            async with open_room(PROFILE, find_plugins([]).found, ground) as room:
                await room.wait_ready("chip", LONG_S)
                with room.events() as events:
                    yield kit, room, events
        finally:
            await launcher.close()


async def until(events, name):
    """Wait for the next event of that name; nothing crashed before."""
    async with asyncio.timeout(LONG_S):
        async for event in events:
            assert event.name != "plugin.crashed"
            if event.name == name:
                return


async def power_on(room):
    async with room.lease("chip", **HOLD) as chip:
        return await chip.port(ChipCard).power_on(timeout_s=T)


async def exchange(room):
    async with room.lease("chip", **HOLD) as chip:
        await chip.port(ChipCard).power_on(timeout_s=T)
        return await chip.port(ChipCard).transmit(SELECT_PSE, timeout_s=T)


async def test_a_card_is_told_read_and_gone(tmp_path):
    async with world(tmp_path) as (kit, room, events):
        await kit.insert()
        await until(events, "card.inserted")
        assert (await exchange(room))[-2:].hex() == "9000"
        await kit.remove()
        await until(events, "card.removed")
        with pytest.raises(DeviceFault):
            await power_on(room)
        assert room.view("chip").state is DeviceState.READY


async def test_a_reader_that_goes_and_comes_is_absent_and_ready_again(tmp_path):
    async with world(tmp_path) as (kit, room, events):
        await kit.unplug()
        await until(events, "device.absent")
        await kit.plug()
        await until(events, "device.ready")
        await kit.insert("2")
        await until(events, "card.inserted")
        assert (await power_on(room)).protocol is CardProtocol.T1


async def test_a_service_that_dies_in_an_exchange_takes_the_device_with_it_until_it_is_back(tmp_path):
    async with world(tmp_path) as (kit, room, events):
        await kit.insert()
        await until(events, "card.inserted")
        await kit.arm("pcsc.daemon_killed", back_s=0.1)
        with pytest.raises(OutcomeUnknown):
            await exchange(room)
        await until(events, "device.absent")
        await until(events, "device.ready")
        assert (await exchange(room))[-2:].hex() == "9000"


async def test_a_card_pulled_in_an_exchange_leaves_the_device_ready(tmp_path):
    async with world(tmp_path) as (kit, room, events):
        await kit.insert()
        await until(events, "card.inserted")
        await kit.arm("reader.card_pulled")
        with pytest.raises(DeviceFault) as caught:
            await exchange(room)
        assert caught.value.fault == "chip.absent"
        await until(events, "card.removed")
        await kit.insert("2")
        await until(events, "card.inserted")
        assert (await exchange(room))[-2:].hex() == "9000"
        assert room.view("chip").state is DeviceState.READY
