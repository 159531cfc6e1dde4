from __future__ import annotations

import cv2
import numpy as np
import pytest

from padkit_liveness.mesh import CHIN, FOREHEAD, LEFT_CHEEK, NOSE, RIGHT_CHEEK, Mesh, find_mesh, ratios


def meshed(eyes, pixels):
    return find_mesh(eyes.engine, pixels, eyes.people(pixels)[0])


def test_the_committed_face_gets_its_points(eyes, portrait):
    mesh = meshed(eyes, portrait)
    points = mesh.points
    assert mesh.presence > 0.9
    assert points[RIGHT_CHEEK, 0] < points[NOSE, 0] < points[LEFT_CHEEK, 0]
    assert points[FOREHEAD, 1] < points[NOSE, 1] < points[CHIN, 1]
    assert points[NOSE, 2] < points[FOREHEAD, 2]


def test_a_face_that_leans_says_the_same(eyes, portrait):
    straight = ratios(meshed(eyes, portrait))
    high, wide = portrait.shape[:2]
    lean = cv2.getRotationMatrix2D((wide / 2, high / 2), 15, 1.0)
    leaning = ratios(meshed(eyes, cv2.warpAffine(portrait, lean, (wide, high), borderMode=cv2.BORDER_REPLICATE)))
    assert leaning.yaw == pytest.approx(straight.yaw, abs=0.08)
    assert leaning.pitch == pytest.approx(straight.pitch, abs=0.05)
    assert leaning.mouth == pytest.approx(straight.mouth, abs=0.05)


def test_a_mirrored_face_is_turned_the_other_way(eyes, portrait):
    there, mirrored = ratios(meshed(eyes, portrait)), ratios(meshed(eyes, np.ascontiguousarray(portrait[:, ::-1])))
    assert mirrored.yaw == pytest.approx(-there.yaw, abs=0.08)


def test_a_second_look_says_the_same_to_the_last_bit(eyes, portrait):
    assert np.array_equal(meshed(eyes, portrait).points, meshed(eyes, portrait).points)


def test_points_in_one_place_are_no_reason_to_fail():
    assert ratios(Mesh(np.zeros((468, 3)), 0.0)).mouth == 0.0
