"""The kit's own pictures are what they are called: held against a library that the kit does without."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from padkit_sdk.conformance import pictures
from padkit_sdk.ports import MAX_PICTURE_BYTES, MAX_PICTURE_PIXELS


def opened(data):
    return Image.open(io.BytesIO(data), formats=("PNG",))


def test_a_drawn_picture_has_the_shades_that_were_asked_for():
    with opened(pictures.png(3, 2, lambda x, y: 10 * x + 100 * y)) as image:
        assert (image.size, image.tobytes()) == ((3, 2), bytes([0, 10, 20, 100, 110, 120]))


def test_a_plain_picture_has_one_shade_and_a_card_three():
    with opened(pictures.plain()) as plain, opened(pictures.card()) as card:
        assert (plain.size, len(set(plain.tobytes())), len(set(card.tobytes()))) == ((640, 400), 1, 3)


def test_the_wrong_pictures_are_wrong_in_the_way_that_they_say():
    drawn = {reason: draw() for draw, reason in pictures.WRONG.values()}
    assert len(drawn["picture.size"]) > MAX_PICTURE_BYTES
    with opened(drawn["picture.pixels"]) as bomb:
        assert bomb.width * bomb.height > MAX_PICTURE_PIXELS
    with opened(drawn["picture.broken"]) as cut, pytest.raises(OSError, match="truncated"):
        cut.load()


def test_no_picture_shows_itself():
    assert "NOBODY" not in repr(pictures.picture(pictures.MARK.encode()))
