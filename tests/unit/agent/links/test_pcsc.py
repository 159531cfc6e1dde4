"""A card reader through pyscard, the real pcscd, libccid and libusb, down to a simulated CCID device."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from card_kit import LONG_S, card_kit

from padkit_agent.links.pcsc import open_reader
from padkit_sdk.errors import DeviceFault, LinkLost, OutcomeUnknown, PadkitError, Refused
from padkit_sdk.links import CardAfter, CardLink, Pcsc

T = 5.0
SELECT_PSE = bytes.fromhex("00A404000E") + b"1PAY.SYS.DDF01" + b"\x00"


@pytest.fixture
async def kit():
    async with card_kit() as made:
        yield made


async def outcome(call):
    """Kind and name of the error that `call` ends with."""
    with pytest.raises(PadkitError) as caught:
        await call
    error = caught.value
    return type(error), getattr(error, "fault", getattr(error, "reason", ""))


async def ready(link, kit, item="1"):
    """Put a card in and power it on."""
    await kit.insert(item)
    assert await link.wait_card(present=True, timeout_s=T)
    return await link.connect(timeout_s=T)


async def test_a_t0_card_is_reset_asked_and_let_go(kit):
    async with kit.link() as link:
        assert CardLink in type(link).__mro__
        assert (link.name, link.serial) == ("hw_sim Card reader (CR-0001) 00 00", "CR-0001")
        reset = await ready(link, kit)
        assert (reset.protocol, reset.atr[:2].hex()) == (0, "3b6d")
        assert (await link.transmit(SELECT_PSE, timeout_s=T))[0] == 0x61
        for cold in (True, False):
            assert await link.reset(cold=cold, timeout_s=T) == reset
        assert await link.connect(timeout_s=T) == reset
        for after in CardAfter:
            await link.disconnect(after, timeout_s=T)
        assert await outcome(link.transmit(SELECT_PSE, timeout_s=T)) == (DeviceFault, "chip.off")
        assert await outcome(link.reset(cold=True, timeout_s=T)) == (DeviceFault, "chip.off")


async def test_a_t1_card_says_so_and_answers_at_once(kit):
    async with kit.link() as link:
        assert (await ready(link, kit, "2")).protocol == 1
        assert (await link.transmit(SELECT_PSE, timeout_s=T))[-2:].hex() == "9000"


async def test_cards_come_and_go(kit):
    async with kit.link() as link:
        assert not await link.present(timeout_s=T)
        waiting = asyncio.create_task(link.wait_card(present=True, timeout_s=T))
        await kit.insert()
        assert await waiting
        assert await link.present(timeout_s=T)
        waiting = asyncio.create_task(link.wait_card(present=False, timeout_s=T))
        await kit.remove()
        assert await waiting
        assert not await link.wait_card(present=True, timeout_s=0.01)
        assert await outcome(link.connect(timeout_s=T)) == (DeviceFault, "chip.absent")


async def test_a_wait_that_is_cancelled_holds_nobody_up(kit):
    async with kit.link() as link:
        waiting = asyncio.create_task(link.wait_card(present=True, timeout_s=60))
        while not link.waits:
            assert not await link.present(timeout_s=T)
        waiting.cancel()
        await asyncio.wait([waiting])
        await kit.insert()
        assert await link.wait_card(present=True, timeout_s=T)


@pytest.mark.parametrize(
    ("fault", "args", "name"),
    [
        ("reader.mute", {}, "chip.transmission"),
        ("reader.parity", {}, "chip.transmission"),
        ("card.mute", {"how": "apdu"}, "chip.transmission"),
        ("reader.card_pulled", {}, "chip.absent"),
    ],
)
async def test_an_exchange_that_fails_is_told_by_name(kit, fault, args, name):
    await kit.arm(fault, **args)
    async with kit.link() as link:
        await ready(link, kit)
        assert await outcome(link.transmit(SELECT_PSE, timeout_s=T)) == (DeviceFault, name)


async def test_after_a_mute_exchange_the_next_works_and_the_loop_ran_meanwhile(kit):
    await kit.arm("reader.mute")
    async with kit.link() as link:
        await ready(link, kit)
        asking, turns = asyncio.create_task(outcome(link.transmit(SELECT_PSE, timeout_s=T))), 0
        while not asking.done():
            await asyncio.sleep(0)
            turns += 1
        assert await asking == (DeviceFault, "chip.transmission")
        assert turns > 1
        assert (await link.transmit(SELECT_PSE, timeout_s=T))[0] == 0x61


async def test_a_card_pulled_in_an_exchange_can_be_put_back(kit):
    await kit.arm("reader.card_pulled")
    async with kit.link() as link:
        await ready(link, kit)
        await outcome(link.transmit(SELECT_PSE, timeout_s=T))
        assert await link.wait_card(present=False, timeout_s=T)
        await ready(link, kit, "2")
        assert (await link.transmit(SELECT_PSE, timeout_s=T))[-2:].hex() == "9000"


async def test_a_slow_card_is_waited_for(kit):
    await kit.arm("reader.slow", extensions=5)
    async with kit.link() as link:
        await ready(link, kit)
        assert (await link.transmit(SELECT_PSE, timeout_s=T))[0] == 0x61


async def test_a_card_slower_than_the_deadline_leaves_the_outcome_unknown(kit):
    await kit.arm("reader.slow", extensions=20)
    async with kit.link() as link:
        await ready(link, kit)
        assert await outcome(link.transmit(SELECT_PSE, timeout_s=0.05)) == (OutcomeUnknown, "")
        assert (await link.connect(timeout_s=T)).protocol == 0


async def test_a_dead_chip_is_mute(kit):
    await kit.arm("card.mute")
    async with kit.link() as link:
        await kit.insert()
        assert await link.wait_card(present=True, timeout_s=T)
        assert await outcome(link.connect(timeout_s=T)) == (DeviceFault, "chip.mute")


async def test_a_card_is_had_by_one_alone(kit):
    async with kit.link() as link:
        await ready(link, kit)
        other = await open_reader(Pcsc(""), Path(link.name))
        assert await outcome(other.connect(timeout_s=T)) == (Refused, "link.busy")
        await link.close()
        async with asyncio.timeout(LONG_S):
            while await outcome_or_none(other.connect(timeout_s=T)):
                pass
        await other.close()


async def outcome_or_none(call):
    """The error that `call` ends with, None for none."""
    try:
        await call
    except PadkitError as exc:
        return exc
    return None


@pytest.mark.parametrize("size", [0, 3, 65_545])
async def test_a_command_of_impossible_length_never_leaves(kit, size):
    async with kit.link() as link:
        assert await outcome(link.transmit(bytes(size), timeout_s=T)) == (Refused, "apdu.length")


async def test_a_closed_link_is_lost(kit):
    async with kit.link() as link:
        await link.close()
        await link.close()
        assert await outcome(link.present(timeout_s=T)) == (LinkLost, "")
        assert await outcome(link.wait_card(present=True, timeout_s=T)) == (LinkLost, "")


async def test_a_reader_that_is_not_there_does_not_open(kit):
    await kit.sight(readers=1)
    assert await outcome(open_reader(Pcsc(""), Path("No such reader 00 00"))) == (LinkLost, "")


async def test_a_reader_that_is_unplugged_is_lost_and_opens_again(kit):
    async with kit.link() as link:
        await ready(link, kit)
        waiting = asyncio.create_task(outcome(link.wait_card(present=False, timeout_s=T)))
        await kit.unplug()
        assert await waiting == (LinkLost, "")
        await kit.sight(readers=0)
        assert (await outcome(link.connect(timeout_s=T)))[0] is LinkLost
    await kit.plug()
    async with kit.link() as link:
        assert (await link.connect(timeout_s=T)).protocol == 0


async def test_a_service_that_dies_in_an_exchange_leaves_the_outcome_unknown_and_comes_back(kit):
    await kit.arm("pcsc.daemon_killed", back_s=0.1)
    async with kit.link() as link:
        await ready(link, kit)
        assert await outcome(link.transmit(SELECT_PSE, timeout_s=T)) == (OutcomeUnknown, "")
        await kit.sight(readers=0)
    async with kit.link() as link:
        assert (await link.connect(timeout_s=T)).protocol == 0
        assert (await link.transmit(SELECT_PSE, timeout_s=T))[0] == 0x61
