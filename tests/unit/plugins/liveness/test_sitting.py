from __future__ import annotations

import cv2
import numpy as np
import pytest

from padkit_liveness.config import read_config
from padkit_liveness.eyes import Before, Frame
from padkit_liveness.sitting import MAX_FRAMES, PASSIVE_EACH, Sitting
from padkit_sdk import Refused
from padkit_sdk.ports import FacePlan, FaceStep, FaceStepKind


@pytest.fixture
def sitting(eyes):
    steps = (FaceStep(FaceStepKind.LOOK, timeout_s=30.0), FaceStep(FaceStepKind.NOD, timeout_s=30.0))
    return Sitting(FacePlan("s", steps, 12.0), eyes, read_config({}), replayed=False)


def test_it_takes_so_many_frames_and_no_more(sitting):
    for number in range(MAX_FRAMES):
        sitting.expect(number * 0.04)
    with pytest.raises(Refused) as caught:
        sitting.expect(50.0)
    assert caught.value.reason == "face.frames"


def test_it_ends_by_itself(sitting):
    sitting.expect(100.0)
    with pytest.raises(Refused) as caught:
        sitting.expect(100.0 + 30 + 30 + 11)
    assert caught.value.reason == "face.session"


def test_what_is_sampled_is_sampled_at_its_times(sitting):
    wanted = [sitting.expect(number * 0.1) for number in range(12)]
    assert [one.passive for one in wanted].count(True) == 12 // PASSIVE_EACH
    assert all(one.sample for one in wanted)  # none was taken yet


@pytest.mark.parametrize("at_s", [float("nan"), float("inf"), float("-inf")])
def test_a_time_that_is_no_number_is_refused_and_the_next_ones_must_rise_all_the_same(sitting, at_s):
    sitting.expect(-7.0)
    with pytest.raises(Refused) as caught:
        sitting.expect(at_s)
    assert caught.value.reason == "face.time"
    with pytest.raises(Refused) as caught:
        sitting.expect(-8.0)
    assert caught.value.reason == "face.time"


ME, OTHER, GLIMPSED = np.zeros(128), np.full(128, 0.2), 200


def a_frame(script, value, **seen):
    """A frame of one grey, with the face that `seen` says."""
    pixels = np.full((48, 64, 3), value, np.uint8)
    shown = script.frame(**seen)
    return shown.at_s, Frame(1, shown.seen, "", (), shown.digest, 0.0, pixels, Before(pixels[:, :, 0], None))


def best_of(sitting):
    data = np.frombuffer(sitting.verdict().best_frame.data, np.uint8)
    return int(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE).mean())


@pytest.mark.parametrize("shown", [{}, {"embedding": OTHER}, {"embedding": ME, "presence": 0.1}])
def test_a_face_that_is_glimpsed_is_never_the_one_that_a_portrait_is_compared_with(sitting, script, shown):
    for _ in range(3):
        sitting.take(*a_frame(script, 50, embedding=ME))
    sitting.take(*a_frame(script, GLIMPSED, sharpness=1000.0, **shown))
    assert best_of(sitting) == 50
    sitting.take(*a_frame(script, 90, sharpness=500.0, embedding=ME))
    assert best_of(sitting) == 90


def test_what_is_printed_of_a_frame_shows_nobody(sitting, script):
    at_s, frame = a_frame(script, GLIMPSED, embedding=np.full(128, 0.123456))
    sitting.take(at_s, frame)
    printed = repr((frame, sitting.expect(at_s + 1)))
    assert not any(word in printed for word in ("0.123456", "array", str(GLIMPSED)))
