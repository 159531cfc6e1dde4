from __future__ import annotations

import pytest

from padkit_back_clip.config import Config, read_config
from padkit_sdk import Refused


def test_no_settings_give_the_defaults():
    assert read_config({}) == Config(photo_decoder="", appended_address=True)


def test_settings_are_taken():
    settings = {"photo_decoder": "/opt/wlt", "appended_address": False}
    assert read_config(settings) == Config("/opt/wlt", appended_address=False)


@pytest.mark.parametrize("settings", [{"photo_decoder": 1}, {"appended_address": "no"}])
def test_a_setting_of_the_wrong_kind_is_refused_by_name(settings):
    with pytest.raises(Refused, match=next(iter(settings))):
        read_config(settings)
