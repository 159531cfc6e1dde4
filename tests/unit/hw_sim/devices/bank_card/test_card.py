"""The chip, command by command."""

from __future__ import annotations

import pytest

from padkit_sim.devices.bank_card import BankCard, CardSilent, Health, numbered

SELECT_PSE = bytes.fromhex("00A404000E315041592E5359532E444446303100")
SELECT_PPSE = bytes.fromhex("00A404000E325041592E5359532E444446303100")
SELECT_DEBIT = bytes.fromhex("00A4040008A00000033301010100")
GPO = bytes.fromhex("80A80000238321") + bytes(33)


@pytest.fixture
def card():
    card = BankCard(numbered("999900", 7))
    card.reset()
    return card


def status(answer: bytes) -> str:
    return answer[-2:].hex().upper()


def test_a_card_is_read_from_directory_to_number(card):
    assert status(card.transmit(SELECT_PSE)) == "9000"
    assert status(card.transmit(bytes.fromhex("00B2010C00"))) == "9000"
    assert status(card.transmit(bytes.fromhex("00B2020C00"))) == "6A83"
    assert status(card.transmit(SELECT_DEBIT)) == "9000"
    assert card.transmit(GPO).hex().upper() == "800A7C0008010200100101009000"
    for record in ("00B2010C00", "00B2020C00", "00B2011400"):
        assert status(card.transmit(bytes.fromhex(record))) == "9000"
    assert status(card.transmit(bytes.fromhex("00B2030C00"))) == "6A83"
    assert bytes.fromhex(card.pan + "F") in card.transmit(bytes.fromhex("00B2020C00"))


def test_a_partial_name_selects_the_application(card):
    assert status(card.transmit(bytes.fromhex("00A4040005A00000033300"))) == "9000"


@pytest.mark.parametrize(
    ("apdu", "answer"),
    [
        ("00A40400", "6700"),
        ("00", "6700"),
        ("00A4000002 3F00", "6A86"),
        ("00A4040008A00000033301010200", "6A82"),
        ("00A4040009A00000033301010100", "6A82"),
        ("00A404000AA000000333010101", "6700"),
        ("00A4040000", "6A82"),
        ("00B0000000", "6D00"),
        ("90A4040000", "6E00"),
        ("00B2010C00", "6985"),
        ("00B2010D00", "6A86"),
        ("80CA9F3600", "6985"),
    ],
)
def test_wrong_commands_have_their_status(card, apdu, answer):
    assert status(card.transmit(bytes.fromhex(apdu))) == answer


def test_processing_options_need_a_selection_and_the_right_length(card):
    assert status(card.transmit(GPO)) == "6985"
    card.transmit(SELECT_DEBIT)
    assert status(card.transmit(bytes.fromhex("80A8000002830000"))) == "6A80"
    assert status(card.transmit(GPO)) == "9000"
    assert status(card.transmit(GPO)) == "6985"


@pytest.mark.parametrize("tag", ["9F13", "9F17", "9F36", "9F4F", "9F51", "9F79"])
def test_get_data_gives_the_counters_of_an_unused_card(card, tag):
    card.transmit(SELECT_DEBIT)
    answer = card.transmit(bytes.fromhex(f"80CA{tag}00"))
    assert (answer[:2].hex().upper(), status(answer)) == (tag, "9000")


def test_get_data_knows_no_other_tag(card):
    card.transmit(SELECT_DEBIT)
    assert status(card.transmit(bytes.fromhex("80CA9F9900"))) == "6A88"


def test_a_reset_forgets_the_selection(card):
    card.transmit(SELECT_DEBIT)
    card.reset()
    assert status(card.transmit(GPO)) == "6985"


def test_the_contactless_directory_has_no_records(card):
    assert status(card.transmit(SELECT_PPSE)) == "9000"
    assert status(card.transmit(bytes.fromhex("00B2010C00"))) == "6985"


def test_a_mute_card_answers_nothing(card):
    card.health = Health.MUTE
    with pytest.raises(CardSilent):
        card.reset()
    with pytest.raises(CardSilent):
        card.transmit(SELECT_PSE)


def test_a_silent_card_answers_its_reset_only(card):
    card.health = Health.SILENT
    assert card.reset()
    with pytest.raises(CardSilent):
        card.transmit(SELECT_PSE)


def test_a_foreign_card_keeps_the_slips_number_beside_its_own(card):
    slip = card.pan
    card.personalise(numbered("999911", 7))
    assert (card.slip_pan, card.pan[:6], card.serial) == (slip, "999911", "000007")
