from __future__ import annotations

import pytest

from padkit_card_dispenser.crt541.config import DEFAULTS, Config, read_config
from padkit_sdk import Refused


def test_the_defaults_are_the_makers():
    assert read_config({}) == read_config(DEFAULTS) == Config(9600, 0)


def test_what_the_kit_profile_says_counts():
    assert read_config({"baud": "38400", "address": 15}) == Config(38_400, 15)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"baud": "57600"}, "setting.baud"),
        ({"baud": 9600}, "setting.baud"),
        ({"address": 16}, "setting.address"),
        ({"address": True}, "setting.address"),
    ],
)
def test_what_the_box_cannot_have_is_refused(settings, reason):
    with pytest.raises(Refused, match="give") as caught:
        read_config(settings)
    assert caught.value.reason == reason
