"""The rules of numbers of 18 characters. All numbers are invented; 999999 is assigned to no region."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_ocr.rules import identity

EXAMPLE = "999999199003071234"
DIGITS17 = st.text("0123456789", min_size=17, max_size=17)


def with_check(first: str) -> str:
    """`first` and the one character that makes the rule hold."""
    found = [first + last for last in "0123456789X" if identity.check_digit_holds(first + last)]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("text", [EXAMPLE, "810000198505200022", "911000198505200019"])
def test_known_numbers_hold(text: str) -> None:
    assert identity.check_digit_holds(text)


@given(DIGITS17)
def test_each_17_digits_have_one_check_character(first: str) -> None:
    assert len(with_check(first)) == 18


@given(DIGITS17, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_holds(first: str, at: int, more: int) -> None:
    good = with_check(first)
    wrong = good[:at] + str((int(good[at]) + more) % 10) + good[at + 1 :]
    assert not identity.check_digit_holds(wrong)


@given(DIGITS17, st.integers(0, 15))
def test_two_swapped_neighbours_never_hold(first: str, at: int) -> None:
    good = with_check(first)
    swapped = good[:at] + good[at + 1] + good[at] + good[at + 2 :]
    assert swapped == good or not identity.check_digit_holds(swapped)


@given(st.text(max_size=24))
def test_any_text_has_an_answer(text: str) -> None:
    for rule in (identity.resident_holds, identity.permit_holds, identity.foreigner_2023_holds):
        assert not rule(text) or len(text) == 18
    assert identity.birth_in(text) == "" or len(text) == 18


def test_digits_of_other_scripts_are_none() -> None:
    assert not identity.check_digit_holds("９９９９９９199003071234")


def test_birth_and_sex_stand_inside() -> None:
    assert (identity.birth_in(EXAMPLE), identity.sex_in(EXAMPLE)) == ("1990-03-07", "男")
    assert identity.sex_in("810000198505200022") == "女"
    assert identity.birth_in(with_check("99999919900230123")) == ""


def test_a_day_that_is_none_makes_no_number() -> None:
    assert not identity.resident_holds(with_check("99999919901307123"))


def test_each_document_has_its_own_regions() -> None:
    resident, permit, foreign = EXAMPLE, "810000198505200022", "911000198505200019"
    assert [identity.resident_holds(it) for it in (resident, permit)] == [True, False]
    assert [identity.permit_holds(it) for it in (resident, permit, foreign)] == [False, True, False]
    assert [identity.foreigner_2023_holds(it) for it in (permit, foreign)] == [False, True]
