from __future__ import annotations

import pytest

from padkit_sdk import BadFrame
from padkit_sdk.pboc import Directory
from padkit_sdk.pboc.select import APPLICATIONS, MAX_DIRECTORY_RECORDS, candidates

PSE, PPSE = "00A404000E31", "00A404000E32"
DEBIT, CREDIT, QUASI_CREDIT, E_CASH = (aid.hex().upper() for aid in APPLICATIONS)


@pytest.fixture
def chosen(card, converse):
    def choose(directory: Directory = Directory.PSE) -> list[str]:
        return [aid.hex().upper() for aid in converse(candidates(directory), card)]

    return choose


def test_the_usual_applications_are_debit_credit_quasi_credit_and_e_cash():
    assert [aid[-3:].hex() for aid in APPLICATIONS] == ["010101", "010102", "010103", "010106"]


def test_the_directory_of_the_logs_names_debit_first(chosen, card):
    assert chosen() == [DEBIT, CREDIT, QUASI_CREDIT, E_CASH]
    assert [command[:8] for command in card.commands] == ["00A40400", "00B2010C", "00B2020C"]


@pytest.mark.parametrize("status", ["6A82", "6A81", "6283", "6D00"])
def test_without_directory_the_usual_four_are_tried_in_order(status, chosen, card):
    card.says("00A404000E315041592E5359532E4444463031", status)
    assert chosen() == [DEBIT, CREDIT, QUASI_CREDIT, E_CASH]


def test_the_directorys_priority_goes_before_the_usual_order(chosen, card, build):
    credit = build("61", build("4F", CREDIT), build("87", "01"))
    debit = build("61", build("4F", DEBIT), build("87", "02"))
    unranked = build("61", build("4F", E_CASH))
    card.says("00B2010C", build("70", unranked, debit, credit) + "9000")
    assert chosen() == [CREDIT, DEBIT, E_CASH, QUASI_CREDIT]


def test_equal_priorities_keep_the_usual_order(chosen, card, build):
    entries = [build("61", build("4F", aid), build("87", "01")) for aid in (E_CASH, "A000000333010104", CREDIT)]
    card.says("00B2010C", build("70", *entries) + "9000")
    assert chosen() == [CREDIT, E_CASH, "A000000333010104", DEBIT, QUASI_CREDIT]


def test_applications_of_other_schemes_and_bad_names_are_left_out(chosen, card, build):
    other = build("61", build("4F", "A0000000031010"))
    card.says("00B2010C", build("70", other, build("61", build("4F", "A0")), build("61", "")) + "9000")
    assert chosen() == [DEBIT, CREDIT, QUASI_CREDIT, E_CASH]


@pytest.mark.parametrize("file", ["", "8800", "88010B", "88020101"])
def test_a_directory_without_a_file_is_no_directory(file, chosen, card, build):
    card.says("00A404000E315041592E5359532E4444463031", build("6F", build("A5", file)) + "9000")
    assert chosen() == [DEBIT, CREDIT, QUASI_CREDIT, E_CASH]
    assert len(card.commands) == 1


def test_a_directory_without_end_is_not_followed_for_ever(chosen, card):
    record = card.answers["00B2010C"]
    for number in range(1, 256):
        card.says(f"00B2{number:02X}0C", record)
    chosen()
    assert len(card.commands) == 1 + MAX_DIRECTORY_RECORDS


def test_the_contactless_directory_lists_in_its_own_answer(chosen, card, answers):
    card.says("00A404000E325041592E5359532E4444463031", answers["ppse"]["fci"] + "9000")
    assert chosen(Directory.PPSE)[0] == answers["ppse"]["aid"].replace(" ", "")
    assert len(card.commands) == 1


def test_a_garbled_directory_is_a_bad_frame(chosen, card):
    card.says("00B2010C", "7028 9000")
    with pytest.raises(BadFrame):
        chosen()
