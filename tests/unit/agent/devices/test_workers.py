"""Workers that crash, hang, flood, leak and lie in the middle of a card move, while other devices go on answering."""

from __future__ import annotations

import asyncio
import json
import os
import signal

import psutil
import pytest

from padkit_agent.devices import DeviceProfile, DeviceState
from padkit_agent.devices.spawning import worker_environment
from padkit_sdk import LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import CardDispenser, Slot

BOX = DeviceProfile("box", "toy", "toy", serial="T-1")
PEN = DeviceProfile("pen", "other_toy", "toy", serial="T-2")
HOLD = {"owner": "flow-1", "purpose": "card_open", "ttl_s": 600.0}


async def until(events, name):
    async for event in events:
        if event.name == name:
            return event
    raise AssertionError(name)


@pytest.fixture
async def room(kit):
    kit.toy = kit.plug("ttyUSB0", location="1-3", serial="T-1")
    kit.plug("ttyUSB1", location="1-4", serial="T-2", device_serial="SN-2")
    async with kit.room(BOX, PEN) as room:
        await room.wait_ready("box", 10)
        await room.wait_ready("pen", 10)
        yield room


async def move(room):
    async with room.lease("box", **HOLD) as box:
        await box.port(CardDispenser).move(Slot.GATE, timeout_s=30)


MISDEEDS = {
    "crash": "died",
    "exit": "died",
    "garbage": "talked nonsense",
    "oversize": "talked nonsense",
    "events": "flooded us|hung|died",  # whichever is noticed first
    "chatter": "flooded us",
    "hang": "hung, no heart-beat",
}


@pytest.mark.parametrize("misdeed", MISDEEDS)
async def test_a_misdeed_in_mid_move_is_an_unknown_outcome_and_the_device_comes_back(kit, room, misdeed):
    kit.toy.order("move gate", misdeed)
    with room.events() as events:
        moving = asyncio.ensure_future(move(room))
        await kit.toy.until_heard("move gate")
        async with room.lease("pen", **HOLD) as pen:
            while not moving.done():
                assert (await pen.port(CardDispenser).status(timeout_s=5)).bin_count == 7
        with pytest.raises(OutcomeUnknown, match=MISDEEDS[misdeed]):
            await moving
        await until(events, "plugin.crashed")
    await room.wait_ready("box", 10)
    async with room.lease("box", **HOLD) as box:
        assert (await box.port(CardDispenser).status(timeout_s=5)).bin_count == 7


async def test_a_holder_keeps_its_lease_over_a_crash(kit, room):
    kit.toy.order("stage", "crash")
    async with room.lease("box", **HOLD) as box:
        with pytest.raises(OutcomeUnknown):
            await box.port(CardDispenser).stage(timeout_s=30)
        await room.wait_ready("box", 10)
        assert (await box.port(CardDispenser).status(timeout_s=5)).bin_count == 7


async def test_a_call_between_two_workers_was_not_sent(kit, room):
    kit.toy.order("stage", "crash")
    async with room.lease("box", **HOLD) as box:
        with pytest.raises(OutcomeUnknown):
            await box.port(CardDispenser).stage(timeout_s=30)
        heard = kit.toy.heard.count("stage")
        with pytest.raises(LinkLost, match="was not sent"):
            await box.port(CardDispenser).stage(timeout_s=30)
    assert kit.toy.heard.count("stage") == heard


async def test_a_driver_that_overruns_its_deadline_is_killed(kit, room):
    kit.toy.order("stage", "never")
    async with room.lease("box", **HOLD) as box:
        with pytest.raises(OutcomeUnknown, match=r"box.stage not answered 2 s after its deadline"):
            await box.port(CardDispenser).stage(timeout_s=0.01)
        await room.wait_ready("box", 10)


async def test_a_driver_that_ignores_a_cancel_is_killed(kit, room):
    kit.toy.order("stage", "stubborn")
    with room.events() as events:
        async with room.lease("box", **HOLD) as box:
            staging = asyncio.ensure_future(box.port(CardDispenser).stage(timeout_s=60))
            await kit.toy.until_heard("waiting")
            staging.cancel()
            with pytest.raises(asyncio.CancelledError):
                await staging
        crashed = await until(events, "plugin.crashed")
    assert "box.stage not stopped 2 s after a cancel" in crashed.detail["message"]


@pytest.mark.parametrize("misdeed", ["leak", "files"])
async def test_limits_hold_a_driver_and_nobody_else(kit, room, misdeed):
    kit.toy.order("stage", misdeed)
    async with room.lease("box", **HOLD) as box:
        with pytest.raises(OutcomeUnknown):
            await box.port(CardDispenser).stage(timeout_s=30)
    async with room.lease("pen", **HOLD) as pen:
        assert (await pen.port(CardDispenser).status(timeout_s=5)).bin_count == 7


async def test_after_three_restarts_a_plugin_is_quarantined_until_somebody_retries(kit, room):
    with room.events() as events:
        for _ in range(4):
            kit.toy.order("move gate", "crash")
            with pytest.raises(OutcomeUnknown):
                await move(room)
            if room.view("box").state is not DeviceState.QUARANTINED:
                name = (await anext(events)).name
                while name not in ("device.ready", "device.quarantined"):
                    name = (await anext(events)).name
        assert room.view("box").state is DeviceState.QUARANTINED
        with pytest.raises(Refused, match="padkit-agent device retry") as caught:
            await move(room)
        assert caught.value.reason == "device.quarantined"
        assert room.view("pen").state is DeviceState.READY
        room.retry("box")
        await room.wait_ready("box", 10)
    await move(room)


async def test_a_dead_spawner_is_replaced_with_all_its_workers(kit, room):
    with room.events() as events:
        os.kill(spawner_pid(), signal.SIGKILL)
        assert {(await until(events, "plugin.crashed")).plugin for _ in range(2)} == {"toy", "other_toy"}
        for device in ("box", "pen"):
            await room.wait_ready(device, 10)
    await move(room)


async def test_a_worker_sees_the_allowed_environment_only(kit):
    kit.plug()
    allowed = {
        "UMOCKDEV_DIR": "/mock",
        "PCSCLITE_CSOCK_NAME": "/pcscd",
        "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/dbus",
        "PADKIT_DEV": "/kit/dev",
        "PADKIT_SYSFS": "/kit/sys",
        "LC_ALL": "C.UTF-8",
    }
    secret = {"PADKIT_PASSWORD": "hunter2", "AWS_SECRET": "x", "PYTHONPATH": "/evil", "PYTHONSTARTUP": "/evil"}
    async with kit.room(environ={**allowed, **secret}) as room:
        view = await room.wait_ready("box", 10)
    env = json.loads(view.identity.firmware)["env"]
    assert env == allowed


def test_the_allow_list_lets_a_preload_through():
    assert worker_environment({"LD_PRELOAD": "libumockdev-preload.so.0", "HTTPS_PROXY": "x"}) == {
        "LD_PRELOAD": "libumockdev-preload.so.0"
    }


def spawner_pid():
    """The one child of this process that forks workers."""
    (pid,) = [child.pid for child in psutil.Process().children() if "padkit_agent.spawner" in child.cmdline()]
    return pid
