"""Lines of ink inside a window, drawn as bars of characters."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from padkit_ocr.ink import Pixels, find_boxes, find_ink, grow
from padkit_ocr.layouts import CARD_PX, Window

NAME = Window("name", 13.6, 6.2, 53.0, 11.0, 3.3, light=True)
ADDRESS = Window("address", 13.6, 26.0, 52.6, 42.6, 2.9, lines=4, pitch=4.0, first=2.2)
LEFT, TOP = 185, 82  # the ink's, on the card
HIGH = 34


def card(lines: list[str], *, ground: int = 225, ink: int = 30, x: int = LEFT, bottom: int = TOP + HIGH) -> Pixels:
    """Lines of letters 34 high with their feet at `bottom`, 46.7 apart."""
    pixels = np.full((CARD_PX[1], CARD_PX[0], 3), ground, np.uint8)
    for at, line in enumerate(lines):
        feet = (x, round(bottom + at * 46.7))
        cv2.putText(pixels, line, feet, cv2.FONT_HERSHEY_SIMPLEX, HIGH / 21.5, (ink, ink, ink), 4, cv2.LINE_AA)
    return pixels


@pytest.mark.parametrize(("ground", "ink"), [(225, 30), (40, 210)])
@pytest.mark.parametrize("off", [-7, 0, 7])
def test_a_line_is_found_where_it_stands(off: int, ground: int, ink: int) -> None:
    pixels = card(["HEHE"], ground=ground, ink=ink, x=LEFT + off, bottom=TOP + HIGH + off)
    (left, top, right, bottom) = find_boxes(find_ink(pixels), NAME)[0]
    assert abs(left - LEFT - off) <= 8
    assert abs(top - TOP - off) <= 4
    assert abs(bottom - TOP - HIGH - off) <= 4
    assert right > left + HIGH


def test_a_window_without_ink_has_no_line() -> None:
    assert find_boxes(find_ink(card([])), NAME) == []
    assert find_boxes(find_ink(card([])), ADDRESS) == []


def test_dirt_is_no_line() -> None:
    pixels = card([])
    pixels[100:102, 300:302] = 0
    assert find_boxes(find_ink(pixels), NAME) == []


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("off", [-8, 0, 8])
def test_an_address_has_as_many_lines_as_are_printed(count: int, off: int) -> None:
    boxes = find_boxes(find_ink(card(["HEHEHEHEHEHE"] * count, bottom=346 + off)), ADDRESS)
    assert len(boxes) == count
    assert [box[1] for box in boxes] == sorted(box[1] for box in boxes)
    assert abs(boxes[0][1] - (346 + off - HIGH)) <= 6


def test_a_grown_box_begins_on_the_card() -> None:
    assert grow((2, 3, 50, 23), 0.5, 0.5) == (0, 0, 60, 33)
