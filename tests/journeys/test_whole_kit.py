"""Every device of a kit at once, each on its real stack: all work side by side, and each comes back from wherever it went."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from whole_kit import DEVICES, READY_S, kit_at, room_on

from padkit_agent.devices import DeviceRoom, DeviceState
from padkit_sdk import Pan
from padkit_sdk.ports import (
    CardDispenser,
    CardPlace,
    ChipCard,
    Device,
    Finger,
    FingerprintReader,
    IdentityCardReader,
    PinFormat,
    PinPad,
    SignaturePad,
    Slot,
)
from padkit_sim.hil import RunningKit

pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the kit
BOUNCES = int(os.environ.get("PADKIT_BOUNCES", "12"))
SHORTEST_S, LONGEST_S = 0.05, 3.0 if BOUNCES > 50 else 0.6  # the whole range in `make soak`
SELECT_PPSE = bytes.fromhex("00A404000E") + b"2PAY.SYS.DDF01" + b"\x00"
PAN = "6228480000000000018"
T = 60.0


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKit]:
    with kit_at(tmp_path_factory.mktemp("every")) as standing:
        yield standing


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def room(kit: RunningKit) -> AsyncIterator[DeviceRoom]:
    async with room_on(kit) as opened:
        yield opened


async def with_hand(room: DeviceRoom, kit: RunningKit, call: Awaitable[Any], event: str, *hand: str, item: str) -> Any:
    """Make a call, and let a person act when the device says `event`."""
    with room.events() as events:
        calling = asyncio.ensure_future(call)
        async for seen in events:
            if (seen.name, seen.device) == (event, hand[0]):
                break
        await asyncio.to_thread(kit.hand, *hand, item=item)
        return await calling


async def dispense(room: DeviceRoom, kit: RunningKit) -> None:
    async with room.lease("box", owner="t", purpose="t", ttl_s=120) as held:
        box = held.port(CardDispenser)
        await box.prepare(timeout_s=T)
        await box.stage(timeout_s=T)
        assert (await box.status(timeout_s=T)).card is CardPlace.INSIDE
        await box.move(Slot.BIN, timeout_s=T)


async def read_identity(room: DeviceRoom, kit: RunningKit) -> None:
    async with room.lease("clip", owner="t", purpose="t", ttl_s=120) as held:
        card = await held.port(IdentityCardReader).read(fingerprint=False, timeout_s=T)
        assert card.number.text == "999999199003071234"


async def speak_to_chip(room: DeviceRoom, kit: RunningKit) -> None:
    async with room.lease("slot", owner="t", purpose="t", ttl_s=120) as held:
        chip = held.port(ChipCard)
        await chip.power_on(timeout_s=T)
        assert (await chip.transmit(SELECT_PPSE, timeout_s=T))[-2:] in (b"\x90\x00", b"\x6a\x82")
        await chip.power_off(timeout_s=T)


async def enter_pin(room: DeviceRoom, kit: RunningKit) -> None:
    async with room.lease("pin", owner="t", purpose="t", ttl_s=120) as held:
        call = held.port(PinPad).read_pin(
            account=Pan(PAN), key_id="30", format=PinFormat.ISO_0, min_length=6, max_length=6, twice=False, timeout_s=T
        )
        block = await with_hand(room, kit, call, "pin.entry", "pin", "press_keys", item="123456E")
        assert len(block.block.data) == 8


async def touch(room: DeviceRoom, kit: RunningKit, device: str) -> None:
    async with room.lease(device, owner="t", purpose="t", ttl_s=120) as held:
        call = held.port(FingerprintReader).capture(Finger.RIGHT_THUMB, timeout_s=T)
        sample = await with_hand(room, kit, call, "finger.waiting", device, "touch_finger", item="right_thumb")
        assert len(sample.image.data) == sample.width * sample.height


async def sign(room: DeviceRoom, kit: RunningKit) -> None:
    async with room.lease("pad", owner="t", purpose="t", ttl_s=120) as held:
        signing = asyncio.ensure_future(held.port(SignaturePad).sign(bytes(range(32)), timeout_s=T))
        await asyncio.to_thread(kit.until, "pad", lambda it: it["capturing"], timeout_s=T)
        await asyncio.to_thread(kit.hand, "pad", "sign")
        await asyncio.to_thread(kit.until, "pad", lambda it: not it["moving"], timeout_s=T)
        await asyncio.to_thread(kit.hand, "pad", "press", item="confirm")
        signature = await signing
        assert (signature.lost, signature.points > 0) == (0, True)


Deed = Callable[[DeviceRoom, RunningKit], Awaitable[None]]
DEEDS: dict[str, Deed] = {
    "box": dispense,
    "clip": read_identity,
    "slot": speak_to_chip,
    "pin": enter_pin,
    "finger": lambda room, kit: touch(room, kit, "finger"),
    "module": lambda room, kit: touch(room, kit, "module"),
    "pad": sign,
}


async def test_every_device_works_while_all_others_do(room: DeviceRoom, kit: RunningKit) -> None:
    assert set(DEEDS) == {profile.device for profile in DEVICES}
    async with asyncio.timeout(110), asyncio.TaskGroup() as tasks:
        for deed in DEEDS.values():
            tasks.create_task(deed(room, kit))  # type: ignore[arg-type]


async def test_a_device_comes_back_from_every_bounce(room: DeviceRoom, kit: RunningKit) -> None:
    """Each is pulled at any moment and back after 50 ms to 3 s; then it answers, and at the end all do their work."""
    chance = random.Random(BOUNCES)
    for _ in range(BOUNCES):
        device = chance.choice(DEVICES).device
        away_s = chance.uniform(SHORTEST_S, LONGEST_S)
        await bounce(kit, device, away_s)
        await answers(room, device)
    for name, deed in DEEDS.items():
        async with asyncio.timeout(110):
            await answers(room, name)
            await deed(room, kit)


async def bounce(kit: RunningKit, device: str, away_s: float, serial: str = "") -> None:
    """Pull a cable and plug it again; no hand is faster than 50 ms."""
    back = asyncio.Event()
    await asyncio.to_thread(kit.unplug, device)
    asyncio.get_running_loop().call_later(away_s, back.set)
    await back.wait()
    await asyncio.to_thread(kit.plug, device, serial=serial)


async def answers(room: DeviceRoom, device: str) -> None:
    """Wait until the device is ready and says who it is; one that was ready a moment before its cable came out is waited for."""
    async with asyncio.timeout(READY_S), room.lease(device, owner="t", purpose="t", ttl_s=120) as held:
        while True:
            await room.wait_ready(device, READY_S)
            try:
                await held.port(Device).identify(timeout_s=5)
            except Exception:  # noqa: BLE001 - what it was before the bounce was seen
                continue
            return


@pytest.mark.parametrize(
    ("device", "serial"), [("pad", "STU-9999"), ("finger", "{URU-9999}"), ("slot", "CR-9999"), ("pin", "PIN-9999")]
)
async def test_a_device_that_is_not_the_kit_s_is_reported_and_not_used(
    room: DeviceRoom, kit: RunningKit, device: str, serial: str
) -> None:
    await answers(room, device)
    ours = next(profile.serial for profile in DEVICES if profile.device == device)
    with room.events() as events:
        await bounce(kit, device, SHORTEST_S, serial)
        async with asyncio.timeout(READY_S):
            async for seen in events:
                if (seen.name, seen.device) == ("device.swapped", device):
                    break
        view = room.view(device)
        assert (view.state, view.problem and view.problem.code) == (DeviceState.FAULTY, "device.swapped")
        await bounce(kit, device, SHORTEST_S, ours)
        await answers(room, device)
