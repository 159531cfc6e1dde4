from __future__ import annotations

import pytest

from padkit_card_dispenser.config import DEFAULTS, read_config
from padkit_sdk import Refused


def test_without_settings_one_rate_and_address_0_are_used():
    assert read_config({}) == read_config(DEFAULTS)
    assert (read_config({}).bauds, read_config({}).address) == ((38_400,), 0)


@pytest.mark.parametrize("rate", [9_600, 19_200, 38_400, 57_600])
def test_each_rate_of_the_family_can_be_given_as_text_or_number(rate):
    assert read_config({"baud": str(rate)}).bauds == read_config({"baud": rate}).bauds == (rate,)


def test_auto_tries_all_rates_the_likeliest_first():
    assert read_config({"baud": "auto"}).bauds == (38_400, 9_600, 57_600, 19_200)


@pytest.mark.parametrize("baud", ["192000", "", 115_200, True])
def test_a_rate_the_family_does_not_know_is_refused(baud):
    with pytest.raises(Refused, match="give one of") as refused:
        read_config({"baud": baud})
    assert refused.value.reason == "setting.baud"


@pytest.mark.parametrize("address", [-1, 16, "0", True, 1.0])
def test_an_address_beyond_the_switches_is_refused(address):
    with pytest.raises(Refused, match=r"give 0\.\.15") as refused:
        read_config({"address": address})
    assert refused.value.reason == "setting.address"
