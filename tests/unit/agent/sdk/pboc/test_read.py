from __future__ import annotations

import asyncio
from datetime import date

import pytest

from padkit_sdk import BadFrame, DeviceFault, LinkLost, OutcomeUnknown
from padkit_sdk.pboc import CardData, read_card

APDUS = 8  # of one reading of the scripted card


@pytest.fixture
def read(chip):
    async def run(timeout_s: float = 10.0, **options) -> CardData:
        return await read_card(
            chip,
            today=date(2026, 3, 7),
            random_bytes=lambda n: b"\x07" * n,
            now_mono_s=lambda: chip.now_s,
            timeout_s=timeout_s,
            **options,
        )

    return run


async def fault_of(read) -> DeviceFault:
    with pytest.raises(DeviceFault) as refused:
        await read()
    return refused.value


async def test_a_card_is_powered_read_and_switched_off(read, chip, answers):
    data = await read(bins=("622848",))
    assert data.pan.digits == answers["card"]["pan"]
    assert chip.calls == ["on", *["apdu"] * APDUS, "off"]


async def test_day_and_chance_reach_the_card(read, chip):
    await read()
    (gpo,) = [command for command in chip.card.commands if command.startswith("80A8")]
    assert gpo.endswith("260307" + "00" + "07070707" + "00")


@pytest.mark.parametrize("fault", ["chip.mute", "chip.off", "chip.transmission"])
@pytest.mark.parametrize("call", range(1, APDUS + 1))
async def test_a_transport_error_anywhere_is_cured_by_one_cold_reset(call, fault, read, chip, answers):
    chip.faults[call] = DeviceFault(fault)
    assert (await read()).pan.digits == answers["card"]["pan"]
    assert chip.calls == ["on", *["apdu"] * call, "off", "on", *["apdu"] * APDUS, "off"]


@pytest.mark.parametrize("error", [BadFrame("checksum"), OutcomeUnknown("silent")])
async def test_a_garbled_or_missing_answer_is_cured_too(error, read, chip):
    chip.faults[3] = error
    await read()
    assert chip.calls.count("on") == 2


async def test_a_chip_that_does_not_wake_is_tried_once_more(read, chip):
    chip.power_faults[1] = DeviceFault("chip.mute")
    await read()
    assert chip.calls[:3] == ["on", "off", "on"]


async def test_a_second_failure_is_an_unreadable_chip(read, chip):
    chip.faults = dict.fromkeys(range(1, 99), DeviceFault("chip.mute"))
    fault = await fault_of(read)
    assert (fault.fault, fault.raw) == ("chip.unreadable", "chip.mute")
    assert chip.calls == ["on", "apdu", "off"] * 2


async def test_data_of_no_sense_twice_is_an_unreadable_chip(read, chip):
    chip.card.says("80A80000", "7700 9000")
    assert (await fault_of(read)).fault == "chip.unreadable"
    assert chip.calls.count("on") == 2
    assert chip.calls[-1] == "off"


async def test_silence_of_the_device_twice_stays_an_unknown_outcome(read, chip):
    chip.faults = dict.fromkeys(range(1, 99), OutcomeUnknown("silent"))
    with pytest.raises(OutcomeUnknown):
        await read()
    assert chip.calls == ["on", "apdu", "off"] * 2


@pytest.mark.parametrize("error", [DeviceFault("chip.absent"), LinkLost("unplugged")])
async def test_what_a_reset_cannot_cure_is_told_at_once(error, read, chip):
    chip.power_faults[1] = error
    with pytest.raises(type(error)):
        await read()
    assert chip.calls == ["on", "off"]


async def test_after_a_reset_what_cannot_be_cured_is_told_as_it_is(read, chip):
    chip.faults[1] = DeviceFault("chip.mute")
    chip.power_faults[2] = DeviceFault("chip.absent")
    assert (await fault_of(read)).fault == "chip.absent"


async def test_a_refusal_of_the_card_is_not_repeated(read, chip):
    chip.card.says("00B2011C", "6A83")
    assert (await fault_of(read)).fault == "chip.record"
    assert chip.calls.count("on") == 1
    assert chip.calls[-1] == "off"


@pytest.mark.parametrize("call", range(1, APDUS + 1))
async def test_a_cancel_anywhere_switches_off_and_goes_through(call, read, chip):
    chip.faults[call] = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await read()
    assert chip.calls == ["on", *["apdu"] * call, "off"]


async def test_a_cancel_while_powering_switches_off(read, chip):
    chip.power_faults[1] = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await read()
    assert chip.calls == ["on", "off"]


async def test_a_cancel_while_switching_off_switches_off_again(read, chip):
    chip.off_faults[1] = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await read()
    assert chip.calls[-2:] == ["off", "off"]


async def test_a_failure_to_switch_off_does_not_hide_the_first_error(read, chip):
    chip.card.says("00B2011C", "6A83")
    chip.off_faults[1] = LinkLost("gone")
    assert (await fault_of(read)).fault == "chip.record"


async def test_chip_that_cannot_be_switched_off_is_not_called_read(read, chip):
    chip.off_faults = {1: LinkLost("gone"), 2: LinkLost("gone")}
    with pytest.raises(LinkLost):
        await read()


async def test_the_deadline_is_spent_once_and_the_chip_switched_off(read, chip):
    chip.transmit_s = 1.5
    with pytest.raises(DeviceFault) as refused:
        await read(timeout_s=4.0)
    assert refused.value.fault == "chip.unreadable"
    assert chip.limits_s == [2.0, 2.0, 1.0]
    assert chip.calls[-1] == "off"


async def test_a_reset_does_not_renew_the_deadline(read, chip):
    chip.transmit_s = 1.9
    chip.faults[2] = DeviceFault("chip.mute")
    with pytest.raises(DeviceFault) as refused:
        await read(timeout_s=3.0)
    assert refused.value.fault == "chip.unreadable"
    assert chip.calls == ["on", "apdu", "apdu", "off", "off"]
