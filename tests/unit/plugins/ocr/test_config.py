"""The reader's settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from padkit_ocr.config import DEFAULTS, Config, read_config
from padkit_sdk import Refused
from padkit_sdk.links import Setting


def test_defaults_are_what_nothing_gives() -> None:
    assert read_config({}) == read_config(DEFAULTS) == Config()


def test_settings_are_taken() -> None:
    given = read_config({"least_confidence": 1, "site_models": "/srv/models", "gate": False})
    assert given == Config(1.0, Path("/srv/models"), gate=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("least_confidence", 1.1),
        ("least_confidence", True),
        ("least_confidence", "high"),
        ("site_models", 1),
        ("gate", 1),
    ],
)
def test_a_wrong_setting_is_refused_by_name(name: str, value: Setting) -> None:
    with pytest.raises(Refused, match=name) as refusal:
        read_config({name: value})
    assert refusal.value.reason == "setting.type"
