"""What each device of a kit is for, done once and looked at: with a person's hand where one is needed. Raises what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from padkit_agent.devices import DeviceRoom, RoomEvent
from padkit_sdk import Pan
from padkit_sdk.ports import (
    CardDispenser,
    CardPlace,
    ChipCard,
    Finger,
    FingerprintReader,
    IdentityCardReader,
    PinFormat,
    PinPad,
    SignaturePad,
    Slot,
)
from padkit_sim.hil import KitJournal, RunningKit, Serving
from padkit_sim.hil.serving import Wanted

SELECT_PPSE = bytes.fromhex("00A404000E") + b"2PAY.SYS.DDF01" + b"\x00"
ANSWERS = (b"\x90\x00", b"\x6a\x82")
PAN = "6228480000000000018"
NUMBER = "999999199003071234"
OURS = {"owner": "t", "purpose": "t", "ttl_s": 240.0}
T = 100.0

Deed = Callable[[DeviceRoom, RunningKit], Awaitable[None]]


async def with_hand(room: DeviceRoom, kit: RunningKit, call: Awaitable[Any], event: str, *hand: str, item: str) -> Any:
    """Make a call, and let a person act when the device says `event`."""
    with room.events() as events:
        calling, asked = asyncio.ensure_future(call), asyncio.ensure_future(_asked(events, event, hand[0]))
        await asyncio.wait({calling, asked}, return_when=asyncio.FIRST_COMPLETED)
        if asked.done():
            await asyncio.to_thread(kit.hand, *hand, item=item)
        asked.cancel()
        return await calling


async def _asked(events: AsyncIterator[RoomEvent], name: str, device: str) -> None:
    async for seen in events:
        if (seen.name, seen.device) == (name, device):
            return


async def dispense(room: DeviceRoom, kit: RunningKit) -> None:
    async with room.lease("box", **OURS) as held:
        box = held.port(CardDispenser)
        await box.prepare(timeout_s=T)
        await box.stage(timeout_s=T)
        assert (await box.status(timeout_s=T)).card is CardPlace.INSIDE
        await chip_answers(held.port(ChipCard))
        await box.move(Slot.BIN, timeout_s=T)


async def read_identity(room: DeviceRoom, kit: RunningKit, device: str = "clip") -> None:
    async with room.lease(device, **OURS) as held:
        card = await held.port(IdentityCardReader).read(fingerprint=False, timeout_s=T)
        assert card.number.text == NUMBER


async def speak_to_chip(room: DeviceRoom, kit: RunningKit, device: str) -> None:
    async with room.lease(device, **OURS) as held:
        await chip_answers(held.port(ChipCard))


async def chip_answers(chip: ChipCard) -> None:
    await chip.power_on(timeout_s=T)
    assert (await chip.transmit(SELECT_PPSE, timeout_s=T))[-2:] in ANSWERS
    await chip.power_off(timeout_s=T)


async def enter_pin(room: DeviceRoom, kit: RunningKit) -> None:
    async with room.lease("pin", **OURS) as held:
        call = held.port(PinPad).read_pin(
            account=Pan(PAN), key_id="30", format=PinFormat.ISO_0, min_length=6, max_length=6, twice=False, timeout_s=T
        )
        block = await with_hand(room, kit, call, "pin.entry", "pin", "press_keys", item="123456E")
        assert len(block.block.data) == 8


async def touch(room: DeviceRoom, kit: RunningKit, device: str) -> None:
    """A finger gives a picture and a template, and the template is like itself."""
    async with room.lease(device, **OURS) as held:
        reader = held.port(FingerprintReader)
        call = reader.capture(Finger.RIGHT_THUMB, timeout_s=T)
        sample = await with_hand(room, kit, call, "finger.waiting", device, "touch_finger", item="right_thumb")
        assert len(sample.image.data) == sample.width * sample.height
        assert (await reader.match(sample.template, sample.template, timeout_s=T)).alike


async def sign(room: DeviceRoom, kit: RunningKit) -> None:
    async with room.lease("pad", **OURS) as held:
        signing = asyncio.ensure_future(held.port(SignaturePad).sign(bytes(range(32)), timeout_s=T))
        await asyncio.to_thread(kit.until, "pad", lambda it: it["capturing"], timeout_s=T)
        await asyncio.to_thread(kit.hand, "pad", "sign")
        await asyncio.to_thread(kit.until, "pad", lambda it: not it["moving"], timeout_s=T)
        await asyncio.to_thread(kit.hand, "pad", "press", item="confirm")
        signature = await signing
        assert (signature.lost, signature.points > 0) == (0, True)


DEEDS: dict[str, Deed] = {
    "box": dispense,
    "clip": read_identity,
    "slot": partial(speak_to_chip, device="slot"),
    "pin": enter_pin,
    "finger": partial(touch, device="finger"),
    "module": partial(touch, device="module"),
    "pad": sign,
}
OF_AGENT: dict[str, Deed] = {  # by the names of `every_agent.toml`
    **{device: deed for device, deed in DEEDS.items() if device != "clip"},
    "reader": partial(read_identity, device="reader"),
    "vendor": partial(speak_to_chip, device="vendor"),
}


def kit_of(environment: Mapping[str, str]) -> RunningKit:
    """The kit that an environment leads to, steered and not stopped by us."""
    wanted = Wanted("", Path())
    serving = Serving(wanted)
    serving.environment = environment
    return RunningKit(serving, KitJournal(wanted.journal))
