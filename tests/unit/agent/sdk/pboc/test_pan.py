from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sdk import Pan
from padkit_sdk.pboc import has_bin, is_pan, luhn_ok


def test_the_number_of_the_notes_passes(answers):
    assert luhn_ok(Pan(answers["card"]["pan"]))


@given(st.text("0123456789", min_size=11, max_size=18), st.integers(0, 17), st.integers(1, 9))
def test_exactly_one_check_digit_fits_and_one_wrong_digit_is_seen(body, place, shift):
    (good,) = [body + digit for digit in "0123456789" if luhn_ok(Pan(body + digit))]
    place %= len(good)
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    assert not luhn_ok(Pan(wrong))


@pytest.mark.parametrize(
    ("digits", "fits"),
    [
        ("1" * 12, True),
        ("1" * 19, True),
        ("1" * 11, False),
        ("1" * 20, False),
        ("1" * 12 + "A", False),
        ("１" * 16, False),
    ],
)
def test_a_card_number_has_12_to_19_digits(digits, fits):
    assert is_pan(digits) is fits


def test_a_number_has_the_prefix_of_an_issuer(answers):
    pan = Pan(answers["card"]["pan"])
    assert has_bin(pan, ("621700", "622848"))
    assert not has_bin(pan, ("622849",))
    assert not has_bin(pan, ())
