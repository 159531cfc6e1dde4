from __future__ import annotations

import pytest

from padkit_sdk.conformance import person
from padkit_sdk.conformance.hands import Power
from padkit_sdk.conformance.person import PersonHands, ask_at_terminal, has_terminal


@pytest.fixture
def asked():
    return []


@pytest.fixture
def hands(asked):
    return PersonHands(asked.append)


def test_a_person_is_asked_in_one_sentence_each(hands, asked):
    hands.take_card()
    hands.cut_power()
    assert asked[0] == "take the card from the gate and put it aside"
    assert asked[1].startswith("switch the device off")


def test_a_card_is_lifted_only_when_one_was_laid(hands, asked):
    hands.tidy()
    assert asked == []
    hands.lay_identity_card("an identity card")
    hands.tidy()
    hands.tidy()
    assert asked == ["lay an identity card on the reader and leave it there", "take the identity card away"]


def test_laying_a_card_again_lifts_the_first(hands, asked):
    hands.lay_identity_card("an identity card")
    hands.lay_identity_card("an identity card")
    assert [request.split()[0] for request in asked] == ["lay", "take", "lay"]


def test_a_bank_card_is_taken_out_only_when_one_is_in(hands, asked):
    hands.unseat_bank_card()
    hands.seat_bank_card()
    hands.unseat_bank_card()
    assert [request.split()[0] for request in asked] == ["put", "take"]


def test_a_person_neither_arms_faults_nor_sees_through_the_case(hands):
    assert hands.powers.isdisjoint({Power.ARM_FAULTS, Power.SEE_CARDS})
    assert hands.cards() == {}
    assert len(hands.identity_cards()) == 1


def test_a_process_without_terminal_has_no_person(monkeypatch, tmp_path):
    monkeypatch.setattr(person, "TERMINAL", tmp_path / "missing")
    assert not has_terminal()


def test_a_request_is_shown_and_answered_on_the_terminal(monkeypatch, tmp_path):
    terminal = tmp_path / "tty"
    terminal.touch()
    monkeypatch.setattr(person, "TERMINAL", terminal)
    assert has_terminal()
    ask_at_terminal("take the card")
    assert terminal.read_text() == "\n>>> Please take the card, then press Enter: "
