from __future__ import annotations

import pytest

from padkit_fingerprint.config import Config, read_config
from padkit_sdk import Refused


def test_what_is_not_given_has_its_default():
    assert read_config({}) == Config(40, True, b"\xff" * 4, bytes(4))
    assert read_config({"match_threshold": 60, "password": "00000001"}) == Config(60, password=b"\0\0\0\1")


def test_the_password_is_not_shown():
    assert "12" not in repr(read_config({"password": "12121212"}))


@pytest.mark.parametrize(
    "settings",
    [
        {"match_threshold": 0},
        {"match_threshold": 1001},
        {"match_threshold": True},
        {"match_threshold": "40"},
        {"templates": 1},
        {"address": "FF"},
        {"address": 5},
        {"password": "not hex!"},
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused(settings):
    with pytest.raises(Refused) as caught:
        read_config(settings)
    assert caught.value.reason == "setting.type"
