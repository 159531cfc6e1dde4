from __future__ import annotations

import shutil
import time
import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest

import padkit_liveness
from padkit_liveness.eyes import LONG, Eyes
from padkit_sdk import Refused
from padkit_vision.engine import Engine
from padkit_vision.shelf import ModelFile, read_shelf

MODELS = Path(padkit_liveness.__file__).parent / "models"


def test_a_frame_says_the_same_twice(eyes, picture, portrait):
    first, second = (eyes.frame(picture(portrait), None, sample=True, passive=True) for _ in range(2))
    assert first.seen is not None and second.seen is not None
    assert (first.box, first.digest, first.seen.yaw, first.seen.skin) == (
        second.box,
        second.digest,
        second.seen.yaw,
        second.seen.skin,
    )
    assert np.array_equal(first.seen.embedding, second.seen.embedding)
    assert first.seen.passive is None


def test_a_large_frame_is_made_smaller_and_its_box_is_where_it_was(eyes, picture, portrait):
    small = eyes.frame(picture(portrait), None, sample=False, passive=False)
    scale = 2000 / max(portrait.shape)
    large = eyes.frame(picture(cv2.resize(portrait, None, fx=scale, fy=scale)), None, sample=False, passive=False)
    assert max(large.small.shape) == LONG
    assert np.allclose(np.array(large.box) / scale, np.array(small.box), atol=12)


def test_hints_say_what_to_change(eyes, picture, portrait):
    assert eyes.frame(picture(np.zeros((480, 640, 3), np.uint8)), None, sample=False, passive=False).hint == "face.none"
    twice = np.hstack((portrait, portrait))
    assert eyes.frame(picture(twice), None, sample=False, passive=False).hint == "face.many"
    wide = cv2.copyMakeBorder(portrait, 60, 60, 120, 120, cv2.BORDER_REPLICATE)
    assert eyes.frame(picture(wide), None, sample=False, passive=False).hint == "face.closer"


def test_a_model_that_was_changed_is_refused(tmp_path):
    shelf = tmp_path / "models"
    shutil.copytree(MODELS, shelf)
    model = shelf / "face_landmark_468.onnx"
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 1
    model.chmod(0o644)
    model.write_bytes(data)
    with pytest.raises(Refused) as caught:
        Eyes(Engine(read_shelf(shelf, None), time.monotonic), "dlib_face_resnet_v1_fp16w").load()
    assert caught.value.reason == "model.changed"


def test_the_sites_models_are_taken_when_they_are_there(tmp_path):
    brought = tmp_path / "any-name"
    brought.write_bytes(b"a model")
    shelf = read_shelf(MODELS, None)
    names = ("yunet_n_dynamic", "MiniFASNetV2_2.7_80x80", "MiniFASNetV1SE_4.0_80x80")
    for count in range(4):
        site = {name: ModelFile(name, brought, "0" * 64) for name in names[:count]}
        eyes = Eyes(Engine({**shelf, **site}, time.monotonic), "dlib_face_resnet_v1_fp16w")
        assert eyes.has_passive == (count == 3)  # both or none
        assert (names[0] in eyes.names()) == (count > 0)


def test_a_long_picture_without_a_face_is_not_made_larger(eyes, picture):
    long = picture(np.full((1600, 10_000, 3), 128, np.uint8))
    tracemalloc.start()
    try:
        assert eyes.heads(long) == []
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 150e6


def test_what_is_printed_of_a_head_shows_nobody(eyes, picture, portrait):
    (head,) = eyes.heads(picture(portrait))
    assert "vector" not in repr(head)
