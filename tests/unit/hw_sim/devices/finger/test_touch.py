from __future__ import annotations

import pytest

from padkit_sim.devices.finger import BLANK, FINGERS, Touch, parse_touch, picture
from padkit_sim.devices.finger.touch import DIFFERENT
from padkit_sim.errors import SimRefused


def test_a_touch_is_worded_as_finger_and_quality():
    assert parse_touch("zhang", "left_ring", 2) == Touch("zhang", "left_ring", "good", 2)
    assert parse_touch("", "left_ring/dry", 0) == Touch("nobody", "left_ring", "dry", 0)


def test_who_touches_often_touches_again_as_before():
    often = {parse_touch("zhang", "left_ring", nth) for nth in range(100)}
    assert len(often) == DIFFERENT


@pytest.mark.parametrize(("item", "told"), [("toe", "right_thumb"), ("", "no finger"), ("left_ring/cold", "shifted")])
def test_what_is_no_touch_is_refused_with_what_there_is(item, told):
    with pytest.raises(SimRefused, match=told):
        parse_touch("zhang", item, 0)


def test_ten_fingers_have_names():
    assert len(set(FINGERS)) == 10


def test_a_picture_has_its_size_and_a_window_without_a_finger_is_blank():
    assert len(picture(Touch("zhang", "left_ring"), 256, 288)) == 256 * 288
    empty = picture(None, 384, 290)
    assert len(empty) == 384 * 290
    assert min(empty) > BLANK - 20


def test_two_touches_of_a_finger_are_not_the_same_picture():
    assert picture(Touch("zhang", "left_ring"), 256, 288) != picture(Touch("zhang", "left_ring", nth=1), 256, 288)
