"""The room under lock, on real workers: nothing opens, nothing is leased, and what finishes keeps its box."""

from __future__ import annotations

import pytest

from padkit_agent.core.gate import Gate
from padkit_agent.devices import DeviceState
from padkit_contract.commands import Mode, Standing
from padkit_sdk import Refused
from padkit_sdk.ports import CardDispenser

LOCKED = Standing(mode=Mode.LOCKED, cause="c-1")
FLOW = {"owner": "flow-1", "purpose": "card_open", "ttl_s": 600.0}


async def until(events, name):
    async for event in events:
        if event.name == name:
            return event
    raise AssertionError(name)


def reason_of(caught):
    return caught.value.reason


@pytest.fixture(params=["worker", "inline"])
def inline(request):
    return request.param == "inline"


async def test_while_locked_at_the_start_no_device_is_opened(kit, inline):
    kit.toy, gate = kit.plug(), Gate()
    async with kit.room(inline=inline, gate=gate) as room:
        with room.events() as events:
            await until(events, "device.locked")
        assert kit.toy.heard == []
        for refused in (room.wait_ready("box", 10), room.self_test("box", timeout_s=1)):
            with pytest.raises(Refused) as caught:
                await refused
            assert reason_of(caught) == "kit.locked"
        with pytest.raises(Refused):
            room.retry("box")
        gate.put(Standing())
        assert (await room.wait_ready("box", 10)).state is DeviceState.READY


async def test_a_lock_closes_the_devices_and_an_unlock_brings_them_back(kit, inline):
    kit.toy, gate = kit.plug(), Gate(Standing())
    async with kit.room(inline=inline, gate=gate) as room:
        await room.wait_ready("box", 10)
        with room.events() as events:
            gate.put(LOCKED)
            await until(events, "device.locked")
        await kit.toy.until_heard("bye")
        with pytest.raises(Refused) as caught:
            async with room.lease("box", **FLOW):
                pass
        assert reason_of(caught) == "kit.locked"
        gate.put(Standing())
        assert (await room.wait_ready("box", 10)).state is DeviceState.READY


async def test_a_call_that_is_made_after_the_lock_is_refused_before_the_device_hears_of_it(kit, inline):
    kit.toy, gate = kit.plug(), Gate(Standing())
    async with kit.room(inline=inline, gate=gate) as room:
        await room.wait_ready("box", 10)
        async with room.lease("box", **FLOW) as box:
            gate.put(LOCKED)
            with pytest.raises(Refused) as caught:
                await box.port(CardDispenser).stage(timeout_s=5)
        assert reason_of(caught) == "kit.locked"
        assert "stage" not in kit.toy.heard


async def test_a_flow_that_finishes_keeps_its_box(kit, inline):
    kit.toy, gate = kit.plug(), Gate(Standing())
    async with kit.room(inline=inline, gate=gate) as room:
        await room.wait_ready("box", 10)
        async with room.lease("box", **FLOW) as box:
            gate.put(Standing(mode=Mode.LOCKED, cause="c-1", finishing=("flow-1",)))
            await box.port(CardDispenser).stage(timeout_s=5)
        with pytest.raises(Refused):
            async with room.lease("box", **{**FLOW, "owner": "flow-2"}):
                pass
        with room.events() as events:
            gate.put(LOCKED)
            await until(events, "device.locked")


async def test_a_stopped_box_leaves_other_devices_alone(kit):
    gate = Gate(Standing(box_stopped=True))
    kit.plug()
    async with kit.room(gate=gate) as room:
        assert room.lock_of("toy").reason == "box.stopped_by_central"
        gate.put(Standing())
        assert room.lock_of("toy") is None
