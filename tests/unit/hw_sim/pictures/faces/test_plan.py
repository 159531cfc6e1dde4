"""Plans: read, drawn, and never the same as an earlier one where that matters."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.pictures.faces.plan import ACTIONS, FLASH, LOOK, Step, drawn_plan, other_plan, read_steps
from padkit_sim.pictures.faces.timeline import told_at


def test_steps_are_read_in_order():
    assert read_steps("look, turn_left,flash:#FF0000") == (Step("look"), Step("turn_left"), Step("flash", "#ff0000"))


@pytest.mark.parametrize(
    "text", ["", "jump", "flash", "flash:red", "flash:#ff00", "nod:#ff0000", "look," * 40 + "look"]
)
def test_what_is_no_step_is_refused(text):
    with pytest.raises(SimRefused):
        read_steps(text)


@pytest.mark.parametrize("seed", range(20))
def test_a_drawn_plan_is_a_look_two_actions_and_three_or_four_flashes(seed):
    plan = drawn_plan(random.Random(seed))
    assert plan[0].kind == LOOK
    assert len({step.kind for step in plan[1:3]} & set(ACTIONS)) == 2
    flashes = plan[3:]
    assert len(flashes) in (3, 4)
    assert {step.kind for step in flashes} == {FLASH}
    assert all(one.colour != next_.colour for one, next_ in pairwise(flashes))


@pytest.mark.parametrize("seed", range(20))
def test_another_plan_has_other_actions_or_another_order_and_other_colours(seed):
    rng = random.Random(seed)
    plan = drawn_plan(rng)
    other = other_plan(plan, rng)
    assert [step.kind for step in other[1:3]] != [step.kind for step in plan[1:3]]
    assert all(one.colour != two.colour for one, two in zip(plan[3:], other[3:], strict=False))


def test_each_step_has_its_moment_and_the_end_comes_last():
    plan = read_steps("look,nod,flash:#00ff00")
    moments = told_at(plan, 2.0, random.Random(1))
    assert len(moments) == 4
    assert moments[0] == 0.0
    assert list(moments) == sorted(set(moments))
    assert moments[2] - moments[1] > 2.0
