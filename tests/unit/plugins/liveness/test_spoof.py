"""What is put before the site's models; they themselves are the site's and not here."""

from __future__ import annotations

import numpy as np
import pytest

from padkit_liveness.faces import Face
from padkit_liveness.spoof import available, cropped

X, Y = np.meshgrid(np.arange(640), np.arange(480))
PLACES = np.stack((X % 256, Y % 256, (X // 256) * 100), axis=-1).astype(np.uint8)


def face(left, top, size):
    return Face(left, top, size, size, 1.0, (0, 0), (0, 0), (0, 0), (0, 0))


def test_the_box_is_grown_about_its_middle():
    crop = cropped(PLACES, face(300, 220, 60), 2.7)
    assert crop.shape == (80, 80, 3)
    assert int(crop[40, 40, 1]) == pytest.approx(250, abs=3)
    assert int(crop[-1, 40, 1]) - int(crop[40, 40, 1]) == pytest.approx(81 - 256, abs=4)


@pytest.mark.parametrize("where", [(0, 0), (600, 440), (-30, -30), (630, 470)])
def test_at_an_edge_it_is_shifted_into_the_picture(where):
    assert cropped(PLACES, face(*where, 60), 4.0).shape == (80, 80, 3)


def test_a_face_as_large_as_the_picture_grows_no_further():
    assert cropped(PLACES, face(80, 0, 479), 4.0).shape == (80, 80, 3)


def test_without_the_sites_models_it_is_not_available(eyes):
    assert not available(eyes.engine)
