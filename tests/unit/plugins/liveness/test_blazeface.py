from __future__ import annotations

import cv2
import numpy as np
import pytest

from padkit_liveness import blazeface


def test_the_committed_face_is_found_where_it_is(eyes, portrait):
    (face,) = blazeface.detect(eyes.engine, portrait)
    assert face.score > 0.8
    assert face.left < face.right_eye[0] < face.nose[0] < face.left_eye[0] < face.left + face.width
    assert face.right_eye[1] < face.nose[1] < face.mouth[1] < face.top + face.height


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_its_box_grows_with_the_picture(eyes, portrait, scale):
    (face,) = blazeface.detect(eyes.engine, portrait)
    (scaled,) = blazeface.detect(eyes.engine, cv2.resize(portrait, None, fx=scale, fy=scale))
    assert scaled.width == pytest.approx(face.width * scale, rel=0.08)
    assert scaled.nose[0] == pytest.approx(face.nose[0] * scale, abs=0.05 * face.width * scale)


@pytest.mark.parametrize("shape", [(480, 640), (32, 32), (32, 900)])
def test_nothing_is_found_in_nothing(eyes, shape):
    assert blazeface.detect(eyes.engine, np.full((*shape, 3), 128, np.uint8)) == []


def test_there_is_an_anchor_for_each_answer():
    assert blazeface.anchors().shape == (896, 2)
    assert tuple(blazeface.anchors()[0]) == (0.5 / 16, 0.5 / 16)
    assert tuple(blazeface.anchors()[-1]) == (7.5 / 8, 7.5 / 8)
