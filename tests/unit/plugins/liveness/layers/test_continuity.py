from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from padkit_liveness.layers.continuity import Continuity
from padkit_sdk.ports import LayerState

ME, OTHER = np.zeros(8), np.full(8, 0.3)


def apart(one, other):
    return float(np.linalg.norm(one - other))


def fed(frames):
    layer = Continuity(0.45, apart)
    for frame in frames:
        layer.feed(frame)
    return layer


def test_the_same_face_all_the_time_passes(script):
    found = fed(script.frame(embedding=ME + 0.01 * number) for number in range(8)).found()
    assert found.state is LayerState.PASSED
    assert found.score == pytest.approx(0.06 * 8**0.5)


def test_another_face_in_the_middle_fails_though_the_first_comes_back(script):
    layer = fed(script.frame(embedding=OTHER if number in (4, 5) else ME) for number in range(10))
    assert (layer.found().state, layer.found().reasons) == (LayerState.FAILED, ("continuity.other_face",))


def test_one_bad_sample_is_forgiven_and_asks_for_another(script):
    layer = fed(script.frame(embedding=vector) for vector in (ME, ME, ME, OTHER))
    assert layer.doubt
    layer.feed(script.frame(embedding=ME))
    assert not layer.doubt
    assert layer.found().state is LayerState.PASSED


def test_a_face_that_jumps_fails(script):
    frames = [script.frame(embedding=ME) for _ in range(5)]
    frames.append(script.frame(embedding=ME, left=0.55, right=0.85))
    assert fed(frames).found().reasons == ("continuity.jump",)


def test_times_that_fall_and_gaps_fail(script):
    frames = [script.frame(embedding=ME) for _ in range(6)]
    falling = [*frames[:5], replace(frames[5], at_s=frames[4].at_s)]
    assert fed(falling).found().reasons == ("continuity.time",)
    assert fed([*frames[:5], replace(frames[5], at_s=9.0)]).found().reasons == ("continuity.gap",)


@pytest.mark.parametrize(("hidden", "reasons"), [(25, ("continuity.gap",)), (12, ())])
def test_a_face_that_is_gone_for_two_seconds_may_be_another_when_it_is_back(script, hidden, reasons):
    shown = [6 * [ME], hidden * [None], 6 * [ME]]
    frames = [script.frame(faces=vector is not None, embedding=vector) for part in shown for vector in part]
    assert fed(frames).found().reasons == reasons


def test_few_samples_say_nothing(script):
    found = fed([script.frame(embedding=ME), *(script.frame() for _ in range(30))]).found()
    assert (found.state, found.reasons) == (LayerState.INCONCLUSIVE, ("continuity.few_samples",))
