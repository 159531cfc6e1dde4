"""Numbers and expiries of bank cards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_ocr.rules import bank
from padkit_ocr.rules.countries import is_country
from padkit_ocr.rules.nations import NATIONS, is_nation


@given(st.text("0123456789", min_size=15, max_size=18), st.integers(0, 17), st.integers(1, 9))
def test_luhn_finds_each_wrong_digit(first: str, at: int, more: int) -> None:
    good = [first + last for last in "0123456789" if bank.luhn_holds(first + last)]
    assert len(good) == 1
    at %= len(first)
    wrong = first[:at] + str((int(first[at]) + more) % 10) + first[at + 1 :] + good[0][-1]
    assert not bank.luhn_holds(wrong)


def test_a_number_has_its_length_and_first_digit() -> None:
    assert bank.card_number_holds("4539578763621486")
    assert not bank.card_number_holds("453957876362148")
    assert not bank.card_number_holds("0000000000000000")
    assert not bank.luhn_holds("")


@pytest.mark.parametrize(
    ("printed", "text"),
    [("08/31", "08/31"), ("08131", "08/31"), ("08|31", "08/31"), ("13/31", ""), ("00/31", ""), ("8/31", ""), ("", "")],
)
def test_an_expiry_is_a_month_and_a_year(printed: str, text: str) -> None:
    assert bank.read_expiry(printed) == text


def test_there_are_56_nations() -> None:
    assert len(NATIONS) == 56
    assert is_nation("维吾尔")
    assert not is_nation("汉族")


def test_a_country_is_a_code_of_three_letters() -> None:
    assert is_country("CAN")
    assert not is_country("A")
