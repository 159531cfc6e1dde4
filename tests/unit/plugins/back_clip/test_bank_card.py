"""The bank-card reader's driver on a simulated slot; through the real pcscd it is tested beside its link."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager

import pytest
from memory_card import MemoryCardLink

from padkit_back_clip import plugin
from padkit_sdk import DeviceFault, DriverContext, LinkLost, Refused
from padkit_sdk.ports import CardProtocol

T = 5.0
SELECT_PSE = bytes.fromhex("00A404000E") + b"1PAY.SYS.DDF01" + b"\x00"
WRONG_LE = bytes.fromhex("00B2010C01")


@asynccontextmanager
async def opened(link):
    """The driver on `link`, with a queue of its events."""
    events = asyncio.Queue()
    reader = await plugin.open_bank_card_reader(link, DriverContext("chip", time.monotonic, events.put_nowait))
    try:
        yield reader, events
    finally:
        await reader.close()


@pytest.fixture
async def link():
    made = MemoryCardLink()
    made.insert()
    return made


@pytest.mark.parametrize(("item", "protocol"), [("1", CardProtocol.T0), ("2", CardProtocol.T1)])
async def test_a_card_is_powered_and_read_whatever_it_speaks(item, protocol):
    link = MemoryCardLink()
    link.insert(item)
    async with opened(link) as (reader, _):
        answer = await reader.power_on(timeout_s=T)
        assert (answer.protocol, answer.atr[0]) == (protocol, 0x3B)
        assert (await reader.transmit(SELECT_PSE, timeout_s=T))[-2:].hex() == "9000"
        directory = await reader.transmit(WRONG_LE, timeout_s=T)
        assert (directory[0], directory[-2:].hex()) == (0x70, "9000")


async def test_the_answers_of_a_t0_card_are_followed_up(link):
    async with opened(link) as (reader, _):
        await reader.power_on(timeout_s=T)
        await reader.transmit(SELECT_PSE, timeout_s=T)
    assert [it[1] for it in link.sent] == [0xA4, 0xC0]


async def test_a_card_that_wants_more_without_end_is_at_fault(link):
    link.seat.exchange = lambda command: b"\x61\x10"
    async with opened(link) as (reader, _):
        await reader.power_on(timeout_s=T)
        with pytest.raises(DeviceFault, match="32 rounds") as caught:
            await reader.transmit(SELECT_PSE, timeout_s=T)
    assert caught.value.fault == "chip.transmission"
    assert len(link.sent) == 32


async def test_cards_that_come_and_go_are_told(link):
    async with opened(link) as (_, events):
        link.remove()
        assert (await events.get()).name == "card.removed"
        link.insert("2")
        assert (await events.get()).name == "card.inserted"


async def test_an_empty_slot_passes_its_self_test_and_has_a_name():
    async with opened(MemoryCardLink()) as (reader, _):
        assert [(it.name, it.passed, it.seen) for it in (await reader.self_test(timeout_s=T)).checks] == [
            ("reader.slot", True, "empty")
        ]
        who = await reader.identify(timeout_s=T)
        assert (who.model, who.serial) == ("Memory reader", "MEM-0001")
        with pytest.raises(DeviceFault) as caught:
            await reader.power_on(timeout_s=T)
        assert caught.value.fault == "chip.absent"


async def test_power_goes_with_power_off_and_with_close(link):
    async with opened(link) as (reader, _):
        await reader.power_on(timeout_s=T)
        await reader.power_off(timeout_s=T)
        await reader.power_off(timeout_s=T)
        with pytest.raises(DeviceFault) as caught:
            await reader.transmit(SELECT_PSE, timeout_s=T)
        assert caught.value.fault == "chip.off"
        await reader.power_on(timeout_s=T)
    assert (link.seat.powered, link.closed) == (False, True)


async def test_a_card_of_another_program_is_refused(link):
    link.taken = True
    async with opened(link) as (reader, _):
        with pytest.raises(Refused) as caught:
            await reader.power_on(timeout_s=T)
        assert caught.value.reason == "link.busy"


async def test_a_malformed_command_never_leaves(link):
    async with opened(link) as (reader, _):
        await reader.power_on(timeout_s=T)
        with pytest.raises(Refused):
            await reader.transmit(b"\x00\xa4", timeout_s=T)
    assert link.sent == []


async def test_a_lost_reader_is_told_by_calls_and_closes_quietly(link):
    async with opened(link) as (reader, events):
        link.lose()
        with pytest.raises(LinkLost):
            await reader.power_on(timeout_s=T)
        assert events.empty()
