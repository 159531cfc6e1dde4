from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_card_dispenser import replies
from padkit_card_dispenser.protocol import StatusCharacters
from padkit_card_dispenser.replies import CardType, ChipPower, RfType
from padkit_sdk import BadFrame, DeviceFault
from padkit_sdk.ports import CardPlace, CardProtocol, HopperLevel


@pytest.mark.parametrize(
    ("characters", "card", "hopper", "full"),
    [
        ("020", CardPlace.NONE, HopperLevel.ENOUGH, False),
        ("110", CardPlace.GATE, HopperLevel.LOW, False),
        ("201", CardPlace.INSIDE, HopperLevel.EMPTY, True),
        ("3?x", CardPlace.UNCLEAR, HopperLevel.UNCLEAR, True),
    ],
)
def test_status_characters_are_translated_and_unknown_ones_are_unclear(characters, card, hopper, full):
    status = replies.box_status(StatusCharacters(*characters), 7)
    assert (status.card, status.hopper, status.bin_full, status.bin_count, status.ready) == (
        card,
        hopper,
        full,
        7,
        True,
    )


@pytest.mark.parametrize("count", [8, 9, 10])
def test_eight_to_ten_sensors_are_read(count):
    assert replies.sensors(b"01" + b"0" * (count - 2)) == (False, True, *[False] * (count - 2))


@pytest.mark.parametrize("data", [b"0" * 7, b"0" * 11, b"0x000000", b""])
def test_other_sensor_reports_are_refused(data):
    with pytest.raises(BadFrame):
        replies.sensors(data)


def test_the_counter_has_three_digits():
    assert replies.bin_counter(b"007") == 7
    for data in (b"07", b"0007", b"-07", b"0x7", b"", "٠٠٧".encode()):
        with pytest.raises(BadFrame):
            replies.bin_counter(data)


def test_the_serial_number_follows_its_length():
    assert replies.serial_number(b"\x0a0123456789") == "0123456789"
    assert replies.serial_number(b"\x00") == ""
    for data in (b"", b"\x02A", b"\x01AB", b"\x13" + b"A" * 19):
        with pytest.raises(BadFrame):
            replies.serial_number(data)


def test_text_shows_what_cannot_be_printed():
    assert replies.text(b"CRT-591-M001 \0") == "CRT-591-M001"
    assert replies.text(b"V1\xff\n2") == "V1\\xff\\x0a2"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("00", CardType.UNKNOWN),
        ("10", CardType.CPU_T0),
        ("11", CardType.CPU_T1),
        ("20", CardType.SLE4442),
        ("30", CardType.AT24C),
        ("38", CardType.AT24C),
        ("39", CardType.UNKNOWN),
    ],
)
def test_card_types_are_read_and_unknown_codes_survive(code, kind):
    assert replies.card_type(code.encode()) == (kind, code)


@pytest.mark.parametrize(("code", "kind"), [("10", RfType.S50), ("20", RfType.CPU_A), ("77", RfType.UNKNOWN)])
def test_rf_types_are_read_and_unknown_codes_survive(code, kind):
    assert replies.rf_type(code.encode()) == (kind, code)


def test_a_type_has_two_characters():
    for read in (replies.card_type, replies.rf_type):
        with pytest.raises(BadFrame):
            read(b"1")


def test_the_power_state_is_read_with_and_without_slot():
    assert replies.chip_power(b"0") is ChipPower.OFF
    assert replies.chip_power(b"10") is ChipPower.ON_3_57_MHZ
    for data in (b"", b"7", b"000"):
        with pytest.raises(BadFrame):
            replies.chip_power(data)


def test_an_answer_to_reset_names_its_protocol():
    answer = replies.answer_to_reset(b"0\x3b\x6d")
    assert (answer.protocol, answer.atr) == (CardProtocol.T0, b"\x3b\x6d")
    assert replies.answer_to_reset(b"1\x3b\x00").protocol is CardProtocol.T1


@pytest.mark.parametrize("size", [0, 1, 34])
def test_an_answer_to_reset_of_a_wrong_length_is_refused(size):
    with pytest.raises(BadFrame):
        replies.answer_to_reset(b"0" + bytes(size))


def test_an_unknown_card_protocol_is_a_fault_of_the_card():
    with pytest.raises(DeviceFault) as fault:
        replies.answer_to_reset(b"?\x3b\x00")
    assert (fault.value.fault, fault.value.raw) == ("chip.unsupported", "3F")


def test_rf_cards_are_taken_apart():
    a = replies.rf_card(bytes.fromhex("41000404DEADBEEF200578"))
    assert (a.kind, a.uid.hex(), a.atqa, a.sak, a.info) == ("A", "deadbeef", b"\x00\x04", 0x20, b"\x05\x78")
    m = replies.rf_card(bytes.fromhex("4D004407") + b"1234567" + b"\x00")
    assert (m.kind, m.uid, m.sak, m.info) == ("M", b"1234567", 0, b"")
    b = replies.rf_card(bytes.fromhex("4250") + b"PUPIdataPPP")
    assert (b.kind, b.uid, b.info) == ("B", b"PUPI", b"dataPPP")
    assert "PUPI" not in repr(b)


@pytest.mark.parametrize(
    "data", ["", "4D", "4D000404DEADBEEF", "4D000405DEADBEEF0808", "4250", "4251" + "00" * 11, "58"]
)
def test_other_rf_answers_are_refused(data):
    with pytest.raises(BadFrame):
        replies.rf_card(bytes.fromhex(data))


READERS = (
    replies.sensors,
    replies.bin_counter,
    replies.serial_number,
    replies.text,
    replies.card_type,
    replies.rf_type,
    replies.chip_power,
    replies.answer_to_reset,
    replies.rf_card,
)


@given(st.sampled_from(READERS), st.binary(max_size=600))
def test_garbage_is_refused_with_an_error_of_the_family(read, data):
    with contextlib.suppress(BadFrame, DeviceFault):
        read(data)
