from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_liveness.layers.challenge import ACTIONS
from padkit_liveness.plan import checked, drawn
from padkit_sdk import Refused
from padkit_sdk.ports import FaceStep, FaceStepKind

LOOK, FLASH = FaceStepKind.LOOK, FaceStepKind.FLASH


@given(st.integers())
def test_a_plan_is_look_two_actions_and_three_or_four_colours(seed):
    steps = drawn(Random(seed))
    kinds = [step.kind for step in steps]
    colours = [step.colour for step in steps[3:]]
    assert kinds[0] is LOOK
    assert len({*kinds[1:3]} & {*ACTIONS}) == 2
    assert set(kinds[3:]) == {FLASH}
    assert len(colours) in (3, 4)
    assert all(one != other for one, other in pairwise(colours))
    assert checked(steps) == steps


def test_plans_differ():
    assert len({drawn(Random(seed)) for seed in range(40)}) > 35


@pytest.mark.parametrize(
    "steps",
    [
        [FaceStep(FaceStepKind.NOD)],
        [FaceStep(LOOK)] * 17,
        [FaceStep(LOOK), FaceStep(FLASH)],
        [FaceStep(LOOK), FaceStep(FLASH, "red")],
        [FaceStep(LOOK), FaceStep(FLASH, "#ff0000\n")],
        [FaceStep(LOOK, "#ff0000")],
        [FaceStep(LOOK), FaceStep(FLASH, "#ff0000"), FaceStep(FaceStepKind.NOD)],
        [FaceStep(LOOK, timeout_s=0.0)],
        [FaceStep(LOOK, timeout_s=float("nan"))],
    ],
)
def test_a_plan_that_nobody_could_follow_is_refused(steps):
    with pytest.raises(Refused) as caught:
        checked(steps)
    assert caught.value.reason == "face.steps"
