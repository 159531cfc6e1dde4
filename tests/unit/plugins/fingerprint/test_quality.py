from __future__ import annotations

import random

import pytest

from padkit_fingerprint.quality import measure
from padkit_sim.devices.finger import QUALITIES, Touch, picture

HINTS = {
    "good": "",
    "dry": "finger.dry",
    "wet": "finger.wet",
    "partial": "finger.partial",
    "shifted": "finger.centre",
}


@pytest.mark.parametrize("quality", QUALITIES)
def test_each_kind_of_touch_gets_its_hint(quality):
    measured = measure(picture(Touch("li", "left_middle", quality), 384, 290), 384, 290)
    assert measured.hint == HINTS[quality]
    assert (measured.score > 50) == (quality == "good")


def test_an_empty_window_is_too_little():
    assert measure(picture(None, 384, 290), 384, 290).hint == "finger.partial"


def test_noise_is_no_finger():
    assert measure(random.Random(1).randbytes(384 * 290), 384, 290).hint == "finger.wet"


@pytest.mark.parametrize("size", [(0, 0), (16, 16), (5, 400)])
def test_any_size_can_be_measured(size):
    width, height = size
    assert 0 <= measure(bytes(width * height), width, height).score <= 100
