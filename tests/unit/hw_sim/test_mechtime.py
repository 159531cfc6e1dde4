"""Two scales of one clock."""

from __future__ import annotations

import pytest

from padkit_sim.mechtime import MechanicalTime


class Clock:
    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


def test_mechanics_run_faster_than_the_line():
    clock = Clock()
    time = MechanicalTime(clock, 20.0)
    clock.now_s += 0.5
    assert time.now() == (100.5, 10.0)
    assert time.delay_s(30.0) == pytest.approx(1.0)
    assert time.delay_s(3.0) == 0.0


def test_a_change_of_speed_goes_on_from_now():
    clock = Clock()
    time = MechanicalTime(clock, 1.0)
    clock.now_s += 2.0
    time.set_speed(10.0)
    clock.now_s += 1.0
    assert (time.now().mech_s, time.speed) == (12.0, 10.0)
