from __future__ import annotations

import cv2
import numpy as np
import pytest

from padkit_liveness.faces import Face
from padkit_liveness.mesh import Mesh
from padkit_liveness.trail import FOLLOWED_S, Trail

FACE = Face(0, 0, 100, 100, 1.0, (30, 40), (70, 40), (50, 60), (50, 80))
CORNERS = np.array([[0.0, 0, 0], [100, 0, 0], [100, 120, 0], [0, 120, 0]])
TRAIL = Trail(FACE, Mesh(CORNERS, 0.9), 5.0)


@pytest.mark.parametrize(("later_s", "fresh"), [(0.1, True), (FOLLOWED_S - 0.001, True), (FOLLOWED_S + 0.001, False)])
def test_it_is_fresh_for_a_moment(later_s, fresh):
    assert TRAIL.fresh(5.0 + later_s) == fresh


@pytest.mark.parametrize(
    ("points", "presence", "holds"),
    [
        (CORNERS + 9, 0.9, True),
        (CORNERS + 11, 0.9, False),
        (CORNERS * 1.05, 0.9, True),
        (CORNERS * 1.2, 0.9, False),
        (CORNERS, 0.4, False),
        (CORNERS * np.nan, 0.9, False),
    ],
)
def test_it_holds_for_a_face_that_stayed(points, presence, holds):
    assert TRAIL.holds(Mesh(points, presence)) == holds


@pytest.fixture
def seen(eyes, picture, portrait):
    """Look at one person, then at what comes next so much later; returns the second frame."""
    room = cv2.copyMakeBorder(portrait, 0, 0, 0, portrait.shape[1], cv2.BORDER_CONSTANT, value=(90, 90, 90))

    def look(change, later_s, **asked):
        before = eyes.frame(picture(room, 1.0), None, sample=True, passive=False).before
        after = picture(change(room.copy(), portrait), 1.0 + later_s)
        return eyes.frame(after, before, **{"sample": False, "passive": False, **asked})

    return look


def with_another(room, person):
    room[:, person.shape[1] :] = person
    return room


def elsewhere(room, person):
    return np.roll(room, person.shape[1] // 3, axis=1)


def nobody(room, person):
    return np.full_like(room, 90)


def test_another_face_is_seen_after_a_moment_and_at_once_where_faces_are_compared(seen):
    assert seen(with_another, FOLLOWED_S / 2).faces == 1
    assert seen(with_another, FOLLOWED_S * 2).faces == 2
    assert seen(with_another, FOLLOWED_S / 2, sample=True).faces == 2


def test_a_face_that_moved_or_went_is_looked_for_at_once(seen):
    stayed, moved = seen(lambda room, person: room, FOLLOWED_S / 2), seen(elsewhere, FOLLOWED_S / 2)
    assert moved.box[0][0] - stayed.box[0][0] > 50
    gone = seen(nobody, FOLLOWED_S / 2)
    assert (gone.faces, gone.before.trail) == (0, None)


def test_two_faces_are_looked_for_again(seen):
    assert seen(with_another, FOLLOWED_S * 2).before.trail is None
