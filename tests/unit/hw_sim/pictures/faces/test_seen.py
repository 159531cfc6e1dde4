"""What models see in the drawn faces: that an action is the action it claims to be, and that people are themselves and no other.

Simulator and plugin meet here, as on a kit: through pictures.
"""

from __future__ import annotations

import time
from functools import cache
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

import padkit_liveness
from padkit_liveness import blazeface
from padkit_liveness.embedding import embed, embedder
from padkit_liveness.mesh import find_mesh, ratios
from padkit_sim.pictures.faces.acting import CLOSED_PX
from padkit_sim.pictures.faces.head import head_of
from padkit_sim.pictures.faces.people import PEOPLE
from padkit_sim.pictures.faces.plan import Step
from padkit_sim.pictures.faces.pose import Pose, look
from padkit_sim.pictures.faces.sitting import Sitting, play
from padkit_vision.engine import Engine
from padkit_vision.shelf import read_shelf

RECIPE = embedder("dlib_face_resnet_v1_fp16w")
NAMES = [one.name for one in PEOPLE]


@cache
def engine() -> Engine:
    return Engine(read_shelf(Path(padkit_liveness.__file__).parent / "models", None), time.monotonic)


@cache
def seen(name: str, **pose: float):
    """Face, ratios and vector of a person in a pose before a grey wall."""
    who = next(one for one in PEOPLE if one.name == name)
    colours, matte, _ = look(head_of(who), Pose(**{"open_px": CLOSED_PX, **pose}))
    pixels = (colours * matte[..., None] + 120 * (1 - matte[..., None])).astype(np.uint8)
    (face,) = blazeface.detect(engine(), pixels)
    mesh = find_mesh(engine(), pixels, face)
    return face, ratios(mesh), embed(engine(), RECIPE, pixels, mesh)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("pose", "measure", "sign", "least"),
    [
        ({"left": 16}, "yaw", 1, 0.3),
        ({"left": -16}, "yaw", -1, 0.3),
        ({"down": 15}, "pitch", 1, 0.06),
        ({"open_px": 11}, "mouth", 1, 0.15),
    ],
    ids=["turn_left", "turn_right", "nod", "open_mouth"],
)
def test_the_mesh_sees_the_action(name, pose, measure, sign, least):
    change = getattr(seen(name, **pose)[1], measure) - getattr(seen(name)[1], measure)
    assert sign * change > least


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("wide", [180, 220])
def test_the_face_is_as_wide_as_was_asked(name, wide):
    assert seen(name, face_px=wide)[0].width == pytest.approx(wide, rel=0.2)


@pytest.mark.parametrize("name", NAMES)
def test_a_person_stays_the_same_in_motion(name):
    poses = ({"left": 16}, {"left": -16}, {"down": 15}, {"open_px": 11})
    assert max(RECIPE.distance(seen(name)[2], seen(name, **pose)[2]) for pose in poses) < 0.5


def test_two_faces_are_two():
    frame = next(play(Sitting("two_faces", 3, (Step("look"),))).frames)
    pixels = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert len(blazeface.detect(engine(), pixels)) == 2


@pytest.mark.parametrize(("one", "other"), [*combinations(NAMES, 2)])
def test_two_people_are_not_the_same(one, other):
    assert RECIPE.distance(seen(one)[2], seen(other)[2]) > 0.6
