from __future__ import annotations

import pytest

from padkit_sim.card_number import CardNumber, luhn_ok, masked, well_formed


def test_a_card_number_shows_its_last_four_digits_only() -> None:
    number = CardNumber("6200000000000000000")
    assert f"{number} {number!r}" == "CardNumber(…0000) CardNumber(…0000)"
    assert number.ends_with == "0000"


def test_no_number_ends_with_a_dash() -> None:
    assert CardNumber("").ends_with == "-"


@pytest.mark.parametrize("digits", ["79927398713", "4111111111111111", "6200000000000000000"])
def test_a_right_check_digit_is_seen(digits: str) -> None:  # 79927398713 is the example of the standard's literature
    assert luhn_ok(digits)
    assert not luhn_ok(digits[:-1] + str((int(digits[-1]) + 1) % 10))


@pytest.mark.parametrize(
    "digits", ["", "12345678901", "1" * 20, "12345678901a", "１２３４５６７８９０１２", "123456789012\n"]
)
def test_what_is_not_12_to_19_digits_is_no_card_number(digits: str) -> None:
    assert not well_formed(digits)


def test_masking_leaves_four_digits_of_every_card_number_in_a_text() -> None:
    assert masked("card 6200000000000000000, flow 0042") == "card …0000, flow 0042"
    assert "123456" not in masked("1234567890123456789012345678")


def test_card_numbers_are_values_in_order() -> None:
    small, large = CardNumber("1"), CardNumber("2")
    assert small == CardNumber("1") != large
    assert sorted([large, small]) == [small, large]
    assert len({small, CardNumber("1"), large}) == 2
