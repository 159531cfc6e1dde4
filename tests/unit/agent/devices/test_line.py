"""The core's side of a worker: a fake worker speaks, a stepped clock says when."""

from __future__ import annotations

import asyncio
import socket
import types

import pytest

from padkit_agent.devices import line as lines
from padkit_agent.devices.line import BEAT_S, HUNG_S, OVERRUN_S, START_S, WORDS, WorkerLine
from padkit_agent.plugins.channel import open_channel
from padkit_agent.plugins.failures import to_failure
from padkit_agent.plugins.frames import core_side, worker_side
from padkit_agent.plugins.messages import (
    Call,
    Cancel,
    Event,
    Hello,
    Log,
    OfferView,
    Open,
    Ping,
    Pong,
    Ready,
    Result,
    Unfit,
)
from padkit_sdk import DeviceFault, LinkLost, OutcomeUnknown, Refused, UsbSerial
from padkit_sdk.manifest import Manifest

PLUGIN = types.SimpleNamespace(name="toy", manifest=Manifest("toy", "1", 1, "toy", (), ()), paths=())
OFFER = OfferView("toy", ("card_dispenser",), (), {})


class Stage:
    """A line, and the worker's end of its channel in the test's hands."""

    def __init__(self, clock, core, worker):
        self.clock = clock
        self.killed, self.endings, self.heard = [], [], []
        self.marked = asyncio.Event()
        self.worker = worker
        self._asked = worker.receive()
        self.line = WorkerLine(PLUGIN, core, clock, self, lambda: self.killed.append(1), self.endings.append)

    def on_event(self, plugin, device, name, detail):
        if name == "mark":
            self.marked.set()
        else:
            self.heard.append((device, name))

    def on_log(self, plugin, event, fields):
        self.heard.append(("", event))

    async def asked(self, kind):
        """The next message of `kind` that the core sent."""
        while not isinstance(message := await anext(self._asked), kind):
            continue
        return message

    async def answered(self):
        """Let the core take what the worker has sent."""
        self.marked.clear()
        self.worker.send(Event("", "mark", {}))
        await self.marked.wait()

    def call(self, timeout_s=10.0):
        return asyncio.ensure_future(self.line.call("box", "card_dispenser", "stage", b"", timeout_s=timeout_s))


@pytest.fixture
async def stage(step_clock):
    near, far = socket.socketpair()
    core, worker = await open_channel(near, core_side()), await open_channel(far, worker_side())
    stage = Stage(step_clock, core, worker)
    reading = asyncio.ensure_future(stage.line.read())
    yield stage
    stage.line.stop("over")
    for end in (core, worker):
        await end.close()
    await reading


@pytest.fixture
async def up(stage):
    stage.worker.send(Ready((OFFER,)))
    assert await stage.line.hello() == (OFFER,)
    assert isinstance(await stage.asked(Hello), Hello)
    return stage


async def test_answers_find_their_calls_in_any_order(up):
    first, second = up.call(), up.call()
    ids = [(await up.asked(Call)).id for _ in range(2)]
    for number in reversed(ids):
        up.worker.send(Result(number, str(number).encode()))
    assert [await first, await second] == [str(number).encode() for number in ids]
    assert not up.killed


async def test_a_failure_is_raised(up):
    calling = up.call()
    request = await up.asked(Call)
    up.worker.send(to_failure(request.id, DeviceFault("box.jam", raw="01")))
    with pytest.raises(DeviceFault, match=r"box\.jam"):
        await calling


async def test_a_worker_that_dies_leaves_its_calls_unknown_and_takes_no_more(up):
    calling = up.call()
    await up.asked(Call)
    await up.worker.close()
    with pytest.raises(OutcomeUnknown, match="worker of toy died; look before repeating"):
        await calling
    with pytest.raises(LinkLost, match="nothing was sent"):
        await up.call()
    assert (up.endings, up.killed) == (["died"], [1])


async def test_a_call_past_its_deadline_kills_the_worker(up):
    calling = up.call(timeout_s=3.0)
    await up.asked(Call)
    up.clock.step(3.0 + OVERRUN_S - 0.1)
    await asyncio.sleep(0)
    assert not calling.done()
    up.clock.step(0.1)
    with pytest.raises(OutcomeUnknown, match=r"hung, box\.stage not answered"):
        await calling
    assert up.killed == [1]


async def test_a_cancel_is_passed_on_and_waits_for_the_driver(up):
    calling = up.call()
    request = await up.asked(Call)
    calling.cancel()
    assert (await up.asked(Cancel)).id == request.id
    assert not calling.done()
    up.worker.send(to_failure(request.id, asyncio.CancelledError()))
    with pytest.raises(asyncio.CancelledError):
        await calling
    assert not up.killed


async def test_a_cancel_that_crosses_the_result_stays_a_cancel(up):
    calling = up.call()
    request = await up.asked(Call)
    calling.cancel()
    await up.asked(Cancel)
    up.worker.send(Result(request.id, b""))
    with pytest.raises(asyncio.CancelledError):
        await calling


async def test_a_driver_that_does_not_stop_costs_its_worker(up):
    calling = up.call()
    await up.asked(Call)
    calling.cancel()
    await up.asked(Cancel)
    up.clock.step(lines.CANCEL_S)
    with pytest.raises(asyncio.CancelledError):
        await calling
    assert "not stopped" in up.endings[0]


async def test_a_worker_without_heart_beat_is_killed(up):
    beating = asyncio.ensure_future(up.line.beat())
    for _ in range(int(HUNG_S / BEAT_S) + 2):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        up.clock.step(BEAT_S)
    await beating
    assert up.endings == [f"hung, no heart-beat for {HUNG_S:g} s"]


async def test_a_worker_that_answers_the_beats_lives(up):
    beating = asyncio.ensure_future(up.line.beat())
    for _ in range(10):
        await asyncio.sleep(0)
        up.clock.step(BEAT_S)
        up.worker.send(Pong((await up.asked(Ping)).id))
        await up.answered()
    up.line.stop("over")
    await beating
    assert not up.killed


async def test_a_core_without_breath_blames_no_worker(up):
    beating = asyncio.ensure_future(up.line.beat())
    for _ in range(3):
        await asyncio.sleep(0)
        up.clock.step(20 * HUNG_S)  # the machine slept, or others had it
        up.worker.send(Pong((await up.asked(Ping)).id))
        await up.answered()
    up.line.stop("over")
    await beating
    assert not up.killed


async def test_a_slow_opening_is_not_a_hang(up):
    beating = asyncio.ensure_future(up.line.beat())
    opening = asyncio.ensure_future(up.line.open("box", "toy", UsbSerial(1, 2, 9600), "/dev/x", {}))
    request = await up.asked(Open)
    for _ in range(12):
        await asyncio.sleep(0)
        up.clock.step(BEAT_S)
    assert not up.killed
    up.worker.send(Result(request.id, b""))
    await opening
    up.line.stop("over")
    await beating


async def test_a_worker_lost_while_opening_is_a_lost_link(up):
    opening = asyncio.ensure_future(up.line.open("box", "toy", UsbSerial(1, 2, 9600), "/dev/x", {}))
    await up.asked(Open)
    await up.worker.close()
    with pytest.raises(LinkLost, match="died"):
        await opening


async def test_events_and_logs_are_heard(up):
    up.worker.send(Event("box", "card.gate_cleared", {}))
    up.worker.send(Log("driver.bug", {}))
    await up.answered()
    assert up.heard == [("box", "card.gate_cleared"), ("", "driver.bug")]


async def test_too_many_words_end_the_line_and_are_heard_no_more(up):
    for _ in range(WORDS + 50):
        up.worker.send(Event("box", "toy.shout", {}))
    await up.line.ended.wait()
    assert "flooded us" in up.endings[0]
    assert len(up.heard) <= WORDS + 1


async def test_answers_to_nothing_count_as_words(up):
    up.line.said(WORDS)
    up.worker.send(Result(999, b""))
    await up.line.ended.wait()
    assert "flooded us" in up.endings[0]


async def test_too_many_bytes_end_the_line(up, monkeypatch):
    monkeypatch.setattr(up.line._bytes, "capacity", 10.0)
    up.worker.send(Result(999, bytes(1000)))
    await up.line.ended.wait()
    assert "flood" in up.endings[0]


async def test_a_second_welcome_is_nonsense(up):
    up.worker.send(Ready(()))
    await up.line.ended.wait()
    assert up.endings == ["talked nonsense (a second welcome)"]


async def test_an_unfit_plugin_is_refused_by_its_reason(stage):
    stage.worker.send(Unfit("plugin.import", "plugin toy: ImportError"))
    with pytest.raises(Refused, match="ImportError") as caught:
        await stage.line.hello()
    assert caught.value.reason == "plugin.import"


async def test_a_worker_that_dies_while_loading_is_a_lost_link(stage):
    await stage.worker.close()
    with pytest.raises(LinkLost, match="worker of toy died"):
        await stage.line.hello()


async def test_a_worker_that_never_gets_ready_is_killed(stage):
    greeting = asyncio.ensure_future(stage.line.hello())
    await stage.asked(Hello)
    stage.clock.step(START_S)
    with pytest.raises(LinkLost, match="not ready within 10 s"):
        await greeting
    assert stage.killed == [1]
