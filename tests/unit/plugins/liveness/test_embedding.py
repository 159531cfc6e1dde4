from __future__ import annotations

import random

import cv2
import numpy as np
import pytest

from padkit_liveness.embedding import embed, embedder, embedders
from padkit_liveness.mesh import find_mesh
from padkit_sdk import Refused
from padkit_sim.pictures.faces.acting import Actor
from padkit_sim.pictures.faces.head import head_of
from padkit_sim.pictures.faces.people import PEOPLE
from padkit_sim.pictures.faces.scene import Living

DLIB, SFACE = embedder("dlib_face_resnet_v1_fp16w"), embedder("face_recognition_sface_2021dec")


def vector(eyes, pixels):
    return embed(eyes.engine, DLIB, pixels, find_mesh(eyes.engine, pixels, eyes.people(pixels)[0]))


def test_the_same_picture_twice_is_the_same_vector(eyes, portrait):
    first, second = vector(eyes, portrait), vector(eyes, portrait)
    assert first.shape == (128,)
    assert np.array_equal(first, second)


def test_a_darker_smaller_softer_picture_is_near(eyes, portrait):
    worse = cv2.GaussianBlur(cv2.resize(portrait, None, fx=0.7, fy=0.7), (0, 0), 1.0)
    worse = np.clip(worse * 0.8, 0, 255).astype(np.uint8)
    assert DLIB.distance(vector(eyes, portrait), vector(eyes, worse)) < 0.35


def test_another_person_is_far(eyes):
    rng = random.Random(1)
    first, second = (Living([(head_of(who), Actor(rng))], rng).seen(0.0) for who in PEOPLE[:2])
    assert DLIB.distance(vector(eyes, first), vector(eyes, second)) > 0.5


def test_each_recipe_has_its_model_and_measures_as_it_says():
    one, other = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert DLIB.distance(one, other) == pytest.approx(2**0.5)
    assert SFACE.distance(one, other) == pytest.approx(1.0)
    assert all(it.distance(one, one) == 0 for it in embedders().values())
    assert DLIB.score(0.0) == 1.0
    assert DLIB.score(1.7) == 0.0
    assert DLIB.score(0.4) > DLIB.score(0.5)


def test_an_unknown_embedder_is_refused():
    with pytest.raises(Refused) as caught:
        embedder("somebody's")
    assert caught.value.reason == "setting.type"
