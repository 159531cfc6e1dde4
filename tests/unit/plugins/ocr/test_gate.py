"""The gate: each defect is called by its name, good pictures pass, and every hint has its sentence."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest

from padkit_ocr import gate
from padkit_ocr.outline import find_outline
from padkit_ocr.warp import warp
from padkit_sim.pictures.cards.card import draw
from padkit_sim.pictures.cards.photo import photo


def judged(kind, level, seed, defect=None):
    card = draw(kind, random.Random(f"{kind}/{seed}"))
    shot = photo(card, level, random.Random(f"{kind}/{seed}/{level}/{defect}"), defect)
    pixels = cv2.imdecode(np.frombuffer(shot.jpeg, np.uint8), cv2.IMREAD_COLOR)
    outline = find_outline(pixels)
    assert outline is not None
    return gate.judge(pixels, outline, warp(pixels, outline.corners))


@pytest.mark.parametrize("defect", ["blurred", "glare", "dark", "too_small", "tilted", "screen", "copy"])
def test_a_defect_is_called_by_its_name(fonts, defect):
    hints = [judged("id_front", 1, seed, defect).hint for seed in (4_100, 4_101)]
    assert hints == [f"document.{defect}"] * 2


def test_a_card_that_is_cut_off_is_asked_for_again(fonts):
    assert [judged("id_front", 1, seed, "cut_off").hint for seed in (4_100, 4_101)] == ["document.cut_off"] * 2


def near_border(*, ground):
    """A card upright in a picture of `ground` (a grey), 8 pixels from its left border; or cut there, when `ground` is None."""
    card = np.asarray(draw("id_front", random.Random("id_front/4100")).pixels)
    card = cv2.resize(card, (800, 504), interpolation=cv2.INTER_AREA)
    picture = np.full((960, 1280, 3), 60 if ground is None else ground, np.uint8)
    picture[200:704, 8:808] = card
    if ground is None:
        picture[200:704, :700] = card[:, 100:]
    left, right = (8, 808) if ground is not None else (8, 700)
    corners = np.array([(left, 200), (right, 200), (right, 704), (left, 704)], np.float32)
    return picture, corners


def test_a_card_near_the_border_is_whole_when_ground_is_seen_beyond_it(fonts):
    inside = []
    for ground in (60, None):
        picture, corners = near_border(ground=ground)
        inside.append(
            gate.judge(picture, gate.Outline(corners, 1.0, "edges"), warp(picture, corners)).measures["inside"]
        )
    assert inside == [1.0, 0.0]


def lit(card, white=None):
    """`card` with a strong lamp over its upper half, and a round of nothing but white of that radius in pixels."""
    lamp = np.where(np.arange(len(card)) < len(card) / 2, 1.2, 1.0)[:, None, None]
    bright = np.clip(card * lamp, 0, 255).astype(np.uint8)
    return bright if white is None else cv2.circle(bright, (450, 200), white, (255, 255, 255), -1)


def test_a_card_in_bright_light_is_read_and_one_with_a_white_round_is_not(fonts):
    """The lamp blows far more than the round does, the ground between the lines; 6 of 300 good pictures were refused for it."""
    card = np.asarray(draw("id_front", random.Random("id_front/4100")).pixels)
    card = cv2.resize(card, (1000, 630), interpolation=cv2.INTER_AREA)
    corners = np.array([(0, 0), (999, 0), (999, 629), (0, 629)], np.float32)
    outline = gate.Outline(corners, 1.0, "edges")
    whole = [gate.judge(it, outline, it).measures["whole"] for it in (lit(card), lit(card, 40), lit(card, 60))]
    least = gate.LIMITS["whole"][1]
    assert float((lit(card).min(axis=2) >= gate.BLOWN).mean()) > 0.1
    assert [value >= least for value in whole] == [True, True, False]


@pytest.mark.parametrize("kind", ["id_front", "id_back", "bank_card"])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_good_picture_passes(fonts, kind, level):
    quality = judged(kind, level, 4_102)
    assert quality.hint == ""
    assert set(quality.measures) == set(gate.LIMITS)
    assert all(0 <= value <= 1 for value in quality.measures.values())


def test_every_hint_has_its_sentence():
    assert set(gate.WORDS) == {hint for hint, _ in gate.LIMITS.values()}


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_plain_surface_is_judged_too(value):
    corners = np.array([(100, 100), (540, 100), (540, 377), (100, 377)], np.float32)
    pixels = np.full((480, 640, 3), value, np.uint8)
    quality = gate.judge(pixels, gate.Outline(corners, 1.0, "edges"), warp(pixels, corners))
    assert all(np.isfinite(it) for it in quality.measures.values())
    assert quality.hint


def test_darkness_and_a_grid_are_told_without_a_card():
    assert gate.hint_without_card(np.full((480, 640, 3), 20, np.uint8)) == "document.dark"
    assert gate.hint_without_card(np.full((480, 640, 3), 90, np.uint8)) == ""
    across = np.arange(640)[None, :] * np.ones((480, 1))
    grid = np.clip(150 + 8 * np.sin(across * 2 * np.pi / 4.1), 0, 255).astype(np.uint8)
    assert gate.hint_without_card(np.dstack([grid] * 3)) == "document.screen"
