"""A flat card becomes the photo that a tablet might take of it: pose, scene, light, lens, sensor, JPEG.

`defect` puts one fault on top, so strong that a gate must ask for another picture.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_sim.pictures.cards import light, strengths
from padkit_sim.pictures.cards.card import Card
from padkit_sim.pictures.cards.layouts import CORNER_MM, HIGH_MM, PX_PER_MM, WIDE_MM
from padkit_sim.pictures.cards.pose import Pose, posed
from padkit_sim.pictures.cards.scene import SCENES, scene, thumb
from padkit_sim.pictures.cards.screen import behind_glass, copied, copier_paper
from padkit_sim.pictures.cards.strengths import LEVELS, Strength

Points = list[list[float]]
SHADOW_PX = 9
AROUND_PX = 24  # what the card and its shadow touch around its corners
HARDEST = len(LEVELS) - 1
PARTLY = 0.55  # how far a trouble of the hardest level goes towards a defect


@dataclass(frozen=True, slots=True)
class Photo:
    """`jpeg`, 1280 x 960; `corners` of the card and `boxes` of its fields in the picture; `turned` in degrees clockwise."""

    jpeg: bytes
    corners: Points
    boxes: Mapping[str, Points]
    turned: int


def photo(
    card: Card, level: int, rng: random.Random, defect: str | None = None, *, quality: int | None = None
) -> Photo:
    """Take a photo of `card` at `level` 0 to 3, with one of `DEFECTS` when named; `quality` replaces the level's of the JPEG."""
    troubles = [defect] if defect else rng.sample(strengths.TROUBLES, rng.randint(1, 2)) if level == HARDEST else []
    full = 1.0 if defect else PARTLY
    strength = _changed(LEVELS[level], troubles, full, rng)
    pose = posed(strength, rng, cut_share=rng.uniform(*strengths.CUT_SHARE) if defect == "cut_off" else 0.0)
    picture = _laid(card, level, pose, defect, rng)
    light.light_up(picture, pose, strength, rng)
    if "glare" in troubles:
        light.reflect(picture, pose, full * rng.uniform(*strengths.GLARE), rng)
    if defect == "screen":
        picture = behind_glass(picture, rng)
    picture = light.through_lens(picture, strength, rng)
    jpeg = light.jpeg(light.sensed(picture, strength, rng), quality or rng.randint(*strength.quality))
    matrix = _matrix(pose)
    boxes = {field: _placed(box, matrix) for field, box in card.boxes.items()}
    return Photo(jpeg, _listed(pose.corners), boxes, pose.turned)


def _changed(strength: Strength, troubles: list[str], full: float, rng: random.Random) -> Strength:
    """The strength with its troubles; `full` 1 is a defect, less goes only part of the way."""
    if "blurred" in troubles:
        if rng.random() < 0.7:
            strength = replace(strength, blur_px=_scaled(strengths.BLURRED_PX, full))
        else:
            strength = replace(strength, motion_px=_scaled(strengths.MOVED_PX, full))
    if "dark" in troubles:
        strength = replace(strength, gain=_scaled(strengths.DARK, 1 / full))
    if "too_small" in troubles:
        strength = replace(strength, wide=_scaled(strengths.SMALL, 1 / full), turned=0.0)
    if "tilted" in troubles:
        strength = replace(strength, tilt_deg=_scaled(strengths.TILTED_DEG, (1 + full) / 2))
    return strength


def _scaled(values: tuple[float, float], by: float) -> tuple[float, float]:
    return values[0] * by, values[1] * by


def _laid(card: Card, level: int, pose: Pose, defect: str | None, rng: random.Random) -> NDArray[np.float32]:
    """The card on its scene, with the shadow that it throws. Only what the card touches is worked on."""
    name = "desk" if level == 0 else rng.choice(SCENES)
    ground = copier_paper(rng) if defect == "copy" else scene(name, pose, rng)
    flat = copied(card.pixels, rng) if defect == "copy" else card.pixels
    share = float(np.hypot(*(pose.corners[1] - pose.corners[0]))) / (WIDE_MM * PX_PER_MM)
    if share < 0.6:  # the lens sees all of it, a warp only some points
        flat = np.asarray(cv2.GaussianBlur(flat, (0, 0), 0.35 / share), np.uint8)
    left, top = (max(int(value) - AROUND_PX, 0) for value in pose.corners.min(axis=0))
    right, bottom = (int(value) + AROUND_PX for value in pose.corners.max(axis=0))
    part = ground[top:bottom, left:right]
    size = (part.shape[1], part.shape[0])
    matrix = np.array([(1, 0, -left), (0, 1, -top), (0, 0, 1)], np.float64) @ _matrix(pose)
    laid = cv2.warpPerspective(flat, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(_shape(), matrix, size, flags=cv2.INTER_LINEAR).astype(np.float32) / 255
    if defect != "copy":
        thrown = cv2.GaussianBlur(cover, (0, 0), SHADOW_PX / 2)
        moved = np.roll(thrown, (rng.randint(1, SHADOW_PX), rng.randint(-4, 4)), (0, 1))
        part *= light.of_all_colours(1 - np.float32(0.45) * moved)
    part += cv2.subtract(laid, part, dtype=cv2.CV_32F) * light.of_all_colours(cover)
    if name == "hand" and level > 1 and not defect:
        thumb(ground, pose, rng)
    return ground


@cache
def _shape() -> NDArray[np.uint8]:
    """White where the card is: a rectangle with round corners."""
    wide, high, corner = round(WIDE_MM * PX_PER_MM), round(HIGH_MM * PX_PER_MM), round(CORNER_MM * PX_PER_MM)
    shape = np.zeros((high, wide), np.uint8)
    cv2.rectangle(shape, (corner, 0), (wide - corner - 1, high - 1), 255, -1)
    cv2.rectangle(shape, (0, corner), (wide - 1, high - corner - 1), 255, -1)
    for x in (corner, wide - corner - 1):
        for y in (corner, high - corner - 1):
            cv2.circle(shape, (x, y), corner, 255, -1, cv2.LINE_AA)
    return shape


def _matrix(pose: Pose) -> NDArray[np.float64]:
    wide, high = round(WIDE_MM * PX_PER_MM), round(HIGH_MM * PX_PER_MM)
    flat = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(flat, pose.corners.astype(np.float32)), np.float64)


def _placed(box: tuple[float, float, float, float], matrix: NDArray[np.float64]) -> Points:
    left, top, right, bottom = (value * PX_PER_MM for value in box)
    flat = np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]], np.float64)
    return _listed(cv2.perspectiveTransform(flat, matrix)[0])


def _listed(points: NDArray[np.float64]) -> Points:
    return [[round(float(x), 1), round(float(y), 1)] for x, y in points]
