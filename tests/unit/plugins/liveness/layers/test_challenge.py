from __future__ import annotations

import pytest
from face_script import Script
from hypothesis import given
from hypothesis import strategies as st

from padkit_liveness.layers.challenge import ACTIONS, Challenge
from padkit_sdk.ports import FaceStep, FaceStepKind, LayerState

LEFT, RIGHT, MOUTH, NOD = ACTIONS
DONE = {LEFT: {"yaw": 0.5}, RIGHT: {"yaw": -0.5}, MOUTH: {"mouth": 0.4}, NOD: {"pitch": 0.72}}


def plan(*actions):
    return (FaceStep(FaceStepKind.LOOK), *(FaceStep(action) for action in actions))


class Person:
    """Plays what the test says and moves through the plan as a sitting does."""

    def __init__(self, script, steps):
        self.script, self.steps, self.layer, self.step = script, steps, Challenge(steps), 0

    def shows(self, frames=1, **seen):
        for _ in range(frames):
            self.layer.feed(self.script.frame(self.step, **seen))
            if self.step < len(self.steps) and self.layer.over:
                self.step += 1

    def does(self, *actions):
        for action in actions:
            self.shows(4)
            self.shows(4, **DONE[action])
        self.shows(4)

    def found(self):
        return self.layer.found()


@pytest.fixture
def sits(script):
    def sit(*actions):
        person = Person(script, plan(*actions))
        person.shows(14)
        assert person.step == 1
        return person

    return sit


@given(st.permutations(ACTIONS).map(lambda actions: tuple(actions[:2])))
def test_what_was_asked_in_its_order_passes(actions):
    person = Person(Script(), plan(*actions))
    person.shows(14)
    person.does(*actions)
    assert (person.found().state, person.found().score, person.step) == (LayerState.PASSED, 1.0, 3)


@pytest.mark.parametrize("asked", ACTIONS)
@pytest.mark.parametrize("done", ACTIONS)
def test_another_action_than_the_one_asked_fails(sits, asked, done):
    person = sits(asked)
    person.does(done)
    assert (person.found().state is LayerState.PASSED) == (asked is done)
    if asked is not done:
        assert person.found().reasons == ("challenge.wrong",)


def test_the_right_actions_in_the_wrong_order_fail(sits):
    person = sits(LEFT, MOUTH)
    person.does(MOUTH, LEFT)
    assert (person.found().state, person.found().reasons[0]) == (LayerState.FAILED, "challenge.wrong")


def test_nothing_in_its_time_is_late_and_the_plan_goes_on(sits):
    person = sits(NOD, LEFT)
    person.shows(90)
    assert person.step == 2
    person.does(LEFT)
    assert (person.found().state, person.found().reasons) == (LayerState.FAILED, ("challenge.late",))
    assert person.found().score == 0.5


def test_an_action_that_was_not_reached_was_not_done(sits):
    assert sits(NOD).found().reasons == ("challenge.not_done",)


def test_a_person_who_does_not_come_back_is_late(sits):
    person = sits(LEFT)
    person.shows(90, **DONE[LEFT])
    assert person.found().reasons == ("challenge.late",)


def test_changes_count_from_ones_own_neutral_pose(script):
    person = Person(script, plan(LEFT))
    crooked = {"yaw": 0.45, "pitch": 0.66, "mouth": 0.3}
    person.shows(14, **crooked)
    person.shows(10, **crooked)
    assert person.found().state is LayerState.FAILED
    person.shows(4, **{**crooked, "yaw": 0.8})
    person.shows(4, **crooked)
    assert person.found().state is LayerState.PASSED


def test_a_restless_look_gives_no_neutral_pose(script):
    person = Person(script, plan(LEFT))
    for number in range(100):
        person.shows(yaw=0.4 if number % 2 else -0.4)
    assert "challenge.no_neutral" in person.found().reasons


def test_one_bad_mesh_is_no_action(sits):
    person = sits(LEFT)
    person.shows(1, **DONE[MOUTH])
    person.does(LEFT)
    assert person.found().state is LayerState.PASSED


def test_two_faces_do_nothing(sits):
    person = sits(LEFT)
    person.shows(4, faces=2, **DONE[LEFT])
    person.shows(4, faces=2)
    assert person.found().state is LayerState.FAILED


def test_a_plan_without_actions_asks_nothing(script):
    assert Person(script, plan()).found().state is LayerState.NOT_AVAILABLE
