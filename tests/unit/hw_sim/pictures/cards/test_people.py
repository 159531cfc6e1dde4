"""Invented people: every number fits its person, nobody can be real, everything fits its document."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sim.card_number import luhn_ok
from padkit_sim.pictures.cards import words
from padkit_sim.pictures.cards.numbers import swap_digits, with_check_digit, with_luhn
from padkit_sim.pictures.cards.people import LONG_TERM, bank_card, foreigner, permit_holder, resident

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SEEDS = st.integers(0, 9_999)


def holds(number: str) -> bool:
    """The check as the standard writes it, by weights; ours counts by doubling."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False))
    return number[17] == "10X98765432"[total % 11]


@pytest.mark.parametrize("number", ["999999199003071234", "810000198505200022", "911000198505200019"])
def test_check_digits_are_those_of_known_numbers(number: str) -> None:
    assert with_check_digit(number[:17]) == number


def test_luhn_digit_is_that_of_a_known_number() -> None:
    assert with_luhn("7992739871") == "79927398713"


@pytest.mark.parametrize("make", [resident, permit_holder, foreigner])
@given(seed=SEEDS)
def test_a_number_fits_its_person(make, seed: int) -> None:
    person = make(random.Random(seed))
    assert holds(person.number)
    assert person.number[6:14] == person.birth
    assert int(person.number[16]) % 2 == (person.sex == "1")
    born, first = date.fromisoformat(person.birth), date.fromisoformat(person.valid_from)
    assert born < first
    assert person.valid_to == LONG_TERM or date.fromisoformat(person.valid_to) > first


@given(seed=SEEDS)
def test_residents_live_where_nobody_does(seed: int) -> None:
    person = resident(random.Random(seed))
    assert person.number[2:4] == "99"
    assert person.address.startswith(words.PROVINCES[person.number[:2]])
    assert len(person.address) <= 35
    assert len(person.name) <= 15
    assert 1 <= int(person.nation) <= 56


@given(seed=SEEDS)
def test_the_term_is_that_of_the_age(seed: int) -> None:
    person = resident(random.Random(seed))
    first = date.fromisoformat(person.valid_from)
    age = (first - date.fromisoformat(person.birth)).days // 365.2425
    years = None if person.valid_to == LONG_TERM else int(person.valid_to[:4]) - first.year
    assert years == (5 if age < 16 else 10 if age < 26 else 20 if age < 46 else None)


@given(seed=SEEDS)
def test_foreigners_and_permits_have_their_own_numbers(seed: int) -> None:
    assert foreigner(random.Random(seed)).number[0] == "9"
    assert permit_holder(random.Random(seed)).number[:6] in {"810000", "820000", "830000"}


@given(seed=SEEDS)
def test_bank_cards_are_under_the_test_bin_with_a_good_digit(seed: int) -> None:
    card = bank_card(random.Random(seed))
    assert card.number.startswith(words.TEST_BIN)
    assert len(card.number) in (16, 19)
    assert luhn_ok(card.number)
    assert 1 <= int(card.expiry[:2]) <= 12


@given(seed=SEEDS)
def test_two_swapped_digits_are_always_noticed(seed: int) -> None:
    rng = random.Random(seed)
    right = resident(rng).number
    wrong = swap_digits(right, rng)
    places = [at for at in range(18) if right[at] != wrong[at]]
    assert len(places) == 2
    assert places[1] == places[0] + 1
    assert not holds(wrong)
    number = bank_card(rng).number
    assert not luhn_ok(swap_digits(number, rng))


def test_all_fifty_six_nations_and_all_kinds_of_names_come() -> None:
    people = [resident(random.Random(seed)) for seed in range(1_500)]
    assert len({person.nation for person in people}) == 56
    assert any("·" in person.name for person in people)
    assert any(set(person.name) & set(words.RARE) for person in people)
    assert any(person.valid_to == LONG_TERM for person in people)
    assert {len(person.number) for person in people} == {18}
    assert any(person.number[-1] == "X" for person in people)


def test_the_same_seed_is_the_same_person() -> None:
    assert resident(random.Random(5)) == resident(random.Random(5))
    assert resident(random.Random(5)) != resident(random.Random(6))
