from __future__ import annotations

import pytest

from padkit_liveness.config import read_config
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
