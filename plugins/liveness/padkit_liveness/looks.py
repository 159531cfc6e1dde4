"""What a frame looks like besides its face: light on skin and on what is behind, brightness, sharpness, repeats and noise."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import cv2
import numpy as np

from padkit_liveness.faces import Floats
from padkit_liveness.mesh import CHIN, FOREHEAD, LEFT_CHEEK, RIGHT_CHEEK, Mesh
from padkit_vision.pictures import Pixels

FOREHEAD_POINTS = (67, 297, 299, 69)  # clockwise from the person's upper right
RIGHT_CHEEK_POINTS = (117, 36, 207, 187)
LEFT_CHEEK_POINTS = (346, 266, 427, 411)
GAMMA = 2.2
EACH = 3  # of a patch's rows and columns: enough for a mean
DARK, BRIGHT = 8, 247  # beyond these a block holds no noise to compare
BLOCK = 8  # the side of a JPEG's block


@dataclass(frozen=True, slots=True)
class Light:
    """Mean light of skin (forehead and cheeks) and of what is beside the head: linear blue, green, red, each 0 to 1.

    `behind` are two places, left and right of the head. `bright` is the skin's brightness as shown, 0 to 255.
    """

    skin: Floats
    behind: tuple[Floats, Floats]
    bright: float


def light(pixels: Pixels, mesh: Mesh) -> Light:
    """Measure the light of a frame with a face."""
    points = mesh.points[:, :2]
    patches = [
        _mean(pixels, _box(points[list(ring)])) for ring in (FOREHEAD_POINTS, RIGHT_CHEEK_POINTS, LEFT_CHEEK_POINTS)
    ]
    skin = np.mean(patches, axis=0)
    left, right = sorted((points[RIGHT_CHEEK, 0], points[LEFT_CHEEK, 0]))
    top, bottom = points[FOREHEAD, 1], points[CHIN, 1]
    wide = right - left
    behind = (
        _mean(pixels, (left - 1.0 * wide, top, left - 0.5 * wide, bottom)),
        _mean(pixels, (right + 0.5 * wide, top, right + 1.0 * wide, bottom)),
    )
    return Light(skin, behind, float(255 * np.mean(skin) ** (1 / GAMMA)))


def _box(points: Floats) -> tuple[float, float, float, float]:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _mean(pixels: Pixels, box: tuple[float, float, float, float]) -> Floats:
    """Mean light in `box` (left, top, right, bottom) as far as it lies in the picture, at least one pixel."""
    high, wide = pixels.shape[:2]
    left, right = (min(max(round(it), 0), wide - 1) for it in (box[0], box[2]))
    top, bottom = (min(max(round(it), 0), high - 1) for it in (box[1], box[3]))
    patch = np.ascontiguousarray(pixels[top : bottom + 1 : EACH, left : right + 1 : EACH])
    return np.array(cv2.mean(cv2.LUT(patch, LINEAR))[:3])


LINEAR = ((np.arange(256, dtype=np.float32) / 255) ** GAMMA).astype(np.float32)


def grey(pixels: Pixels) -> Pixels:
    """The frame without its colours."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def sharpness(plain: Pixels, mesh: Mesh) -> float:
    """How much fine detail the face has: the variance of its Laplacian at a width of 96 pixels."""
    left, top, right, bottom = _box(mesh.points[:, :2])
    high, wide = plain.shape
    crop = plain[max(0, int(top)) : min(high, int(bottom)), max(0, int(left)) : min(wide, int(right))]
    if crop.shape[0] < 2 or crop.shape[1] < 2:
        return 0.0
    small = cv2.resize(crop, (96, 96), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(small, cv2.CV_32F).var())


def same_noise(plain: Pixels, before: Pixels) -> float:
    """The share, 0 to 1, of blocks of 8 x 8 that are the same in both frames to the last bit; too dark or bright ones left out.

    A sensor's noise changes every block from frame to frame, also where nothing moves.
    """
    if plain.shape != before.shape:
        return 0.0
    high, wide = (it // BLOCK * BLOCK for it in plain.shape)
    apart = np.ascontiguousarray(cv2.absdiff(plain[:high, :wide], before[:high, :wide]), dtype=np.uint8)
    rows = apart.view(np.uint64).reshape(high // BLOCK, BLOCK, wide // BLOCK)  # a block's row is one number
    changed = np.bitwise_or.reduce(rows, axis=1)
    mean = cv2.resize(plain[:high, :wide], (wide // BLOCK, high // BLOCK), interpolation=cv2.INTER_AREA)
    fit = (mean > DARK) & (mean < BRIGHT)
    return float(((changed == 0) & fit).sum() / max(int(fit.sum()), 1))


def digest_of(plain: Pixels) -> bytes:
    """A digest of every fourth row: two frames of a sensor never share it."""
    return hashlib.blake2b(np.ascontiguousarray(plain[::4]).data, digest_size=16).digest()
