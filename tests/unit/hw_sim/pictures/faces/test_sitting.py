"""Sittings of every kind: labels, moments, and that each attack differs from a living person by what it claims."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.pictures.faces import kinds
from padkit_sim.pictures.faces.attacks import KINDS
from padkit_sim.pictures.faces.plan import read_steps
from padkit_sim.pictures.faces.sitting import Sitting, play, write

SHORT = read_steps("flash:#ff0000,flash:#0000ff")
FACE = (slice(200, 290), slice(270, 370))  # rows and columns where the face's middle is, whoever sits
WALL = (slice(20, 460), slice(0, 40))  # and where the wall is, left of everybody


@cache
def played(kind: str, seed: int = 3):
    """The sitting, and all its frames."""
    sitting = play(Sitting(kind, seed, SHORT, "first"))
    return sitting, tuple(sitting.frames)


def first(kind: str):
    """Its first frame alone."""
    return next(play(Sitting(kind, 3, SHORT, "first")).frames)


def pixels(frame):
    picture = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (480, 640, 3)
    return picture.astype(np.float64)


def redness(frame, place) -> float:
    """Red less blue there, of the whole brightness."""
    blue, green, red = pixels(frame)[place].mean(axis=(0, 1))
    return (red - blue) / (red + green + blue)


def last_of(frames, step: int):
    return [frame for frame in frames if frame.step == step][-1]


def follows(kind: str, place) -> float:
    """How much redder a place is under the red flash than under the blue one."""
    frames = played(kind)[1]
    return redness(last_of(frames, 0), place) - redness(last_of(frames, 1), place)


def test_every_name_has_its_scene():
    assert tuple(KINDS) == kinds.NAMES


def test_the_same_seed_gives_the_same_bytes_and_another_one_others():
    first = [next(play(Sitting("genuine", seed, SHORT)).frames) for seed in (5, 5, 6)]
    assert first[0] == first[1]
    assert first[0].jpeg != first[2].jpeg


@pytest.mark.parametrize("kind", ["genuine", "virtual_camera", "frozen"])
def test_moments_rise_and_every_step_has_frames(kind):
    sitting, frames = played(kind)
    moments = [frame.at_s for frame in frames]
    assert moments == sorted(set(moments))
    assert {frame.step for frame in frames} == {0, 1}
    assert all(sitting.told_at_s[frame.step] <= frame.at_s < sitting.told_at_s[-1] + 0.1 for frame in frames)
    assert 9 <= len(frames) / moments[-1] <= 16


def test_a_living_face_follows_the_flash_and_the_wall_hardly():
    assert follows("genuine", FACE) > 0.08
    assert follows("genuine", WALL) < follows("genuine", FACE) / 2


@pytest.mark.parametrize("kind", ["screen_close", "virtual_camera"])
def test_what_shines_by_itself_does_not_follow_the_flash(kind):
    assert follows(kind, FACE) < 0.03


def test_a_print_gives_back_the_flash_with_its_background_too():
    assert follows("print_close", WALL) > 0.7 * follows("print_close", FACE) > 0.04


@pytest.mark.parametrize("kind", ["genuine", "screen_close"])
def test_real_cameras_never_repeat_a_frame_and_keep_no_even_time(kind):
    frames = played(kind)[1]
    assert len({frame.jpeg for frame in frames}) == len(frames)
    gaps = {round(two.at_s - one.at_s, 4) for one, two in pairwise(frames)}
    assert len(gaps) > len(frames) / 2


def test_a_virtual_camera_is_even_and_repeats():
    frames = played("virtual_camera")[1]
    gaps = [two.at_s - one.at_s for one, two in pairwise(frames)]
    assert max(gaps) - min(gaps) < 0.0002
    assert len({frame.jpeg for frame in frames}) < 0.7 * len(frames)


def test_a_frozen_camera_loops_from_a_step_on():
    frames = played("frozen")[1]
    assert len({frame.jpeg for frame in frames}) < len(frames)
    assert len({frame.jpeg for frame in frames if frame.step == 0}) == len([f for f in frames if f.step == 0])


def test_a_swap_changes_the_face_at_a_step():
    frames = played("swap")[1]
    jumps = [np.abs(pixels(two)[FACE] - pixels(one)[FACE]).mean() for one, two in pairwise(frames)]
    assert max(jumps) > 3 * sorted(jumps)[-6]


@pytest.mark.parametrize(("near", "close"), [("print", "print_close"), ("screen", "screen_close")])
def test_with_its_edge_in_view_the_room_is_seen_beside_the_picture(near, close):
    """Straight lines of the edge: far stronger than where the edge is out of view."""

    def strongest(kind: str) -> float:
        frame = pixels(first(kind))[100:380, :160]  # rows beside the face, left of it
        return float(np.abs(np.diff(cv2.GaussianBlur(frame, (0, 0), 2), axis=1)).max(axis=(1, 2)).mean())

    assert strongest(near) > 1.5 * strongest(close)


@pytest.mark.parametrize("kind", kinds.NAMES)
def test_every_kind_begins_with_a_frame(kind):
    assert pixels(first(kind)).std() > 20


def test_a_written_sitting_has_its_label_and_its_frames(tmp_path):
    write(Sitting("print", 3, read_steps("flash:#00ff00"), "second"), tmp_path / "one")
    label = json.loads((tmp_path / "one" / "session.json").read_text())
    assert (label["attack"], label["person"], label["seed"]) == ("print", "second", 3)
    assert label["steps"] == [{"kind": "flash", "colour": "#00ff00", "timeout_s": 6.0}]
    assert label["frames"][0] == {"file": "0001.jpg", "at_s": pytest.approx(0.0, abs=0.02), "step": 0}
    assert sorted(it.name for it in (tmp_path / "one").glob("*.jpg")) == [it["file"] for it in label["frames"]]


def test_a_genuine_one_is_no_attack(tmp_path):
    write(Sitting("genuine", 3, read_steps("flash:#00ff00")), tmp_path)
    assert json.loads((tmp_path / "session.json").read_text())["attack"] is None


@pytest.mark.parametrize(("kind", "who"), [("hologram", ""), ("genuine", "nobody")])
def test_who_or_what_is_not_there_is_refused(kind, who):
    with pytest.raises(SimRefused, match="pick one of"):
        play(Sitting(kind, 1, SHORT, who))
