from __future__ import annotations

import pytest

from padkit_sdk.secrets import HiddenBytes, HiddenText, IdNumber, Pan

PAN = "6299990000000012"
HIDDEN = (
    (Pan(PAN), "Pan(…0012)"),
    (IdNumber("999999199003071234"), "IdNumber(…34)"),
    (HiddenText("测试甲"), "HiddenText(…)"),
    (HiddenBytes(b"\x01\x02\x03"), "HiddenBytes(3 bytes)"),
)


@pytest.mark.parametrize(("value", "shown"), HIDDEN)
def test_a_value_that_must_not_be_seen_shows_its_mask(value, shown):
    assert repr(value) == str(value) == f"{value}" == shown
    assert repr([value]) == f"[{shown}]"


def test_an_error_that_quotes_a_hidden_value_shows_its_mask():
    assert PAN not in str(ValueError(Pan(PAN)))


def test_hidden_values_are_equal_by_what_they_hide():
    assert Pan(PAN) == Pan(PAN)
    assert len({HiddenText("a"), HiddenText("a"), HiddenText("b")}) == 2
