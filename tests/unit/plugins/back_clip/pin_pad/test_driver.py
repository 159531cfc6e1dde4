from __future__ import annotations

import asyncio

import pytest

from padkit_back_clip.pin_pad.protocol import encode
from padkit_sdk import AskAgain, BadFrame, DeviceFault, HiddenBytes, LinkLost, OutcomeUnknown, Pan, Refused
from padkit_sdk.ports import KeyCheck, PinAbility, PinFormat
from padkit_sim.devices.pin_pad.secure import encrypt
from padkit_sim.devices.pin_pad.state import SAMPLE_MASTER, SAMPLE_PIN_KEY

PAN = Pan("6228480000000000018")
ASKED = {
    "account": PAN,
    "key_id": "30",
    "format": PinFormat.ISO_0,
    "min_length": 6,
    "max_length": 6,
    "twice": False,
    "timeout_s": 30.0,
}
WORKED = bytes.fromhex("7D8C858DF85989BB")
ODD = bytes.fromhex("01" * 16)
LOAD = {"key_id": "31", "under_id": "20", "cryptogram": HiddenBytes(encrypt(SAMPLE_MASTER, ODD)), "timeout_s": 5}


async def raised(kind, call):
    with pytest.raises(kind) as caught:
        await call
    error = caught.value
    return getattr(error, "hint", "") or getattr(error, "fault", "") or getattr(error, "reason", "")


async def test_a_pin_is_read_as_the_worked_block_and_told_by_counts(desk, pad):
    desk.customer = ["123456E"]
    block = await pad.read_pin(**ASKED)
    assert (block.block.data, block.format, block.key_id, block.kcv) == (WORKED, PinFormat.ISO_0, "30", "")
    told = [(event.name, dict(event.detail)) for event in desk.events]
    assert told == [("pin.entry", {"turn": "1"})] + [("pin.key_pressed", {"count": str(n)}) for n in range(1, 7)]


async def test_neither_digits_nor_the_clear_block_cross_the_wire(desk, pad):
    desk.customer = ["918273E"]
    await pad.read_pin(**ASKED)
    clear = bytes.fromhex("06918273FFFFFFFF")
    for secret in (b"918273", bytes.fromhex("918273"), clear, clear.hex().upper().encode()):
        assert secret not in desk.wire


async def test_two_equal_pins_are_one_block(desk, pad):
    desk.customer = ["123456E", "123456E"]
    assert (await pad.read_pin(**{**ASKED, "twice": True})).block.data == WORKED
    assert [event.detail["turn"] for event in desk.events if event.name == "pin.entry"] == ["1", "2"]


async def test_two_different_pins_are_asked_for_again(desk, pad):
    desk.customer = ["123456E", "123457E"]
    assert await raised(AskAgain, pad.read_pin(**{**ASKED, "twice": True})) == "pin.mismatch"


async def test_the_customer_can_clear_and_cancel(desk, pad):
    desk.customer = ["99L123456E"]
    assert (await pad.read_pin(**ASKED)).block.data == WORKED
    desk.customer = ["12C"]
    assert await raised(AskAgain, pad.read_pin(**ASKED)) == "pin.cancelled"


async def test_a_customer_who_is_gone_is_a_time_out_and_the_keypad_takes_no_more_keys(desk, pad):
    assert await raised(AskAgain, pad.read_pin(**{**ASKED, "timeout_s": 10.0})) == "pin.timeout"
    assert not desk.pad.state(desk.at()).entering
    desk.fault("pin.timeout")
    assert await raised(AskAgain, pad.read_pin(**ASKED)) == "pin.timeout"


async def test_a_cancelled_call_ends_the_entry(desk, pad):
    desk.customer = ["12", "nobody"]
    reading = asyncio.ensure_future(pad.read_pin(**ASKED))
    await desk.waiting.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not desk.pad.state(desk.at()).entering
    desk.customer = ["123456E"]
    assert (await pad.read_pin(**ASKED)).block.data == WORKED


async def test_a_digit_in_clear_takes_the_keypad_out_of_service(desk, pad):
    desk.customer = ["clear:7"]
    assert await raised(DeviceFault, pad.read_pin(**ASKED)) == "pin.plain_keys"
    assert not desk.pad.state(desk.at()).entering


FAULTS = {
    "pin.battery": "pin.battery",
    "pin.locked": "pin.locked",
    "pin.no_key": "pin.no_key",
    "pin.tamper": "pin.tamper",
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_is_wrong_with_the_keypad_is_told_by_its_name(desk, pad, fault):
    desk.fault(fault)
    assert await raised(DeviceFault, pad.read_pin(**ASKED)) == FAULTS[fault]


async def test_an_unknown_code_survives_with_its_value(desk, pad):
    desk.fault("pin.code", code="EA")
    with pytest.raises(DeviceFault) as caught:
        await pad.status(timeout_s=5)
    assert (caught.value.fault, caught.value.raw) == ("pin.unknown", "EA")


@pytest.mark.parametrize("fault", ["pin.silent", "pin.bcc"])
async def test_spoiled_and_missing_answers_are_asked_for_again_four_times(desk, pad, fault):
    desk.fault(fault, times=4)
    assert not (await pad.status(timeout_s=20)).tampered
    desk.fault(fault, times=0)
    with pytest.raises(BadFrame if fault == "pin.bcc" else OutcomeUnknown):
        await pad.status(timeout_s=20)


async def test_a_spoiled_answer_to_the_fetch_loses_no_block(desk, pad):
    desk.customer = ["123456E"]
    desk.fault("pin.bcc", nth=9)  # look, forbid, hex, mask, limit, least, greatest, start, get
    assert (await pad.read_pin(**ASKED)).block.data == WORKED
    assert desk.texts()[-2:] == ["7", "7"]


async def test_a_keypad_that_lost_its_power_and_its_settings_reads_the_next_pin(desk, pad):
    desk.pad.power_cycle(desk.at())
    desk.customer = ["123456E"]
    assert (await pad.read_pin(**ASKED)).block.data == WORKED


async def test_a_working_key_is_loaded_checked_and_named_in_the_block(desk, pad):
    kcv = encrypt(ODD, bytes(8))[:3].hex().upper()
    assert await pad.load_working_key(kcv=kcv, **LOAD) == KeyCheck("31", kcv)
    assert await pad.loaded_keys(timeout_s=1) == (KeyCheck("31", kcv),)
    desk.customer = ["123456E"]
    assert (await pad.read_pin(**{**ASKED, "key_id": "31"})).kcv == kcv


async def test_a_key_with_another_check_value_is_erased_again(desk, pad):
    assert await raised(DeviceFault, pad.load_working_key(kcv="08D7B4", **LOAD)) == "pin.kcv"
    assert desk.pad.state(desk.at()).key_ids == ("20", "30")


async def test_a_key_that_the_keypad_refuses_is_told(desk, pad):
    no_parity = {**LOAD, "cryptogram": HiddenBytes(encrypt(SAMPLE_MASTER, bytes(16)))}
    assert await raised(DeviceFault, pad.load_working_key(kcv="08D7B4", **no_parity)) == "pin.key"
    assert await raised(DeviceFault, pad.load_working_key(kcv="08D7B4", **{**LOAD, "under_id": "21"})) == "pin.no_key"


@pytest.mark.parametrize(
    "wrong",
    [{"key_id": "3"}, {"under_id": "00"}, {"kcv": "08d7b4"}, {"cryptogram": HiddenBytes(bytes(8))}],
    ids=str,
)
async def test_key_arguments_that_make_no_sense_are_refused_unsent(desk, pad, wrong):
    sent = len(desk.sent)
    assert await raised(Refused, pad.load_working_key(**{**LOAD, "kcv": "08D7B4", **wrong})) == "pin.argument"
    assert len(desk.sent) == sent


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"account": Pan("123")}, "pin.argument"),
        ({"key_id": "zz"}, "pin.argument"),
        ({"format": PinFormat.ISO_4}, "pin.format"),
        ({"min_length": 3}, "pin.argument"),
        ({"max_length": 13}, "pin.argument"),
        ({"min_length": 6, "max_length": 5}, "pin.argument"),
    ],
    ids=str,
)
async def test_pin_arguments_that_make_no_sense_are_refused_unsent(desk, pad, wrong, reason):
    sent = len(desk.sent)
    assert await raised(Refused, pad.read_pin(**{**ASKED, **wrong})) == reason
    assert len(desk.sent) == sent


async def test_it_says_who_and_how_it_is(desk, pad):
    seen = await pad.identify(timeout_s=5)
    assert (seen.model, seen.serial, seen.firmware) == ("ZT588", "0001", "1.0/2.3")
    assert (await pad.self_test(timeout_s=5)).passed
    assert not (await pad.status(timeout_s=5)).input_on
    able = await pad.capabilities()
    assert (able.formats, able.abilities) == ({PinFormat.ISO_0}, {PinAbility.TWICE})
    desk.fault("pin.tamper")
    assert [check.passed for check in (await pad.self_test(timeout_s=5)).checks] == [True, False]
    assert (await pad.status(timeout_s=5)).tampered


async def test_a_second_caller_is_told_that_the_keypad_is_busy(desk, pad):
    desk.customer = ["1", "nobody"]
    reading = asyncio.ensure_future(pad.read_pin(**ASKED))
    await desk.waiting.wait()
    assert await raised(Refused, pad.status(timeout_s=0.01)) == "pin.busy"
    reading.cancel()
    await asyncio.wait([reading])


async def test_closing_forbids_input_and_survives_a_dead_line(desk, pad):
    await pad.close()
    assert desk.texts()[-1] == "5032"
    assert desk.closed
    await pad.close()


async def test_noise_between_answers_is_nothing(desk, pad):
    desk.send_unasked(b"\xff*" + encode("EF"))
    assert not (await pad.status(timeout_s=5)).tampered


async def test_no_repr_shows_a_block_or_an_account(desk, pad):
    desk.customer = ["123456E"]
    shown = repr(await pad.read_pin(**ASKED)) + repr(desk.events)
    assert "7D8C" not in shown.upper()
    assert SAMPLE_PIN_KEY.hex() not in shown


async def test_a_line_that_is_gone_is_a_lost_link(desk, pad):
    desk.closed = True
    with pytest.raises(LinkLost):
        await pad.read_pin(**ASKED)
