"""The two-step answers of T=0."""

from __future__ import annotations

import pytest

from padkit_sim.devices.bank_card import BankCard, T0Link, numbered

SELECT_PSE = bytes.fromhex("00A404000E315041592E5359532E4444463031")
READ = bytes.fromhex("00B2010C00")


@pytest.fixture
def link():
    card = BankCard(numbered("999900", 7))
    card.reset()
    return T0Link(card)


def get_response(count: int) -> bytes:
    return bytes([0x00, 0xC0, 0x00, 0x00, count])


def test_a_command_with_data_announces_its_answer(link):
    first = link.exchange(SELECT_PSE)
    assert first[0] == 0x61
    answer = link.exchange(get_response(first[1]))
    assert (len(answer), answer[-2:]) == (first[1] + 2, b"\x90\x00")


def test_an_answer_can_be_fetched_in_parts(link):
    total = link.exchange(SELECT_PSE)[1]
    head = link.exchange(get_response(10))
    assert head[-2:] == bytes([0x61, total - 10])
    assert link.exchange(get_response(total - 10))[-2:] == b"\x90\x00"


def test_asking_for_too_much_tells_the_right_length(link):
    total = link.exchange(SELECT_PSE)[1]
    assert link.exchange(get_response(total + 1)) == bytes([0x6C, total])
    assert link.exchange(get_response(0)) == bytes([0x6C, total])


def test_a_wrong_le_tells_the_right_one(link):
    link.exchange(SELECT_PSE)
    wrong = link.exchange(READ)
    assert wrong[0] == 0x6C
    assert link.exchange(READ[:4] + wrong[1:])[-2:] == b"\x90\x00"


def test_nothing_waits_after_another_command(link):
    link.exchange(SELECT_PSE)
    link.exchange(READ)
    assert link.exchange(get_response(10)) == bytes.fromhex("6985")


def test_errors_come_at_once(link):
    assert link.exchange(bytes.fromhex("00A4040002AAAA")) == bytes.fromhex("6A82")
