"""The card box's whole command table, driver against simulator over a pty: codecs written apart, meeting on the wire."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from padkit_agent.links.serial import open_serial
from padkit_card_dispenser.commands import Initialize, SamSlot, Vcc, Via
from padkit_card_dispenser.driver import open_driver
from padkit_card_dispenser.plugin import MATCHES
from padkit_card_dispenser.replies import CardType, ChipPower, RfType
from padkit_sdk import DeviceFault, DriverContext
from padkit_sdk.ports import CardPlace, CardProtocol, Slot
from padkit_sim.control import ask
from padkit_sim.control import words as w
from padkit_sim.kitfile import find_kit_file, load
from padkit_sim.run import Options, standing

T = 20.0
FAST = 200.0
SELECT = b"\x00\xa4\x04\x00\x0e1PAY.SYS.DDF01"
ATR = bytes.fromhex("3B6D00000080318065B0893501F183")


@pytest.fixture
async def kit():
    async with standing(load(find_kit_file("demo")), Options(speed=FAST), time.monotonic) as environment:
        yield environment


@pytest.fixture
async def box(kit):
    """An opened and prepared box."""
    link = await open_serial(MATCHES[0], Path(kit["PADKIT_DEV"]) / "ttyUSB0")
    driver = await open_driver(link, DriverContext("box", time.monotonic, lambda event: None, {}))
    await driver.prepare(timeout_s=T)
    yield driver
    await driver.close()


@pytest.mark.parametrize(
    ("card", "place", "count"),
    [
        (Initialize.TO_GATE, CardPlace.GATE, 0),
        (Initialize.TO_BIN, CardPlace.NONE, 0),
        (Initialize.LEAVE, CardPlace.INSIDE, 0),
        (Initialize.TO_GATE_COUNTING, CardPlace.GATE, 0),
        (Initialize.TO_BIN_COUNTING, CardPlace.NONE, 1),
        (Initialize.LEAVE_COUNTING, CardPlace.INSIDE, 0),
    ],
)
async def test_each_initialize_does_what_the_table_says(box, card, place, count):
    await box.stage(timeout_s=T)
    status = await box.initialize(card, timeout_s=T)
    assert (status.card, status.bin_count) == (place, count)


@pytest.mark.parametrize(
    ("to", "place"), [(Slot.GATE, CardPlace.GATE), (Slot.BIN, CardPlace.NONE), (Slot.OUT, CardPlace.NONE)]
)
async def test_each_move_brings_a_staged_card_where_it_says(box, to, place):
    await box.stage(timeout_s=T)
    assert (await box.move(to, timeout_s=T)).card is place


async def test_a_card_pushed_in_is_drawn_to_the_rf_station_and_brought_to_the_reader(box, kit):
    await box.stage(timeout_s=T)
    await box.move(Slot.GATE, timeout_s=T)
    control = Path(kit["PADKIT_SIM_CONTROL"])
    await asyncio.to_thread(ask, control, w.Hand("box", "take_card"))
    async with box.turn(T) as deadline:
        await box.service.allow_entry(deadline, allowed=True)
    await asyncio.to_thread(ask, control, w.Hand("box", "push_card"))
    async with asyncio.timeout(T):
        while (await box.status(timeout_s=T)).card is not CardPlace.INSIDE:
            pass
    async with box.turn(T) as deadline:
        await box.service.allow_entry(deadline, allowed=False)
    assert (await box.move(Slot.READER, timeout_s=T)).card is CardPlace.INSIDE
    assert (await box.power_on(timeout_s=T)).atr == ATR


async def test_status_texts_and_counter_are_told_and_the_counter_is_set(box):
    async with box.turn(T) as deadline:
        assert await box.service.sensors(deadline) == (False,) * 10
        assert "CRT-591" in await box.service.configuration(deadline)
        identity = await box.service.identity(deadline)
        assert (identity.serial, identity.firmware) == ("0000000001", "V1.00")
        await box.service.set_bin_count(41, deadline)
    assert (await box.status(timeout_s=T)).bin_count == 41


@pytest.mark.parametrize("vcc", [None, *Vcc])
async def test_a_chip_is_powered_at_each_supply_reset_warm_and_switched_off(box, vcc):
    await box.stage(timeout_s=T)
    async with box.turn(T) as deadline:
        assert await box.service.contact_card_type(deadline) is CardType.CPU_T0
        cold = await box.chip.reset(deadline, vcc=vcc)
        assert (cold.protocol, cold.atr) == (CardProtocol.T0, ATR)
        assert (await box.chip.reset(deadline, warm=True)).atr == ATR
        assert await box.chip.state(deadline) is ChipPower.ON_3_57_MHZ
        await box.chip.off(deadline)
        assert await box.chip.state(deadline) is ChipPower.OFF


@pytest.mark.parametrize("via", [Via.T0, Via.AUTO])
async def test_an_apdu_comes_back_whole_whoever_follows_61_and_6c(box, via):
    await box.stage(timeout_s=T)
    async with box.turn(T) as deadline:
        await box.chip.reset(deadline)
        answer = await box.chip.transmit(SELECT, deadline, via=via)
    assert answer[:1] + answer[-2:] == b"\x6f\x90\x00"


async def test_a_t0_card_that_is_asked_in_t1_says_that_it_cannot(box):
    await box.stage(timeout_s=T)
    async with box.turn(T) as deadline:
        await box.chip.reset(deadline)
        with pytest.raises(DeviceFault) as fault:
            await box.chip.transmit(SELECT, deadline, via=Via.T1)
    assert fault.value.fault == "chip.unsupported"


async def test_the_rf_station_finds_a_card_speaks_to_it_and_lets_it_go(box):
    await box.stage(timeout_s=T)
    await box.move_to_rf(timeout_s=T)
    async with box.turn(T) as deadline:
        assert await box.rf.detect(deadline) is RfType.CPU_A
        assert (await box.rf.activate(deadline)).kind == "A"
        assert await box.rf.state(deadline) is RfType.CPU_A
        assert (await box.rf.transmit(SELECT.replace(b"1PAY", b"2PAY"), deadline))[-2:] == b"\x90\x00"
        await box.rf.deactivate(deadline)
        assert await box.rf.state(deadline) is RfType.UNKNOWN


async def test_a_sam_is_selected_powered_and_switched_off(box):
    async with box.turn(T) as deadline:
        await box.service.select_sam(SamSlot.FIRST, deadline)
        assert (await box.sam.reset(deadline)).protocol is CardProtocol.T0
        assert await box.sam.state(deadline) is ChipPower.ON_3_57_MHZ
        await box.sam.off(deadline)
        await box.service.select_sam(SamSlot.FIFTH, deadline)
        with pytest.raises(DeviceFault):
            await box.sam.reset(deadline)
