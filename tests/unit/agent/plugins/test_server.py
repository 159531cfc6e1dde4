"""The worker's side of the conversation, over a real socket pair."""

from __future__ import annotations

import asyncio
import socket
import sys

import pytest

from padkit_agent.core.found import FoundWire
from padkit_agent.plugins import server
from padkit_agent.plugins.channel import open_channel
from padkit_agent.plugins.frames import core_side, worker_side
from padkit_agent.plugins.messages import (
    PROTOCOL,
    Call,
    Cancel,
    Close,
    Event,
    Failure,
    Hello,
    Lock,
    Open,
    Ping,
    Pong,
    Ready,
    Result,
    Sighted,
    Unfit,
    Unlock,
)
from padkit_agent.plugins.ports import method_of
from padkit_sdk import BadFrame, DeviceFault, UsbSerial
from padkit_sdk.manifest import Manifest, read_manifest

WIRE = UsbSerial(0x1209, 0x70E5, 9_600)
STATUS = method_of("card_dispenser", "status").pack((), {"timeout_s": 5})[0]
STAGE = method_of("card_dispenser", "stage").pack((), {"timeout_s": 5})[0]


class EchoLink:
    """Answers every line with itself, or as ordered."""

    def __init__(self):
        self.orders, self.heard = {}, []
        self._answers = asyncio.Queue()

    async def write(self, data):
        line = data.decode().strip()
        self.heard.append(line)
        self._answers.put_nowait(self.orders.pop(line, line).encode() + b"\n")

    async def read(self, *, timeout_s):
        return await self._answers.get()

    async def close(self):
        self.heard.append("closed")


class Conversation:
    """The core's end of a served channel."""

    def __init__(self, channel, link):
        self.channel = channel
        self.link = link
        self.sights = {}
        self._messages = channel.receive()

    async def ask(self, message):
        self.channel.send(message)
        return await anext(self._messages)

    async def hear(self):
        return await anext(self._messages)


@pytest.fixture
def manifest(bundle):
    return read_manifest(bundle / "padkit_toy" / "padkit-plugin.toml")


@pytest.fixture
async def talk(bundle, manifest, monkeypatch):
    monkeypatch.setattr(sys, "path", sys.path[:])
    core_end, worker_end = socket.socketpair()
    link = EchoLink()

    async def open_link(match, path):
        return link

    async def worker():
        channel = await open_channel(worker_end, worker_side())
        try:
            links = server.LinkKinds({"usb_serial": open_link}, conversation.sights)
            await server.serve(channel, lambda manifest: links, lambda: 0.0)
        finally:
            await channel.close()

    conversation = Conversation(await open_channel(core_end, core_side()), link)
    serving = asyncio.ensure_future(worker())
    conversation.serving = serving
    conversation.hello = Hello(PROTOCOL, manifest, (str(bundle),))
    yield conversation
    await conversation.channel.close()
    await asyncio.wait([serving])
    for name in [name for name in sys.modules if name.startswith("padkit_toy")]:
        del sys.modules[name]


@pytest.fixture
async def box(talk):
    await talk.ask(talk.hello)
    assert await talk.ask(Open(1, "box", "toy", WIRE, "/dev/x", {})) == Result(1, b"")
    return talk


async def test_a_hello_is_answered_with_the_offers(talk):
    ready = await talk.ask(talk.hello)
    assert isinstance(ready, Ready)
    assert [(offer.model, offer.ports) for offer in ready.offers] == [("toy", ("card_dispenser",))]


async def test_what_a_worker_sees_is_told_at_each_change(talk):
    seen = FoundWire("Reader", "Reader", kind="usb_serial")
    gone = asyncio.Event()
    asked = []

    async def see(matches, tell):
        asked.extend(matches)
        tell((seen,))
        await gone.wait()
        tell(())
        await asyncio.Event().wait()

    talk.sights["usb_serial"] = see
    assert isinstance(await talk.ask(talk.hello), Ready)
    assert await talk.hear() == Sighted("usb_serial", (seen,))
    assert asked == [WIRE]
    gone.set()
    assert await talk.hear() == Sighted("usb_serial", ())


async def test_a_look_that_fails_is_told_and_taken_up_again(talk, monkeypatch):
    monkeypatch.setattr(server, "LOOK_AGAIN_S", 0.0)
    seen = FoundWire("Reader", "Reader", kind="usb_serial")
    looks = []

    async def see(matches, tell):
        looks.append(1)
        tell((seen,))
        if len(looks) == 1:
            raise OSError("no daemon")
        await asyncio.Event().wait()

    talk.sights["usb_serial"] = see
    assert isinstance(await talk.ask(talk.hello), Ready)
    told = [await talk.hear() for _ in range(4)]
    assert told[:2] == [Sighted("usb_serial", (seen,)), Sighted("usb_serial", ())]
    assert (told[2].event, told[2].fields["kind"]) == ("sight.failed", "usb_serial")
    assert told[3] == Sighted("usb_serial", (seen,))


async def test_a_plugin_that_cannot_be_loaded_is_unfit_and_the_worker_ends(talk):
    gone = Manifest("gone", "1", 1, "padkit_gone.plugin", ("card_dispenser",), ("usb_serial",))
    answer = await talk.ask(Hello(PROTOCOL, gone, ()))
    assert (type(answer), answer.reason) == (Unfit, "plugin.import")
    await talk.serving


@pytest.mark.parametrize("first", [Ping(1), Hello(99, Manifest("x", "1", 1, "x", (), ()), ())])
async def test_anything_but_a_hello_of_our_protocol_ends_the_worker(talk, first):
    talk.channel.send(first)
    with pytest.raises(BadFrame, match="is no hello of protocol 3"):
        await talk.serving


async def test_a_call_is_answered_with_its_number(box):
    answer = await box.ask(Call(42, "box", "card_dispenser", "status", STATUS))
    assert (type(answer), answer.id) == (Result, 42)


async def test_a_fault_is_a_failure_with_its_number(box):
    box.link.orders["stage"] = "jam"
    answer = await box.ask(Call(43, "box", "card_dispenser", "stage", STAGE))
    assert (answer.id, answer.kind, answer.name, answer.raw) == (43, DeviceFault.code, "box.jam", "01")


async def test_a_cancelled_call_stops_and_says_so(box):
    box.link.orders["stage"] = "never"
    box.channel.send(Call(44, "box", "card_dispenser", "stage", STAGE))
    assert await box.ask(Ping(1)) == Pong(1)
    answer = await box.ask(Cancel(44))
    assert (type(answer), answer.id, answer.kind) == (Failure, 44, "cancelled")
    assert "stopped" in box.link.heard


async def test_a_cancel_for_nothing_is_nothing(box):
    box.channel.send(Cancel(99))
    assert await box.ask(Ping(1)) == Pong(1)


async def test_a_slow_call_does_not_hold_up_the_heart_beat(box):
    box.link.orders["stage"] = "never"
    box.channel.send(Call(45, "box", "card_dispenser", "stage", STAGE))
    assert await box.ask(Ping(7)) == Pong(7)


async def test_a_closed_device_takes_no_call(box):
    assert await box.ask(Close(2, "box")) == Result(2, b"")
    answer = await box.ask(Call(3, "box", "card_dispenser", "status", STATUS))
    assert answer.kind == "link_lost"
    assert box.link.heard[-2:] == ["bye", "closed"]


async def test_an_event_comes_before_the_result_of_the_call_that_made_it(box):
    box.link.orders["stage"] = "shout"
    event = await box.ask(Call(46, "box", "card_dispenser", "stage", STAGE))
    assert event == Event("box", "toy.shout", {"text": "once"})
    assert (await box.hear()).id == 46


async def test_a_result_that_is_too_long_is_an_unknown_outcome(box, monkeypatch):
    monkeypatch.setattr(server, "MAX_VALUE", 3)
    answer = await box.ask(Call(47, "box", "card_dispenser", "status", STATUS))
    assert (answer.kind, answer.id) == ("outcome_unknown", 47)


async def test_the_end_of_the_channel_cancels_calls_and_closes_devices(box):
    box.link.orders["stage"] = "never"
    box.channel.send(Call(48, "box", "card_dispenser", "stage", STAGE))
    await box.ask(Ping(1))
    await box.channel.close()
    await box.serving
    assert box.link.heard[-3:] == ["stopped", "bye", "closed"]


async def test_a_second_hello_ends_the_worker(box):
    box.channel.send(box.hello)
    with pytest.raises(ExceptionGroup) as caught:
        await box.serving
    assert caught.group_contains(BadFrame, match="a second hello")


async def test_a_locked_worker_refuses_to_open_and_to_call_by_itself(box):
    box.channel.send(Lock("kit.locked", ()))
    called = await box.ask(Call(2, "box", "card_dispenser", "status", STATUS))
    opened = await box.ask(Open(3, "other", "toy", WIRE, "/dev/y", {}))
    assert [(it.kind, it.name) for it in (called, opened)] == [("refused", "kit.locked")] * 2
    assert "status" not in box.link.heard


async def test_what_the_lock_allows_is_called_and_after_the_unlock_everything_is(box):
    box.channel.send(Lock("kit.locked", ("box",)))
    assert isinstance(await box.ask(Call(2, "box", "card_dispenser", "stage", STAGE)), Result)
    box.channel.send(Lock("kit.locked", ()))
    box.channel.send(Unlock())
    assert isinstance(await box.ask(Call(3, "box", "card_dispenser", "stage", STAGE)), Result)


async def test_a_worker_that_starts_under_lock_is_locked_from_its_first_message(talk, manifest, bundle):
    await talk.ask(Hello(PROTOCOL, manifest, (str(bundle),), Lock("kit.locked", ())))
    assert (await talk.ask(Open(1, "box", "toy", WIRE, "/dev/x", {}))).name == "kit.locked"
    assert talk.link.heard == []
