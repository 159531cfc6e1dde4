"""The lease runs out while the machine is on, while it is off, and at once when somebody turns the clock back."""

from __future__ import annotations

from padkit_agent.core.lease import Lease

GRANTED = Lease().granted(3600.0, 1_000_000.0)


def test_without_a_grant_nothing_runs_out() -> None:
    assert not Lease().spent(1e9, 1e9).over


def test_time_on_the_steady_clock_counts() -> None:
    spent = GRANTED.spent(600.0, 1_000_600.0)
    assert (spent.left_s, spent.over) == (3000.0, False)
    assert GRANTED.spent(3600.0, 1_003_600.0).over


def test_time_on_the_steady_clock_counts_when_the_trusted_clock_stands() -> None:
    assert GRANTED.spent(3600.0, 1_000_000.0).over


def test_off_time_counts_by_the_trusted_clock() -> None:
    assert GRANTED.woken(1_003_599.0).left_s == 1.0
    assert GRANTED.woken(1_003_600.0).over


def test_a_clock_that_was_set_back_ends_it() -> None:
    assert GRANTED.woken(999_999.0).over


def test_a_new_grant_begins_anew() -> None:
    assert GRANTED.woken(1_003_600.0).granted(3600.0, 1_003_600.0).left_s == 3600.0


def test_a_lease_of_which_nobody_knows_what_is_left_is_over() -> None:
    assert GRANTED.ended().over
    assert not Lease().ended().over
