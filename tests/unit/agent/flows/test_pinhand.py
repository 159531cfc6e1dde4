"""The hand on the PIN keypad: a block for memory, counts for the screen, an event that holds neither."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest

from padkit_agent.core import events as ev
from padkit_agent.core.actions import EnterPin
from padkit_agent.core.flow import Card, Flow
from padkit_agent.devices import RoomEvent
from padkit_agent.flows.pinhand import enter_pin
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import PinAbility, PinBlock, PinFormat, PinPadCapabilities
from padkit_sdk.secrets import HiddenBytes

from .devices import FakeBox, FakeDevices, FakeReader

BLOCK = bytes.fromhex("1122334455667788")
CARD = Card("000001", "6220000000000017")
FORMATS = frozenset(PinFormat)


class FakePad:
    """One keypad; `says` goes to whoever watches the devices while a PIN is entered."""

    def __init__(self, said: asyncio.Queue[RoomEvent]) -> None:
        self.able = PinPadCapabilities(frozenset({PinFormat.ISO_0}), frozenset({PinAbility.TWICE}))
        self.woe: Exception | None = None
        self.says: list[RoomEvent] = []
        self.asked: dict[str, Any] = {}
        self._said = said

    async def capabilities(self) -> PinPadCapabilities:
        return self.able

    async def read_pin(self, **asked: Any) -> PinBlock:
        self.asked = asked
        for event in self.says:
            self._said.put_nowait(event)
        await self._said.join()
        if self.woe:
            raise self.woe
        return PinBlock(HiddenBytes(BLOCK), asked["format"], asked["key_id"])


class Scene:
    def __init__(self) -> None:
        self.said: asyncio.Queue[RoomEvent] = asyncio.Queue()
        self.pad = FakePad(self.said)
        self.devices: Any = FakeDevices(FakeBox([]), FakeReader([]))
        self.devices._devices |= {"pin": self.pad}
        self.devices.events = self.events
        self.hints: list[str] = []

    @contextmanager
    def events(self) -> Iterator[AsyncIterator[RoomEvent]]:
        async def told() -> AsyncIterator[RoomEvent]:
            while True:
                yield await self.said.get()
                self.said.task_done()

        yield told()

    async def enter(self) -> tuple[ev.AnyEvent, str]:
        flow = Flow("F1", "ACC-01", "S1", "R1", 3, {}, card=CARD)
        return await enter_pin(self.devices, flow, EnterPin("30", 6), self.hints.append)


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def test_a_block_comes_back_beside_an_event_that_does_not_hold_it(scene: Scene) -> None:
    event, block = await scene.enter()
    assert (event, block) == (ev.PinEntered("30", "iso_0"), BLOCK.hex())
    assert BLOCK.hex().encode() not in msgspec.json.encode(event)
    asked = scene.pad.asked
    assert (asked["account"].digits, asked["min_length"], asked["max_length"], asked["twice"]) == (
        CARD.card_no,
        6,
        6,
        True,
    )
    assert scene.devices.holders == {}


@pytest.mark.parametrize(
    ("formats", "inside", "wanted"),
    [
        (FORMATS, True, PinFormat.ISO_4),
        (FORMATS - {PinFormat.ISO_4}, True, PinFormat.ISO_3),
        (FORMATS, False, PinFormat.ISO_0),
        (frozenset({PinFormat.ISO_1}), True, PinFormat.ISO_0),
    ],
)
async def test_the_strongest_format_in_which_two_entries_can_be_compared(
    scene: Scene, formats: frozenset[PinFormat], inside: bool, wanted: PinFormat
) -> None:
    scene.pad.able = PinPadCapabilities(formats, frozenset({PinAbility.COMPARES_INSIDE} if inside else ()))
    await scene.enter()
    assert scene.pad.asked["format"] is wanted


async def test_entries_and_counts_are_told_those_of_other_devices_not(scene: Scene) -> None:
    scene.pad.says = [
        RoomEvent("pin.entry", "pin", "back_clip", {"turn": "1"}),
        RoomEvent("pin.key_pressed", "pin", "back_clip", {"count": "1"}),
        RoomEvent("pin.key_pressed", "other", "back_clip", {"count": "4"}),
        RoomEvent("device.ready", "pin", "back_clip"),
        RoomEvent("pin.entry", "pin", "back_clip", {"turn": "2"}),
    ]
    await scene.enter()
    assert scene.hints == ["pin.entry 1/2", "pin.key_pressed 1", "pin.entry 2/2"]


@pytest.mark.parametrize(
    ("woe", "event"),
    [
        (AskAgain("pin.mismatch", "not equal"), ev.TryAgain("pin.mismatch")),
        (DeviceFault("pin.tamper", "erased its keys"), ev.TryAgain("pin.tamper")),
        (LinkLost("unplugged"), ev.DeviceAway("pin", "unplugged")),
        (BadFrame("noise"), ev.DeviceAway("pin", "noise")),
        (OutcomeUnknown("cut"), ev.DeviceAway("pin", "cut")),
        (Refused("pin.format", "not offered"), ev.DeviceAway("pin", "not offered")),
    ],
)
async def test_every_failure_is_an_event_and_gives_no_block(scene: Scene, woe: Exception, event: ev.AnyEvent) -> None:
    scene.pad.woe = woe
    assert await scene.enter() == (event, "")


async def test_a_keypad_that_is_held_is_away(scene: Scene) -> None:
    scene.devices.holders["pin"] = "agent"
    event, _ = await scene.enter()
    assert isinstance(event, ev.DeviceAway)
