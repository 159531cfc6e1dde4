"""How a person moves: out and back after a reaction time, and never quite still."""

from __future__ import annotations

import random

import pytest

from padkit_sim.pictures.faces.acting import CLOSED_PX, Actor
from padkit_sim.pictures.faces.plan import Step

SEEDS = range(6)


def farthest(kind: str, seed: int, value):
    actor = Actor(random.Random(seed))
    actor.tell(Step(kind), 1.0)
    return max(value(actor.pose(1.0 + tick / 20)) for tick in range(60))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("kind", "value", "least"),
    [
        ("turn_left", lambda pose: pose.left, 13),
        ("turn_right", lambda pose: -pose.left, 13),
        ("nod", lambda pose: pose.down, 12),
        ("open_mouth", lambda pose: pose.open_px - CLOSED_PX, 13),
    ],
)
def test_an_action_goes_out_as_far_as_asked_and_no_other_does(seed, kind, value, least):
    assert farthest(kind, seed, value) > least
    for other in {"turn_left", "turn_right", "nod", "open_mouth"} - {kind}:
        assert farthest(other, seed, value) < least / 2


@pytest.mark.parametrize("seed", SEEDS)
def test_it_begins_after_the_reaction_time_and_ends_where_it_began(seed):
    actor, still = Actor(random.Random(seed)), Actor(random.Random(seed))
    actor.tell(Step("turn_left"), 1.0)
    before, after = 1.0 + actor.habits.reaction_s, 1.0 + actor.habits.takes_s + 1
    assert actor.pose(before - 0.01) == still.pose(before - 0.01)
    assert actor.pose(after) == still.pose(after)


def test_a_person_is_never_quite_still():
    actor = Actor(random.Random(1))
    poses = [actor.pose(tick / 10) for tick in range(30)]
    assert len(set(poses)) == 30
    assert max(pose.x for pose in poses) - min(pose.x for pose in poses) < 20


def test_the_same_chances_give_the_same_person():
    assert Actor(random.Random(3)).pose(2.5) == Actor(random.Random(3)).pose(2.5)
    assert Actor(random.Random(3)).habits != Actor(random.Random(4)).habits
