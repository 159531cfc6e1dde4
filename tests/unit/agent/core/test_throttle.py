"""Guessing is slow, and neither a restart nor a pulled plug makes it faster."""

from __future__ import annotations

from padkit_agent.core.throttle import LONGEST_PAUSE_S, Moment, Throttle


def tried(times: int, boot: str = "a", mono_s: float = 100.0) -> Throttle:
    throttle = Throttle()
    for _ in range(times):
        throttle = throttle.tried(Moment(boot, mono_s))
    return throttle


def test_five_tries_are_free() -> None:
    assert [tried(times).pause_s(Moment("a", 100.0)) for times in range(5)] == [0.0] * 5
    assert [tried(times).left() for times in range(5)] == [5, 4, 3, 2, 1]


def test_then_each_pause_is_twice_the_one_before() -> None:
    assert [tried(times).pause_s(Moment("a", 100.0)) for times in (5, 10, 15)] == [60.0, 120.0, 240.0]


def test_no_pause_is_longer_than_a_day() -> None:
    assert tried(500).pause_s(Moment("a", 100.0)) == LONGEST_PAUSE_S


def test_a_pause_passes_on_the_steady_clock() -> None:
    assert tried(5).pause_s(Moment("a", 130.0)) == 30.0
    assert tried(5).pause_s(Moment("a", 161.0)) == 0.0


def test_a_steady_clock_that_reads_less_gives_nothing() -> None:
    assert tried(5).pause_s(Moment("a", 1.0)) == 60.0


def test_after_a_restart_of_the_machine_the_pause_begins_anew() -> None:
    after = Moment("b", 500.0)
    assert tried(5).pause_s(after) == 60.0
    assert tried(5).anchored(after).pause_s(Moment("b", 561.0)) == 0.0
    assert Throttle().anchored(after) == Throttle()
