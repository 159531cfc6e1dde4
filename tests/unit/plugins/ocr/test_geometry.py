"""From a photo to a flat card: the outline, the warp and its way back, the side, on drawn quadrilaterals and drawn cards."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from padkit_ocr.outline import find_outline
from padkit_ocr.side import guess_sides
from padkit_ocr.warp import FLAT, to_picture, warp
from padkit_sim.pictures.cards.card import draw
from padkit_sim.pictures.cards.photo import photo

KINDS = ("id_front", "id_back", "hmt_permit_front", "foreigner_front", "bank_card")
TWINS = {"id_front", "hmt_permit_front"}  # the same from afar; their numbers tell them apart


def taken(kind, level, seed=4_000, defect=None):
    """A photo's pixels, the card's corners in it, and by how much it is turned."""
    card = draw(kind, random.Random(f"{kind}/{seed}"))
    shot = photo(card, level, random.Random(f"{kind}/{seed}/{level}/{defect}"), defect)
    return cv2.imdecode(np.frombuffer(shot.jpeg, np.uint8), cv2.IMREAD_COLOR), np.array(shot.corners, np.float32)


def error_px(found, corners):
    """How far the worst corner is off, whichever corner is the first."""
    return min(float(np.abs(np.roll(found, turn, axis=0) - corners).max()) for turn in range(4))


def drawn(corners, ground, colour):
    picture = np.full((600, 800, 3), ground, np.uint8)
    cv2.fillConvexPoly(picture, np.rint(corners).astype(np.int32), colour, cv2.LINE_AA)
    return picture


@pytest.mark.parametrize("turn_deg", [0, 7, 33, 90, 135, 180, 250])
def test_a_plain_card_is_found_however_it_lies(turn_deg):
    corners = cv2.boxPoints(((400, 300), (430, 271), turn_deg)).astype(np.float32)
    outline = find_outline(drawn(corners, (60, 70, 80), (220, 215, 210)))
    assert outline is not None
    assert error_px(outline.corners, corners) < 2.5
    first, second = np.linalg.norm(np.diff(outline.corners, axis=0), axis=1)[:2]
    assert first > second  # a long side comes first
    assert cv2.contourArea(outline.corners, oriented=True) > 0  # clockwise


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((480, 640, 3), np.uint8),
        np.full((480, 640, 3), 255, np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((40, 6_000, 3), np.uint8),
        np.random.default_rng(1).integers(0, 255, (480, 640, 3), dtype=np.uint8),
    ],
    ids=["black", "white", "one pixel", "a ribbon", "noise"],
)
def test_where_no_card_is_none_is_found_or_a_whole_one(picture):
    outline = find_outline(picture)
    assert outline is None or (np.isfinite(outline.corners).all() and 0 <= outline.score <= 1)


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_the_outline_of_a_photographed_card_is_good_to_a_few_pixels(fonts, kind, level):
    pixels, corners = taken(kind, level)
    outline = find_outline(pixels)
    assert outline is not None
    assert error_px(outline.corners, corners) < 6


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_side_is_among_the_first_two(fonts, kind):
    for level in (0, 1, 2):
        pixels, corners = taken(kind, level, 4_001)
        card = warp(pixels, corners)
        (first, turned), (second, turned_too) = guess_sides(card)[:2]
        assert {kind} & {first.value, second.value}
        assert turned == 0 or (turned_too == 0 and kind in TWINS)
        assert guess_sides(card[::-1, ::-1])[0] == (first, 180)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-60, 60), min_size=8, max_size=8),
    st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 630)), min_size=1, max_size=6),
)
def test_points_of_the_flat_card_lead_back_into_the_picture(shifts, points):
    corners = np.array([(150, 120), (1100, 130), (1120, 760), (140, 740)], np.float32)
    corners += np.array(shifts, np.float32).reshape(4, 2)
    there = to_picture(np.array(points, np.float32), corners)
    forth = cv2.getPerspectiveTransform(corners, FLAT)
    back = cv2.perspectiveTransform(there.reshape(1, -1, 2), forth)[0]
    assert np.abs(back - np.array(points, np.float32)).max() < 0.1
    assert to_picture(FLAT, corners) == pytest.approx(corners, abs=0.01)


def test_the_same_picture_gives_the_same_outline(fonts):
    pixels, _ = taken("id_front", 2)
    first, second = find_outline(pixels), find_outline(pixels)
    assert (first.corners == second.corners).all()
    assert (warp(pixels, first.corners) == warp(pixels, second.corners)).all()
