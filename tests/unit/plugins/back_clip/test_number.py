from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_back_clip.number import check_character, checked_number
from padkit_sdk import DeviceFault

VECTORS = Path(__file__).parents[3] / "vectors" / "identity_card_reader"
VALID = [v["number"] for v in tomllib.loads((VECTORS / "person.toml").read_text())["valid_number"]]


@pytest.mark.parametrize("number", VALID)
def test_valid_numbers_of_the_manual_pass(number):
    assert checked_number(number).text == number


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(first17, place, shift):
    good = first17 + check_character(first17)
    assert checked_number(good).text == good
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    with pytest.raises(DeviceFault) as refused:
        checked_number(wrong)
    assert refused.value.fault == "idcard.number_check"


@pytest.mark.parametrize(
    "text", ["", "99999919900307123", "99999919900307123x", "9999991990030712345", "99999919900307123４"]
)
def test_another_shape_is_refused_without_showing_it(text):
    with pytest.raises(DeviceFault) as refused:
        checked_number(text)
    assert refused.value.fault == "idcard.number_check"
    assert not text or text not in str(refused.value)
