"""Score and levels: how points come and go, and that no sequence of scores makes a level flap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_central.risk.cap import LockCap
from padkit_central.risk.levels import Ladder, Place, Step, step
from padkit_central.risk.score import fallen, risen, total

DWELL, HOLD = 1800, 86_400
LADDER = Ladder((Step(35, 20), Step(55, 35), Step(70, 50), Step(85, 60)), 2, DWELL, HOLD)
shares = st.floats(0, 100)
walks = st.lists(st.tuples(st.integers(1, 900), shares), min_size=1, max_size=120)


@given(shares, st.floats(0.01, 600))
def test_what_does_not_fire_halves_each_half_life(share: float, half_life: float) -> None:
    once = fallen(share, half_life, half_life)
    assert once == pytest.approx(share / 2) or (once == 0 and share <= 0.02)


@given(shares, st.floats(1, 100), st.floats(0, 10_000), st.floats(0.1, 100))
def test_a_share_never_passes_its_points(share: float, points: float, minutes: float, rise: float) -> None:
    assert risen(share, points, minutes, rise) <= points + 1e-9


@given(st.lists(shares, max_size=20))
def test_a_score_is_at_least_its_largest_share_and_at_most_100(found: list[float]) -> None:
    assert max(found, default=0) - 1e-6 <= total(found) <= 100


@given(walks)
def test_a_level_never_falls_within_the_dwell_of_a_change(walk: list[tuple[int, float]]) -> None:
    place, at, changed = Place(), 1_000_000, 0
    for wait, score in walk:
        at, before = at + wait, place.level
        if step(place, score, 0, at, LADDER):
            assert place.level > before or (before - place.level == 1 and at - changed >= DWELL)
            changed = at


@given(walks)
def test_a_level_rises_only_when_two_scores_in_a_row_say_so(walk: list[tuple[int, float]]) -> None:
    place, at, last = Place(), 1_000_000, 0.0
    for wait, score in walk:
        at, before = at + wait, place.level
        step(place, score, 0, at, LADDER)
        if place.level > before:
            assert min(score, last) >= LADDER.steps[place.level - 1].enter
        last = score


def test_one_spike_changes_nothing() -> None:
    place = Place()
    assert not step(place, 100, 0, 1000, LADDER)
    assert not step(place, 0, 0, 1060, LADDER)
    assert not step(place, 100, 0, 1120, LADDER)
    assert place.level == 0


def test_a_hard_fact_acts_at_once_and_holds() -> None:
    place = Place()
    assert step(place, 0, 4, 1000, LADDER)
    assert place.level == 4
    for at in range(1000, 1000 + HOLD, 600):
        assert not step(place, 0, 0, at, LADDER)
    falls = [at for at in range(1000 + HOLD, 1000 + HOLD + 5 * DWELL, 300) if step(place, 0, 0, at, LADDER)]
    assert len(falls) == 4
    assert place.level == 0


def test_the_cap_leaves_what_is_above_it_to_a_person() -> None:
    cap = LockCap(2, before=(1000,))
    assert cap.take(2000)
    assert not cap.take(3000)
    assert cap.take(4700)  # the first one is more than an hour ago
    assert not LockCap(0).take(5)
