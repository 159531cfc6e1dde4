"""Settings of a pad."""

from __future__ import annotations

import pytest

from padkit_sdk import Refused
from padkit_signature_pad.config import DEFAULTS, read_config


def test_defaults_hold_for_what_is_not_given():
    assert read_config({}) == read_config(DEFAULTS)
    assert read_config({"image_pipe": 0}).image_pipe == 0


@pytest.mark.parametrize("value", [-1, 16, "1", 1.0, True])
def test_a_value_that_cannot_be_is_refused(value):
    with pytest.raises(Refused, match="image_pipe") as told:
        read_config({"image_pipe": value})
    assert told.value.reason == "setting.type"
