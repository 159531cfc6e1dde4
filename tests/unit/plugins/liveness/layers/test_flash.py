from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from face_script import Script
from hypothesis import given
from hypothesis import strategies as st

from padkit_liveness.layers.flash import PAGE, Flash, answer, chroma
from padkit_liveness.plan import COLOURS
from padkit_sdk.ports import FaceStep, FaceStepKind, LayerState

SEQUENCE = ("#ff0000", "#0000ff", "#00ff00")
LASTS = 12  # frames of a colour


def plan(colours):
    return (FaceStep(FaceStepKind.LOOK), *(FaceStep(FaceStepKind.FLASH, colour) for colour in colours))


def lit(colour, gain, base=(0.3, 0.3, 0.4)):
    """Linear light of a thing under a colour of the screen, or under the page."""
    screen = np.full(3, PAGE)
    if colour:
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        screen = np.array([blue, green, red]) ** 2.2
    return tuple(np.array(base) * (1 + gain * screen) / (1 + gain * PAGE))


def seen(script, asked, shown, *, skin=0.7, behind=0.07, late=2, noise=0.0, replayed=False):
    """What the layer finds when `asked` was asked and `shown` fell on the face, `late` frames after."""
    chance = np.random.default_rng(1)
    layer = Flash(plan(asked), 0.8, replayed=replayed)
    for number in range(-12, LASTS * len(asked) + (late if replayed else 0)):
        told, fallen = number // LASTS, (number - late) // LASTS
        step = 0 if number < 0 else 1 + told
        colour = shown[min(fallen, len(shown) - 1)] if number >= late and shown else ""
        light = [
            tuple(np.array(lit(colour, gain)) * (1 + chance.normal(0, noise, 3))) for gain in (skin, behind, behind)
        ]
        layer.feed(script.frame(step, skin=light[0], behind=(light[1], light[2])))
    return layer.found()


def test_skin_that_follows_before_a_wall_that_does_not_passes(script):
    found = seen(script, SEQUENCE, SEQUENCE, noise=0.01)
    assert (found.state, found.reasons) == (LayerState.PASSED, ())
    assert found.score > 0.95


@given(colours=st.lists(st.sampled_from(COLOURS), min_size=3, max_size=4), late=st.integers(0, 6))
def test_any_sequence_is_followed_at_any_delay_that_may_be(colours, late):
    if any(one == other for one, other in pairwise(colours)):
        return
    assert seen(Script(), colours, colours, late=late, noise=0.01).state is LayerState.PASSED


@pytest.mark.parametrize("shown", [("#00ff00", "#ff0000", "#0000ff"), ("#0000ff", "#00ff00", "#ff0000"), ()])
def test_other_colours_or_none_are_not_followed(script, shown):
    found = seen(script, SEQUENCE, shown, noise=0.01)
    assert (found.state, found.reasons) == (LayerState.FAILED, ("flash.not_followed",))


def test_a_background_that_follows_too_is_one_surface_with_the_face(script):
    found = seen(script, SEQUENCE, SEQUENCE, behind=0.6, noise=0.01)
    assert (found.state, found.reasons) == (LayerState.FAILED, ("flash.background",))


def test_in_bright_light_nothing_can_be_told(script):
    found = seen(script, SEQUENCE, SEQUENCE, skin=0.05, behind=0.01, noise=0.001)
    assert (found.state, found.reasons) == (LayerState.INCONCLUSIVE, ("flash.too_bright",))


def test_colours_that_were_not_reached_leave_it_open(script):
    layer = Flash(plan(SEQUENCE), 0.8, replayed=False)
    for _ in range(20):
        layer.feed(script.frame(1))
    assert layer.found().reasons == ("flash.not_done",)


def test_a_face_that_was_away_leaves_it_open(script):
    layer = Flash(plan(SEQUENCE), 0.8, replayed=False)
    for step in (1, 2, 3):
        for _ in range(12):
            layer.feed(script.frame(step, faces=0))
    assert layer.found().reasons == ("flash.few_frames",)


def test_a_plan_without_colours_asks_nothing():
    assert Flash(plan(()), 0.8, replayed=False).found().state is LayerState.NOT_AVAILABLE


def test_an_answer_is_the_change_of_chroma():
    assert answer("#ff0000")[0] > 0.3
    assert answer("#0000ff")[1] > 0.3
    assert np.allclose(answer("#ffffff"), 0)
    assert np.allclose(chroma(np.zeros(3)), 0)


def test_a_recording_keeps_its_own_time(script):
    late = 18
    assert seen(script, SEQUENCE, SEQUENCE, late=late, noise=0.01).state is LayerState.FAILED
    assert seen(script, SEQUENCE, SEQUENCE, late=late, noise=0.01, replayed=True).state is LayerState.PASSED
