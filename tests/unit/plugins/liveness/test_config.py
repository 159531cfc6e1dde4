from __future__ import annotations

import pytest

from padkit_liveness.config import DEFAULTS, RANGES, read_config
from padkit_liveness.rule import NAME
from padkit_sdk import Refused
from padkit_sdk.ports import Portrait


def test_nothing_given_is_the_defaults():
    config = read_config({})
    assert config.site_models is None
    assert config.rule.name == NAME
    assert set(config.alike) == set(Portrait)
    assert config.alike[Portrait.CHIP] == DEFAULTS["alike_chip"]


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), True, "0.5"])
def test_a_number_is_one_of_its_range(name, value):
    with pytest.raises(Refused) as caught:
        read_config({name: value})
    assert caught.value.reason in ("setting.type", "setting.range")
    assert name in str(caught.value)


@pytest.mark.parametrize("name", ["alike_chip", "alike_print", "alike_online"])
def test_no_setting_makes_everybody_alike(name):
    with pytest.raises(Refused, match=f"{name} is 0.0; give 0.3 to 1"):
        read_config({name: 0.0})


@pytest.mark.parametrize("given", [{"site_models": "models"}, {"site_models": 1}, {"embedder": 2}])
def test_texts_are_texts_and_the_folder_is_absolute(given):
    with pytest.raises(Refused) as caught:
        read_config(given)
    assert caught.value.reason == "setting.type"


def test_weights_that_nobody_could_reach_are_refused():
    with pytest.raises(Refused) as caught:
        read_config({"weight_challenge": 0.0})
    assert caught.value.reason == "setting.range"
