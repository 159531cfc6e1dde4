from __future__ import annotations

import cv2
import numpy as np

from padkit_liveness.looks import digest_of, grey, light, same_noise, sharpness
from padkit_liveness.mesh import find_mesh

CHANCE = np.random.default_rng(3)


def noisy(pixels):
    return np.clip(pixels + CHANCE.normal(0, 2, pixels.shape), 0, 255).astype(np.uint8)


def test_light_is_that_of_skin_and_of_what_is_beside_the_head(eyes, portrait):
    mesh = find_mesh(eyes.engine, portrait, eyes.people(portrait)[0])
    plain, red = light(portrait, mesh), light(np.clip(portrait * [0.7, 0.7, 1.0], 0, 255).astype(np.uint8), mesh)
    assert plain.skin[2] > plain.skin[0]
    assert red.skin[0] < 0.55 * plain.skin[0]
    assert abs(red.skin[2] - plain.skin[2]) < 0.01
    assert 60 < plain.bright < 230


def test_a_blurred_face_is_less_sharp(eyes, portrait):
    mesh = find_mesh(eyes.engine, portrait, eyes.people(portrait)[0])
    blurred = cv2.GaussianBlur(portrait, (0, 0), 4)
    assert sharpness(grey(blurred), mesh) < 0.3 * sharpness(grey(portrait), mesh)


def test_noise_of_a_sensor_is_never_the_same():
    still = np.full((480, 640), 120, np.uint8)
    assert same_noise(noisy(still), noisy(still)) < 0.01
    frozen = noisy(still)
    moved = frozen.copy()
    moved[:, :160] = noisy(still[:, :160])
    assert abs(same_noise(moved, frozen) - 0.75) < 0.02


def test_black_white_and_other_sizes_say_nothing_of_noise():
    black, white = np.zeros((64, 64), np.uint8), np.full((64, 64), 255, np.uint8)
    assert same_noise(black, black) == same_noise(white, white) == same_noise(black, np.zeros((32, 32), np.uint8)) == 0


def test_a_digest_tells_frames_apart():
    still = np.full((48, 64, 3), 120, np.uint8)
    assert digest_of(still) == digest_of(still.copy())
    assert digest_of(still) != digest_of(noisy(still))
