"""Trusted time under wall clocks that somebody sets, reboots and contacts, stepped by hand and by Hypothesis."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from padkit_agent.core.trusted_time import CENTRAL_SKEW_S, HOLD_S, JUMP_S, KEPT_JUMPS, Known, Reading, TrustedTime
from padkit_sdk.errors import Refused

BEGUN_S = 1_795_334_400.0  # 2026-11-22T08:00:00Z
LEASE_S = 3600.0


class Machine:
    """A machine's clocks, and what they really are: `true_s` runs, the wall clock is set by whoever likes."""

    def __init__(self) -> None:
        self.true_s = BEGUN_S
        self.wall_off_s = 0.0
        self.boot = 1
        self.up_s = 100.0
        self.time = TrustedTime(self.read)
        self.time.take_up(None)

    def read(self) -> Reading:
        return Reading(f"boot-{self.boot}", self.up_s, self.true_s + self.wall_off_s)

    def run(self, seconds: float) -> None:
        self.true_s += seconds
        self.up_s += seconds

    def reboot(self, *, off_s: float = 30.0, known: Known | None = None) -> None:
        kept = msgspec.json.decode(msgspec.json.encode(known or self.time.known), type=Known)
        self.true_s += off_s
        self.boot, self.up_s = self.boot + 1, 0.0
        self.time = TrustedTime(self.read)
        self.time.take_up(kept)

    def contact(self, *, late_s: float = 0.0, central_off_s: float = 0.0) -> None:
        asked = self.time.reading()
        at_ms = int((self.true_s + central_off_s) * 1000)
        self.run(late_s)
        self.time.hear(at_ms, asked)


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_without_any_word_of_central_it_is_the_wall_clock_and_a_jump_is_noted(machine: Machine) -> None:
    machine.run(10)
    assert machine.time.now_s() == BEGUN_S + 10
    machine.wall_off_s = -3600
    jump = machine.time.look()
    assert jump is not None
    assert (jump.seconds, machine.time.now_s(), machine.time.doubtful) == (-3600, BEGUN_S - 3590, True)
    assert machine.time.sure_s() == 0


def test_central_s_word_is_carried_on_by_the_steady_clock_alone(machine: Machine) -> None:
    machine.wall_off_s = 500
    machine.contact()
    assert (machine.time.now_s(), machine.time.doubtful) == (BEGUN_S, False)
    for off_s in (86_400.0, -86_400.0):
        machine.wall_off_s = off_s
        machine.run(10)
        assert machine.time.look()
        assert not machine.time.look()
    assert machine.time.now_s() == BEGUN_S + 20


def test_a_clock_that_is_slewed_is_no_jump(machine: Machine) -> None:
    for _ in range(100):
        machine.wall_off_s += JUMP_S * 0.9
        machine.run(30)
        assert machine.time.look() is None


def test_half_of_the_way_is_allowed_for(machine: Machine) -> None:
    machine.contact(late_s=4)
    assert machine.time.now_s() == BEGUN_S + 2


def test_across_a_boot_the_wall_clock_tells_how_long_it_was_off(machine: Machine) -> None:
    machine.contact()
    machine.reboot(off_s=7200)
    assert (machine.time.now_s(), machine.time.doubtful) == (BEGUN_S + 7200, False)
    assert machine.time.sure_s() < BEGUN_S


def test_a_wall_clock_that_went_back_across_a_boot_is_not_asked(machine: Machine) -> None:
    machine.contact()
    machine.wall_off_s = -1e9
    machine.reboot(off_s=7200)
    machine.run(5)
    assert (machine.time.now_s(), machine.time.doubtful) == (BEGUN_S + 5, True)
    assert len(machine.time.known.jumps) == 1


def test_central_corrects_what_a_wrong_wall_clock_made_of_the_time_across_a_boot(machine: Machine) -> None:
    machine.contact()
    machine.wall_off_s = 10 * 365 * 86_400.0
    machine.reboot()
    assert machine.time.now_s() > BEGUN_S + 9 * 365 * 86_400
    machine.contact()
    assert machine.time.now_s() == BEGUN_S + 30


def test_a_word_of_central_before_what_is_sure_is_refused_and_moves_nothing(machine: Machine) -> None:
    machine.contact()
    machine.run(1000)
    before = machine.time.now_s()
    with pytest.raises(Refused) as caught:
        machine.contact(central_off_s=-60)
    assert caught.value.reason == "clock.backwards"
    assert machine.time.now_s() == before
    machine.contact(central_off_s=-CENTRAL_SKEW_S)


def test_time_that_ran_a_little_ahead_stands_still_until_it_is_true_again(machine: Machine) -> None:
    machine.contact(central_off_s=4)
    machine.run(1)
    told = machine.time.now_s()
    machine.contact()
    assert machine.time.now_s() == told
    machine.run(10)
    assert machine.time.now_s() == BEGUN_S + 11


def test_an_answer_of_before_a_boot_says_nothing(machine: Machine) -> None:
    asked = machine.time.reading()
    machine.reboot()
    with pytest.raises(Refused) as caught:
        machine.time.hear(int(BEGUN_S * 1000), asked)
    assert caught.value.reason == "clock.stale"


def test_jumps_are_kept_until_central_knows_of_them_and_no_more_than_a_few(machine: Machine) -> None:
    for number in range(KEPT_JUMPS + 5):
        machine.run(1)
        machine.wall_off_s = 100.0 * (number % 2)
        machine.time.look()
    jumps = machine.time.known.jumps
    assert len(jumps) == KEPT_JUMPS
    machine.time.told(jumps[:3])
    assert machine.time.known.jumps == jumps[3:]


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))
def test_no_wall_clock_is_too_wrong_to_be_read(first: float, second: float) -> None:
    machine = Machine()
    machine.contact()
    machine.wall_off_s = first
    machine.time.look()
    machine.reboot()
    machine.wall_off_s = second
    machine.time.look()
    assert machine.time.now_s() >= BEGUN_S


class Attacked(RuleBasedStateMachine):
    """Somebody who may set the wall clock and pull the plug, but cannot sign."""

    def __init__(self) -> None:
        super().__init__()
        self.machine = Machine()
        self.machine.contact()
        self.kept = self.machine.time.known
        self.told_s = self.machine.time.now_s()
        self.on_s = self.off_s = self.lost_s = self.since_kept_s = 0.0
        self.granted_s = self.told_s

    @rule(seconds=st.floats(0, 3000))
    def run(self, seconds: float) -> None:
        while seconds > 0:
            step = min(seconds, 30.0)
            self.machine.run(step)
            self.on_s += step
            self.machine.time.look()
            self.kept = self.machine.time.known
            seconds -= step

    @rule(seconds=st.floats(0, 29))
    def run_a_little(self, seconds: float) -> None:
        self.machine.run(seconds)
        self.on_s += seconds
        self.since_kept_s += seconds

    @rule(off_s=st.floats(-1e9, 1e9))
    def set_wall_clock(self, off_s: float) -> None:
        self.machine.wall_off_s = off_s

    @rule(off_s=st.floats(0, 1e6))
    def cut_power(self, off_s: float) -> None:
        self.lost_s += self.since_kept_s
        self.told_s = min(self.told_s, self.kept.shown_s)
        self.machine.reboot(off_s=off_s, known=self.kept)
        self.kept = self.machine.time.known
        self.since_kept_s = 0.0

    @precondition(lambda self: self.machine.time.sure_s() > 0)
    @rule(late_s=st.floats(0, 20))
    def reach_central(self, late_s: float) -> None:
        before = self.machine.time.now_s()
        self.machine.contact(late_s=late_s)
        self.kept, self.since_kept_s = self.machine.time.known, 0.0
        after = self.machine.time.now_s()
        assert after >= before or before - self.machine.true_s > HOLD_S - 30
        assert abs(after - self.machine.true_s) <= HOLD_S + 20
        self.told_s, self.granted_s, self.on_s, self.lost_s = after, after, 0.0, 0.0

    @invariant()
    def time_never_runs_back(self) -> None:
        now_s = self.machine.time.now_s()
        assert now_s >= self.told_s - 1e-3
        self.told_s = now_s

    @invariant()
    def it_is_never_surely_later_than_it_is(self) -> None:
        assert self.machine.time.sure_s() <= self.machine.true_s + 1e-3

    @invariant()
    def no_lease_lasts_longer_than_the_time_it_was_worked_with(self) -> None:
        """What a power cut takes is the time since the last row, half a minute at most."""
        worked_s = self.on_s - self.lost_s
        assert self.machine.time.now_s() - self.granted_s >= worked_s - HOLD_S - 20
        if worked_s > LEASE_S + HOLD_S + 20:
            assert self.machine.time.now_s() > self.granted_s + LEASE_S


TestAttacked = Attacked.TestCase
