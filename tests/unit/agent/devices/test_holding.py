"""A held device: expiry on the steady clock, renewal, and who may call."""

from __future__ import annotations

import asyncio

import pytest

from padkit_agent.devices.holding import HeldDevice
from padkit_agent.devices.leases import Leases
from padkit_agent.plugins.ports import method_of
from padkit_sdk import OutcomeUnknown, Refused
from padkit_sdk.ports import CardDispenser, ChipCard

NOTHING = method_of("card_dispenser", "capabilities").pack_result(frozenset())


class Keeper:
    """A device that answers when the test lets it."""

    identity = None

    def __init__(self):
        self.asked, self.gate = asyncio.Event(), asyncio.Event()

    async def call(self, port, method, arguments, *, timeout_s):
        self.asked.set()
        await self.gate.wait()
        return NOTHING

    def view(self, lease):
        class View:
            ports = ("card_dispenser",)

        return View


class Stage:
    def __init__(self, clock):
        self.clock, self.keeper, self.leases, self.ended = clock, Keeper(), Leases(), []
        lease = self.leases.take("box", "flow-1", "card_open", ttl_s=60.0, now_mono_s=clock.now_s)
        self.held = HeldDevice(self.keeper, lease, clock, self.end)
        self.held.renew(60.0)

    def end(self, lease, how):
        if self.leases.end(lease):
            self.ended.append(how)


@pytest.fixture
async def stage(step_clock):
    return Stage(step_clock)


async def test_a_lease_expires_on_the_steady_clock(stage):
    stage.clock.step(59.9)
    assert stage.ended == []
    stage.clock.step(0.1)
    assert stage.ended == ["expired"]
    with pytest.raises(Refused, match=r"the lease of flow-1 \(card_open\) is over") as caught:
        await stage.held.port(CardDispenser).capabilities()
    assert caught.value.reason == "lease.ended"
    assert not stage.keeper.asked.is_set()


async def test_a_renewed_lease_counts_from_now(stage):
    stage.clock.step(59.0)
    stage.held.renew(60.0)
    stage.clock.step(59.0)
    assert stage.ended == []
    stage.clock.step(1.0)
    assert stage.ended == ["expired"]
    with pytest.raises(Refused):
        stage.held.renew(60.0)


async def test_a_call_on_its_way_ends_with_the_lease(stage):
    calling = asyncio.ensure_future(stage.held.port(CardDispenser).capabilities())
    await stage.keeper.asked.wait()
    stage.clock.step(60.0)
    with pytest.raises(OutcomeUnknown, match=r"box\.capabilities: the lease of flow-1 ended meanwhile"):
        await calling


async def test_a_call_that_was_answered_is_not_touched_by_the_end(stage):
    stage.keeper.gate.set()
    assert await stage.held.port(CardDispenser).capabilities() == frozenset()
    stage.held.close()
    stage.held.close()
    assert stage.ended == ["released"]


async def test_a_device_says_which_ports_it_has(stage):
    assert stage.held.has(CardDispenser)
    assert not stage.held.has(ChipCard)
    assert (stage.held.name, stage.held.identity) == ("box", None)
