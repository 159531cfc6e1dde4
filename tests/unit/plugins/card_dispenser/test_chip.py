from __future__ import annotations

import pytest

from padkit_card_dispenser.chip import Chip
from padkit_card_dispenser.commands import Group, Vcc, Via
from padkit_card_dispenser.exchange import Exchange
from padkit_card_dispenser.inquiry import Inquiry
from padkit_card_dispenser.replies import ChipPower
from padkit_sdk import BadFrame, DeviceFault, OutcomeUnknown, Refused
from padkit_sdk.ports import CardProtocol

SELECT = bytes.fromhex("00A4040008A000000054480001")
SELECTED = "apdu select from the field"


def seat(box, group):
    inquiry = Inquiry(Exchange(box, lambda: box.now_s, 0), "box", box.events.append)
    return Chip(inquiry, group, "box", live=False)


@pytest.fixture
def chip(box):
    return seat(box, Group.CPU)


@pytest.fixture
def sam(box):
    return seat(box, Group.SAM)


async def test_a_cold_reset_returns_protocol_and_atr(box, chip):
    box.ack("cpu cold reset", "cpu reset T=0")
    answer = await chip.reset(box.deadline())
    assert answer.protocol is CardProtocol.T0
    assert answer.atr == bytes.fromhex("3B6D00000080318065B0893501F183")
    assert chip.live


async def test_a_supply_can_be_chosen(box, chip):
    box.ack("cpu cold reset 3 V ISO", "cpu reset T=1")
    assert (await chip.reset(box.deadline(), vcc=Vcc.ISO_3V)).protocol is CardProtocol.T1


async def test_a_warm_reset_keeps_the_power(box, chip):
    box.ack("cpu warm reset", "cpu warm reset T=0")
    assert (await chip.reset(box.deadline(), warm=True)).atr == b"\x3b\x00"


async def test_a_mute_card_is_a_fault(box, chip):
    box.ack("cpu cold reset", "cpu reset failed 63")
    with pytest.raises(DeviceFault) as fault:
        await chip.reset(box.deadline())
    assert fault.value.fault == "chip.mute"
    assert chip.live  # nobody knows


async def test_an_answer_to_reset_that_the_box_rejects_is_a_fault(box, chip):
    box.ack("cpu cold reset", "cpu reset failed 69 with ATR")
    with pytest.raises(DeviceFault) as fault:
        await chip.reset(box.deadline())
    assert (fault.value.fault, fault.value.raw) == ("chip.activation", "69")


async def test_an_apdu_is_answered(box, chip):
    box.ack(SELECTED, "apdu AABB 9000")
    assert await chip.transmit(SELECT, box.deadline()) == bytes.fromhex("AABB9000")


async def test_t_0_and_t_1_can_be_asked_for_by_name(box, chip):
    box.ack("apdu T=0 select nothing", "apdu T=0 9000")
    assert await chip.transmit(bytes.fromhex("00A40400"), box.deadline(), via=Via.T0) == b"\x90\x00"


async def test_what_waits_is_fetched_and_appended(box, chip):
    box.ack(SELECTED, "apdu 6110")
    box.ack("apdu get response 10", "apdu AABB 6101").ack("apdu get response 01", "apdu CC 9000")
    assert await chip.transmit(SELECT, box.deadline()) == bytes.fromhex("AABBCC9000")


async def test_a_wrong_le_is_corrected_and_what_came_with_it_dropped(box, chip):
    box.ack(SELECTED, "apdu 6110").ack("apdu get response 10", "apdu 6C02")
    box.ack("apdu get response 02", "apdu AABB 9000")
    assert await chip.transmit(SELECT, box.deadline()) == bytes.fromhex("AABB9000")


async def test_a_card_that_always_wants_more_is_given_up_after_32_rounds(box, chip):
    box.ack(SELECTED, "apdu 6110")
    for _ in range(31):
        box.ack("apdu get response 10", "apdu 6110")
    with pytest.raises(DeviceFault, match="32 rounds of 61 and 6C") as fault:
        await chip.transmit(SELECT, box.deadline())
    assert fault.value.fault == "chip.transmission"


async def test_all_rounds_share_one_deadline(box, chip):
    box.expect(SELECTED, "ACK", (1.5, "apdu 6110")).expect("apdu get response 10", "ACK").expect("EOT", "EOT")
    with pytest.raises(OutcomeUnknown):
        await chip.transmit(SELECT, box.deadline(2.0))
    assert box.now_s - 100.0 == pytest.approx(2.0)


async def test_bytes_that_look_like_controls_stay_data(box, chip):
    box.ack(SELECTED, "apdu with 03 06 15 04")
    assert await chip.transmit(SELECT, box.deadline()) == bytes.fromhex("0306150403F2009000")


async def test_an_answer_without_status_word_is_refused_without_being_shown(box, chip):
    box.ack(SELECTED, "apdu one byte")
    with pytest.raises(BadFrame, match="1 bytes") as refused:
        await chip.transmit(SELECT, box.deadline())
    assert refused.value.frame == b""


async def test_a_card_gone_mute_and_one_without_power_are_told_apart(box, chip):
    box.ack(SELECTED, "apdu failed 63").ack(SELECTED, "apdu refused 65")
    for fault in ("chip.mute", "chip.off"):
        with pytest.raises(DeviceFault) as raised:
            await chip.transmit(SELECT, box.deadline())
        assert raised.value.fault == fault


@pytest.mark.parametrize("command", ["00A404", "00A4040003AABB", "00A4040000" + "00" * 260])
async def test_what_is_no_short_apdu_is_refused_and_not_sent(box, chip, command):
    with pytest.raises(Refused) as refused:
        await chip.transmit(bytes.fromhex(command), box.deadline())
    assert refused.value.reason == "apdu.length"
    assert box.written == []


async def test_an_exchange_that_was_garbled_is_unknown_and_not_repeated(box, chip, frames):
    broken = frames["apdu AABB 9000"][:-1] + b"\x00"
    box.expect(SELECTED, "ACK", broken)
    for _ in range(3):
        box.expect("NAK", broken)
    with pytest.raises(OutcomeUnknown) as unknown:
        await chip.transmit(SELECT, box.deadline())
    assert "AA" not in str(unknown.value)
    assert unknown.value.__cause__ is None


@pytest.mark.parametrize("answer", ["cpu off done", "cpu off refused 65", "cpu off refused B0"])
async def test_power_off_is_safe_to_call_twice(box, chip, answer):
    chip.live = True
    box.ack("cpu off", answer)
    await chip.off(box.deadline())
    assert not chip.live


async def test_contacts_that_cannot_be_released_are_a_fault(box, chip):
    chip.live = True
    box.ack("cpu off", "cpu off refused 41")
    with pytest.raises(DeviceFault) as fault:
        await chip.off(box.deadline())
    assert fault.value.fault == "box.contacts"
    assert chip.live


async def test_the_power_state_is_told(box, chip):
    box.ack("cpu state", "cpu state on")
    assert await chip.state(box.deadline()) is ChipPower.ON_3_57_MHZ


async def test_a_sam_takes_the_same_commands_under_its_own_group(box, sam):
    box.ack("sam cold reset 5 V EMV", "sam reset T=1").ack("sam state", "sam state off, first")
    assert (await sam.reset(box.deadline(), vcc=Vcc.EMV_5V)).protocol is CardProtocol.T1
    assert await sam.state(box.deadline()) is ChipPower.OFF
