"""One device between its wire and its worker, with both played by the test."""

from __future__ import annotations

import asyncio
import random

import pytest

from padkit_agent.core.found import FoundWire
from padkit_agent.devices.keeper import DeviceKeeper
from padkit_agent.devices.machine import DeviceState
from padkit_agent.devices.profile import DeviceProfile
from padkit_agent.devices.views import Problem
from padkit_agent.plugins.messages import OfferView
from padkit_agent.plugins.ports import method_of
from padkit_sdk import BadFrame, DeviceFault, LinkLost, Refused, UsbSerial
from padkit_sdk.ports import DeviceIdentity

OFFER = OfferView("toy", ("card_dispenser",), (UsbSerial(1, 2, 9_600),), {})
DEAD = Problem("plugin.crashed", "worker died")


def port(instance=1, serial="A"):
    return FoundWire("ttyUSB0", "/dev/ttyUSB0", 1, 2, serial, "1-1", "", (instance, 0))


class Line:
    """A worker whose answers are scripted."""

    def __init__(self):
        self.done = []
        self.ended = asyncio.Event()
        self.identity = DeviceIdentity("toy", "SN-1", "1")
        self.fails = []

    async def open(self, device, model, match, path, settings):
        self.done.append("open")
        if self.fails:
            raise self.fails.pop(0)

    async def close_device(self, device):
        self.done.append("close")
        raise LinkLost("gone anyway")

    async def call(self, device, port, method, arguments, *, timeout_s):
        if method == "identify":
            return method_of(port, method).pack_result(self.identity)
        raise self.fails.pop(0)


class Room:
    """Plays the surroundings; keeps the states it was told."""

    def __init__(self, clock):
        self.ports, self.worker, self.offered, self.told = (), Line(), OFFER, []
        self.since = None  # what is plugged by now and no sweep has seen
        self.clock = clock
        self.refused = []
        self.locked = ""
        self.reached = asyncio.Event()
        profile = DeviceProfile("box", "toy", "toy")
        self.keeper = DeviceKeeper(profile, (), self, clock, random.Random(1))

    def shut(self, device):
        return self.locked

    def plugged(self):
        return self.ports

    def look(self):
        self.ports, self.since = self.ports if self.since is None else self.since, None
        return self.ports

    def line(self, plugin):
        return self.worker

    def offer(self, plugin, model):
        return self.offered

    def on_state(self, keeper):
        self.told.append(keeper.state.value)
        self.reached.set()

    def on_refused(self, keeper, refusal):
        self.refused.append(refusal.reason)

    async def show(self, *ports):
        """Let the keeper see `ports`; returns when it has noticed a change."""
        self.ports = ports
        self.keeper.wake()
        await self.until(*self.told[-1:])

    async def until(self, *not_state):
        while not self.told or self.told[-1] in (*not_state, "opening"):
            self.reached.clear()
            await self.reached.wait()


@pytest.fixture
async def room(step_clock):
    room = Room(step_clock)
    keeping = asyncio.ensure_future(room.keeper.keep())
    yield room
    keeping.cancel()
    await asyncio.wait([keeping])


@pytest.fixture
async def ready(room):
    await room.show(port())
    assert room.keeper.state is DeviceState.READY
    room.worker.done.clear()
    room.told.clear()
    return room


async def fail_call(room, error):
    room.worker.fails.append(error)
    with pytest.raises(type(error)):
        await room.keeper.call("card_dispenser", "status", b"", timeout_s=1.0)


async def test_a_plugged_device_is_opened_and_asked_who_it_is(room):
    await room.show(port())
    assert room.told == ["opening", "ready"]
    view = room.keeper.view(None)
    assert (view.where, view.identity.serial, view.ports) == ("1-1", "SN-1", ("card_dispenser",))


async def test_a_pulled_device_is_closed_and_absent(ready):
    await ready.show()
    assert (ready.told, ready.worker.done) == (["absent"], ["close"])


async def test_a_device_plugged_anew_is_opened_anew(ready):
    ready.ports = (port(instance=2),)
    ready.keeper.wake()
    await ready.until()
    assert (ready.told, ready.worker.done) == (["opening", "ready"], ["close", "open"])


@pytest.mark.parametrize("error", [LinkLost("silence"), BadFrame("checksum", b"\x02")])
async def test_a_broken_link_is_opened_anew(ready, error):
    await fail_call(ready, error)
    assert ready.told == ["opening"]
    await ready.until()
    assert (ready.told, ready.worker.done) == (["opening", "ready"], ["close", "open"])


async def test_a_fault_of_the_device_is_no_broken_link(ready):
    await fail_call(ready, DeviceFault("box.jam"))
    assert (ready.told, ready.keeper.state) == ([], DeviceState.READY)


async def test_opening_is_tried_again_after_a_pause(room):
    room.worker.fails = [DeviceFault("box.tamper", "tamper; call service")]
    await room.show(port())
    assert room.told == ["opening", "faulty"]
    assert room.keeper.problem == Problem("device_fault", "tamper; call service")
    room.clock.step(1.0)
    await room.until("faulty")
    assert room.told[2:] == ["opening", "ready"]


async def test_a_plug_ends_the_pause(room):
    room.worker.fails = [LinkLost("no answer")]
    await room.show(port())
    room.ports = (port(instance=2),)
    room.keeper.wake()
    await room.until("faulty")
    assert room.keeper.state is DeviceState.READY


async def test_nothing_happens_while_the_plugin_is_down(room):
    room.worker = None
    room.ports = (port(),)
    room.keeper.wake()
    await asyncio.sleep(0)
    assert room.told == []


async def test_a_lost_worker_makes_the_device_absent_and_its_successor_opens_it(ready):
    ready.keeper.on_worker_lost(DEAD)
    assert (ready.told, ready.keeper.problem) == (["absent"], DEAD)
    ready.keeper.wake()
    await ready.until("absent")
    assert ready.worker.done == ["open"]


async def test_a_worker_lost_in_mid_opening_is_the_supervisors_affair(room):
    room.worker.ended.set()
    room.worker.fails = [LinkLost("worker died")]
    room.ports = (port(),)
    room.keeper.wake()
    await room.reached.wait()
    await asyncio.sleep(0)
    assert room.told == ["opening"]


async def test_a_quarantined_device_waits_for_a_person(ready):
    ready.keeper.on_quarantine(DEAD)
    ready.keeper.wake()
    await asyncio.sleep(0)
    with pytest.raises(Refused, match="box is quarantined") as caught:
        await ready.keeper.call("card_dispenser", "status", b"", timeout_s=1.0)
    assert caught.value.reason == "device.quarantined"
    ready.keeper.retry()
    await ready.until("quarantined", "absent")
    assert ready.told == ["quarantined", "absent", "opening", "ready"]


async def test_an_unready_device_says_why(room):
    room.worker.fails = [DeviceFault("box.tamper", "tamper; call service")]
    await room.show(port())
    with pytest.raises(LinkLost, match=r"box is faulty \(tamper; call service\): card_dispenser.status was not sent"):
        await room.keeper.call("card_dispenser", "status", b"", timeout_s=1.0)


async def test_another_device_is_refused_until_somebody_accepts_it(ready):
    ready.worker.identity = DeviceIdentity("toy", "SN-2", "1")
    await fail_call(ready, LinkLost("silence"))
    await ready.until()
    assert (ready.keeper.state, ready.keeper.problem.code) == (DeviceState.FAULTY, "device.swapped")
    ready.keeper.retry()
    await ready.until("faulty", "absent")
    assert ready.keeper.identity.serial == "SN-2"


async def test_a_device_that_does_not_say_who_it_is_leaves_the_one_before_unforgotten(ready):
    """A box tells no serial number after a power loss; the one that answers behind it may be another."""
    before = ready.keeper.identity
    for serial, state in (("", DeviceState.READY), ("SN-2", DeviceState.FAULTY)):
        ready.worker.identity = DeviceIdentity("toy", serial, "1")
        await fail_call(ready, LinkLost("silence"))
        await ready.until()
        assert ready.keeper.state is state
    assert (ready.keeper.identity, ready.keeper.problem.code) == (before, "device.swapped")


@pytest.mark.parametrize("serial", ["A", "B"])
async def test_a_device_exchanged_under_its_name_since_the_last_sweep_is_not_taken_for_ours(ready, serial):
    ready.since = (port(instance=2, serial=serial),)
    await fail_call(ready, LinkLost("hung up"))
    await ready.until()
    if serial == "A":
        assert (ready.told, ready.worker.done) == (["opening", "ready"], ["close", "open", "close", "open"])
    else:
        assert (ready.told, ready.keeper.problem.code) == (["opening", "faulty"], "device.swapped")


async def test_a_model_that_is_not_offered_is_named(room):
    room.offered = None
    await room.show(port())
    assert (room.told, room.keeper.problem.code) == (["faulty"], "device.no_model")


async def test_what_the_table_does_not_hold_leaves_the_device_as_it_was(ready):
    ready.keeper.on_quarantine(DEAD)
    ready.keeper.on_worker_lost(DEAD)
    assert (ready.told, ready.refused) == (["quarantined"], ["device.transition"])


async def lock(room, why="kit.locked"):
    room.locked = why
    room.keeper.wake()
    while room.keeper.state is not DeviceState.LOCKED:
        room.reached.clear()
        await room.reached.wait()


async def test_a_locked_device_is_closed_and_says_which_rule_closed_it(ready):
    await lock(ready)
    assert (ready.told, ready.worker.done) == (["locked"], ["close"])
    assert ready.keeper.view(None).problem.code == "kit.locked"


async def test_a_device_refuses_calls_from_the_moment_of_the_lock(ready):
    ready.locked = "kit.locked"
    with pytest.raises(Refused) as caught:
        await ready.keeper.call("card_dispenser", "status", b"", timeout_s=1.0)
    assert caught.value.reason == "kit.locked"


async def test_a_device_that_is_plugged_while_locked_is_not_opened(room):
    room.locked = "kit.locked"
    room.ports = (port(),)
    await lock(room)
    assert room.worker.done == []


async def test_an_unlocked_device_comes_up_again(ready):
    await lock(ready)
    ready.locked = ""
    ready.told.clear()
    ready.keeper.wake()
    await ready.until("absent")
    assert ready.told == ["absent", "opening", "ready"]


async def test_a_locked_device_stays_locked_when_its_worker_is_lost(ready):
    await lock(ready)
    ready.keeper.on_worker_lost(DEAD)
    assert ready.keeper.state is DeviceState.LOCKED


async def test_another_reason_to_be_locked_is_told(ready):
    await lock(ready, "box.stopped_by_central")
    assert "until central allows it again" in ready.keeper.view(None).problem.message
    ready.told.clear()
    ready.locked = "kit.locked"
    ready.keeper.wake()
    await ready.until()
    problem = ready.keeper.view(None).problem
    assert (problem.code, "until the kit is unlocked" in problem.message) == ("kit.locked", True)
