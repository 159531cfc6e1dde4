"""The arithmetic behind the site's detector; the model itself is the site's and not here."""

from __future__ import annotations

import numpy as np

from padkit_liveness.yunet import STRIDES, decoded


def test_an_answer_in_one_cell_becomes_its_box_and_points():
    high, wide = 64, 96
    cells = [(high // stride) * (wide // stride) for stride in STRIDES]
    outputs = [np.zeros((1, count, size), np.float32) for size in (1, 1, 4, 10) for count in cells]
    at = 2 * (wide // 8) + 5  # row 2, column 5 of the finest grid
    outputs[0][0, at] = outputs[3][0, at] = 0.81
    outputs[6][0, at] = [0.5, 0.5, np.log(3), np.log(4)]
    boxes, scores, points = decoded(outputs, high, wide)[0]
    assert np.isclose(scores[at], 0.81)
    assert np.allclose(boxes[at], [5.5 * 8 - 12, 2.5 * 8 - 16, 24, 32])
    assert np.allclose(points[at], [[40, 16]] * 5)
    assert np.count_nonzero(scores) == 1
