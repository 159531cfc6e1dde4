from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from padkit_liveness.faces import Face, kept


def test_boxes_that_overlap_are_one_face_and_the_better_stays():
    boxes = np.array([[0, 0, 10, 10], [1, 1, 10, 10], [30, 30, 10, 10]], dtype=float)
    assert kept(boxes, np.array([0.6, 0.9, 0.7])) == [1, 2]


def test_no_box_is_no_face():
    assert kept(np.zeros((0, 4)), np.zeros(0)) == []


@given(st.lists(st.tuples(*[st.floats(0, 100)] * 2, *[st.floats(1, 50)] * 2, st.floats(0, 1)), min_size=1, max_size=20))
def test_the_best_stays_and_nobody_twice(rows):
    table = np.array(rows)
    stay = kept(table[:, :4], table[:, 4])
    assert table[stay[0], 4] == table[:, 4].max()
    assert len(set(stay)) == len(stay)
    assert list(table[stay, 4]) == sorted(table[stay, 4], reverse=True)


def test_corners_go_round_from_the_top_left():
    face = Face(10, 20, 30, 40, 1.0, (0, 0), (0, 0), (0, 0), (0, 0))
    assert face.corners == ((10, 20), (40, 20), (40, 60), (10, 60))
    assert face.centre == (25, 40)
