from __future__ import annotations

import pytest
from face_script import Script
from hypothesis import given
from hypothesis import strategies as st

from padkit_liveness.layers.head import HeadInFrame, position
from padkit_sdk.ports import LayerState


def fed(frames):
    layer = HeadInFrame()
    for frame in frames:
        layer.feed(frame)
    return layer.found()


def test_one_head_in_place_passes(script):
    found = fed(script.frame() for _ in range(20))
    assert (found.state, found.score, found.reasons) == (LayerState.PASSED, 1.0, ())


@pytest.mark.parametrize(
    ("seen", "hint", "reason"),
    [
        ({"left": 0.4, "right": 0.6}, "face.closer", "head.size"),
        ({"left": 0.2, "right": 0.8}, "face.farther", "head.size"),
        ({"left": 0.1, "right": 0.4}, "face.centre", "head.edge"),
        ({"bottom": 0.9}, "face.centre", "head.edge"),
        ({"top": 0.1}, "face.centre", "head.edge"),
    ],
)
def test_a_head_out_of_place_is_told_and_fails(script, seen, hint, reason):
    frames = [script.frame(**seen) for _ in range(20)]
    assert position(frames[0].seen) == hint
    found = fed(frames)
    assert (found.state, found.reasons) == (LayerState.FAILED, (reason,))


@pytest.mark.parametrize(("left", "right", "hint"), [(0.385, 0.615, "face.closer"), (0.265, 0.735, "face.farther")])
def test_a_head_a_little_out_of_what_was_told_is_told_and_passes(script, left, right, hint):
    """A narrow face where the oval is filled; it was refused in 4 of 50 generated sittings of one person."""
    frames = [script.frame(left=left, right=right) for _ in range(20)]
    assert position(frames[0].seen) == hint
    assert fed(frames).state is LayerState.PASSED


def test_a_second_face_fails_even_when_it_is_short(script):
    found = fed([script.frame(faces=2 if 10 <= number < 13 else 1) for number in range(40)])
    assert (found.state, found.reasons) == (LayerState.FAILED, ("head.many",))


def test_no_frame_is_no_head():
    assert fed([]).state is LayerState.INCONCLUSIVE


@given(gone=st.lists(st.booleans(), min_size=1, max_size=60))
def test_it_passes_exactly_when_enough_frames_are_good(gone):
    script = Script()
    found = fed(script.frame(faces=0 if away else 1) for away in gone)
    share = gone.count(False) / len(gone)
    assert found.score == pytest.approx(share)
    assert (found.state is LayerState.PASSED) == (share >= 0.8)
