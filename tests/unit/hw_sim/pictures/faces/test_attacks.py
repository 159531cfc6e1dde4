"""What attackers do with what they are told, told by a scene that only writes down what it hears."""

from __future__ import annotations

import random

import numpy as np

from padkit_sim.pictures.faces.attacks import Misled
from padkit_sim.pictures.faces.plan import ACTIONS, FLASH, LOOK, Step
from padkit_sim.pictures.faces.timeline import Film


class Heard:
    """A scene of no pixels."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, float]] = []

    def tell(self, step: Step, at_s: float) -> None:
        self.steps.append((step.kind, at_s))

    def seen(self, at_s: float):
        return np.zeros((1, 1, 3), np.uint8)


def test_who_is_misled_does_another_action_each_time_and_sits_through_the_flash():
    for seed in range(20):
        heard = Heard()
        misled = Misled(heard, random.Random(seed))
        for at_s, kind in enumerate((LOOK, *ACTIONS)):
            misled.tell(Step(kind), at_s)
        misled.tell(Step(FLASH, "#ff0000"), 9.0)
        done = [kind for kind, _ in heard.steps]
        assert done[0] == LOOK
        assert done[-1] == FLASH
        assert sorted(done[1:-1]) == sorted(ACTIONS)
        assert all(one != asked for one, asked in zip(done[1:-1], ACTIONS, strict=True))


def test_a_film_plays_its_own_steps_at_their_moments_whatever_it_is_told():
    heard = Heard()
    film = Film(heard, (Step("nod"), Step("turn_left")), (0.0, 2.0, 4.0))
    film.tell(Step("open_mouth"), 0.5)
    film.seen(1.0)
    assert heard.steps == [("nod", 0.0)]
    film.seen(3.0)
    assert heard.steps == [("nod", 0.0), ("turn_left", 2.0)]
