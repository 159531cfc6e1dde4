"""Photos: by seed, with labels that fit the picture; levels and defects really differ, measured in the picture."""

from __future__ import annotations

import random
from functools import cache

import cv2
import numpy as np
import pytest

from padkit_sim.pictures.cards.card import draw
from padkit_sim.pictures.cards.photo import Photo, photo
from padkit_sim.pictures.cards.strengths import DEFECTS

pytestmark = pytest.mark.usefixtures("fonts")
WIDE, HIGH = 1280, 960
SEEDS = range(3)


@cache
def card(kind: str = "id_front"):
    return draw(kind, random.Random(1))


@cache
def taken(level: int, seed: int, defect: str | None = None, kind: str = "id_front") -> Photo:
    return photo(card(kind), level, random.Random(seed), defect)


def pixels(one: Photo) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(one.jpeg, np.uint8), cv2.IMREAD_COLOR)


def upright(one: Photo) -> np.ndarray:
    """The card out of its photo, 856 x 540."""
    flat = np.array([(0, 0), (856, 0), (856, 540), (0, 540)], np.float32)
    matrix = cv2.getPerspectiveTransform(np.array(one.corners, np.float32), flat)
    return cv2.warpPerspective(pixels(one), matrix, (856, 540))


def grey(one: Photo) -> np.ndarray:
    return cv2.cvtColor(upright(one), cv2.COLOR_BGR2GRAY).astype(np.float32)


def sharpness(one: Photo) -> float:
    """The strength of edges over the brightness, so that light does not count."""
    seen = cv2.GaussianBlur(grey(one), (0, 0), 1.0)
    return float(np.percentile(np.abs(cv2.Laplacian(seen, cv2.CV_32F)), 98) / (seen.mean() + 1))


def long_side(one: Photo) -> float:
    points = np.array(one.corners)
    return float(np.hypot(*(points[1] - points[0])) + np.hypot(*(points[2] - points[3]))) / 2


def mean(measure, level: int, defect: str | None = None) -> float:
    return float(np.mean([measure(taken(level, seed, defect)) for seed in SEEDS]))


@pytest.mark.parametrize("level", range(4))
def test_the_same_seed_is_the_same_file(level: int) -> None:
    again = photo(card(), level, random.Random(0))
    assert again == taken(level, 0)
    assert again != taken(level, 1)


@pytest.mark.parametrize("level", range(4))
def test_the_picture_has_its_size_and_the_card_is_in_view(level: int) -> None:
    for seed in SEEDS:
        one = taken(level, seed)
        assert pixels(one).shape == (HIGH, WIDE, 3)
        points = np.array([*one.corners, *(corner for box in one.boxes.values() for corner in box)])
        assert (points >= 0).all()
        assert (points <= (WIDE, HIGH)).all()


@pytest.mark.parametrize("kind", ["id_front", "id_back", "bank_card"])
def test_corners_lie_where_the_card_is(kind: str) -> None:
    for seed in SEEDS:
        straight = upright(taken(1, seed, kind=kind)).astype(np.float32)
        flat = cv2.resize(card(kind).pixels, (856, 540), interpolation=cv2.INTER_AREA).astype(np.float32)
        inner = np.s_[40:500, 40:816]
        same = np.corrcoef(straight.mean(axis=2)[inner].ravel(), flat.mean(axis=2)[inner].ravel())[0, 1]
        assert same > 0.7


def test_boxes_hold_the_print() -> None:
    one = taken(0, 1)
    seen = pixels(one)
    for field, box in one.boxes.items():
        left, top = np.floor(np.min(box, axis=0)).astype(int)
        right, bottom = np.ceil(np.max(box, axis=0)).astype(int)
        inside = seen[top:bottom, left:right].mean(axis=2)
        assert inside.min() < 90, field
        beside = seen[top:bottom, right + 2 : right + 7].mean(axis=2)
        assert beside.min() > 110 or field == "birth", field


def test_cards_stand_turned_now_and_then() -> None:
    turns = {photo(card(), 2, random.Random(seed)).turned for seed in range(14)}
    assert {0, 90} <= turns or {0, 180} <= turns or {0, 270} <= turns
    assert {taken(0, seed).turned for seed in SEEDS} == {0}


def test_turned_is_how_the_corners_stand() -> None:
    for seed in range(12):
        one = photo(card(), 1, random.Random(seed))
        across = np.subtract(one.corners[1], one.corners[0])
        angle = np.degrees(np.arctan2(across[1], across[0]))
        assert abs((angle - one.turned + 180) % 360 - 180) < 30


def test_levels_become_harder() -> None:
    sharp = [mean(sharpness, level) for level in range(4)]
    assert sharp[0] > sharp[2] > sharp[3]
    assert mean(long_side, 0) > mean(long_side, 1) > mean(long_side, 2)


def test_defects_are_those_of_the_gate() -> None:
    assert set(DEFECTS) == {"blurred", "glare", "dark", "too_small", "tilted", "cut_off", "screen", "copy"}


def test_a_blurred_one_has_no_edges() -> None:
    assert mean(sharpness, 1, "blurred") < 0.4 * mean(sharpness, 1)


def test_glare_drowns_part_of_the_card() -> None:
    def white(one: Photo) -> float:
        return float((grey(one) > 250).mean())

    assert mean(white, 1) < 0.005
    assert mean(white, 1, "glare") > 0.03


def test_a_dark_one_is_dark() -> None:
    assert mean(lambda one: float(grey(one).mean()), 1, "dark") < 45


def test_a_small_one_is_small() -> None:
    assert mean(long_side, 1, "too_small") < 0.26 * WIDE


def test_a_tilted_one_is_foreshortened() -> None:
    def proportion(one: Photo) -> float:
        return cv2.contourArea(np.array(one.corners, np.float32)) / long_side(one) ** 2

    values = [proportion(taken(1, seed, "tilted")) / proportion(taken(1, seed)) for seed in SEEDS]
    assert max(abs(np.log(value)) for value in values) > 0.2


def test_what_is_cut_off_lies_outside() -> None:
    for seed in SEEDS:
        points = np.array(taken(1, seed, "cut_off").corners)
        assert (points < 0).any() or (points > (WIDE, HIGH)).any()


def test_a_copy_has_no_colour() -> None:
    def colour(one: Photo) -> float:
        seen = upright(one).astype(np.float32)
        seen *= seen.mean() / seen.mean(axis=(0, 1))
        return float(np.percentile(np.ptp(seen, axis=2), 98))

    assert mean(colour, 1, "copy") < 0.4 * mean(colour, 1)


def test_a_screen_has_a_pattern_that_paper_has_not() -> None:
    def pattern(one: Photo) -> float:
        """How far red and blue ripple against each other, finer than 20 and coarser than 2 pixels."""
        seen = upright(one).astype(np.float32)
        apart = cv2.GaussianBlur(seen[:, :, 0] - seen[:, :, 2], (0, 0), 1.2)
        return float(np.median(np.abs(apart - cv2.GaussianBlur(apart, (0, 0), 10))))

    assert mean(pattern, 1, "screen") > 2 * mean(pattern, 1)
