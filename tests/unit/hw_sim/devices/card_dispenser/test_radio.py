"""The radio coupler."""

from __future__ import annotations

import pytest

SELECT_PPSE = bytes.fromhex("00A404000E325041592E5359532E444446303100")


def test_the_bank_card_answers_as_type_a_with_an_ats(bench):
    answer = bench.staged().ask(0x60, 0x30, b"AB").data
    assert answer[:4] == bytes.fromhex("41 0004 04")
    assert answer[8:9] == b"\x20"
    assert bench.ask(0x60, 0x32).data == b"20"


def test_the_radio_station_reaches_the_card_too(bench):
    bench.ready().ask(0x32, 0x32)
    assert bench.ask(0x50, 0x31).data == b"20"
    assert bench.ask(0x60, 0x30, b"A0").code == ""


def test_apdus_go_over_the_air(bench):
    bench.staged().ask(0x60, 0x30, b"AB")
    assert bench.ask(0x60, 0x34, SELECT_PPSE).data[-2:] == b"\x90\x00"
    assert bench.ask(0x60, 0x34, b"\x00").code == "04"


def test_other_kinds_of_cards_are_not_there(bench):
    bench.staged()
    assert bench.ask(0x60, 0x33, SELECT_PPSE).code == "65"
    assert bench.ask(0x60, 0x35, SELECT_PPSE).code == "65"
    bench.ask(0x60, 0x30, b"AB")
    assert bench.ask(0x60, 0x33, SELECT_PPSE).code == "62"
    assert bench.ask(0x60, 0x35, SELECT_PPSE).code == "62"


def test_activation_needs_a_card_and_type_a(bench):
    bench.ready()
    assert bench.ask(0x50, 0x31).data == b"00"
    assert bench.ask(0x60, 0x30, b"AB").code == "61"
    bench.ask(0x32, 0x31)
    assert bench.ask(0x60, 0x30, b"B0").code == "61"
    assert bench.ask(0x60, 0x34, SELECT_PPSE).code == "65"


@pytest.mark.parametrize("order", [b"", b"A", b"AX"])
def test_the_order_of_protocols_is_two_known_letters(bench, order):
    assert bench.staged().ask(0x60, 0x30, order).code == "04"


def test_the_field_can_be_switched_off(bench):
    bench.staged().ask(0x60, 0x30, b"AB")
    assert bench.ask(0x60, 0x31).code == ""
    assert bench.ask(0x60, 0x32).data == b"00"


def test_a_disabled_radio_finds_nothing_until_it_is_enabled(bench):
    bench.staged()
    assert bench.ask(0x60, 0x39, b"0").code == ""
    assert bench.ask(0x60, 0x30, b"AB").code == "61"
    bench.ask(0x60, 0x39, b"1")
    assert bench.ask(0x60, 0x30, b"AB").code == ""
    assert bench.ask(0x60, 0x39, b"2").code == "04"


@pytest.mark.parametrize(("how", "code"), [("reset", "61"), ("apdu", "63")])
def test_a_mute_card_is_mute_over_the_air_too(bench, how, code):
    bench.ready().arm("card.mute", how=how)
    bench.ask(0x32, 0x31)
    answer = bench.ask(0x60, 0x30, b"AB")
    if how == "apdu":
        answer = bench.ask(0x60, 0x34, SELECT_PPSE)
    assert answer.code == code
