"""Statistics against published examples, and what must hold whatever the numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_vision.evaluate.stats import det, equal_error, quantile, stopped_at, wilson

# R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), 857-872,
# table I, method 3 (score, no continuity correction)
NEWCOMBE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
scores = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@pytest.mark.parametrize(("count", "of", "low", "high"), NEWCOMBE)
def test_wilsons_limits_are_those_of_the_published_table(count, of, low, high):
    assert wilson(count, of) == pytest.approx((low, high), abs=5e-5)


def test_nothing_tried_says_nothing():
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 5000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_limits_hold_the_share_and_mirror_each_other(counted):
    count, of = counted
    low, high = wilson(count, of)
    assert 0 <= low <= count / of <= high <= 1
    assert (low == 0) == (count == 0)
    assert wilson(of - count, of) == pytest.approx((1 - high, 1 - low))


@given(st.integers(1, 500), st.integers(2, 20))
def test_more_cases_with_the_same_share_give_narrower_limits(of, times):
    (low, high), (lower, higher) = wilson(of, of * 2), wilson(of * times, of * 2 * times)
    assert higher - lower < high - low


@given(scores, st.floats(0.01, 1))
def test_a_quantile_is_a_sample_that_so_many_do_not_exceed(samples, share):
    found = quantile(samples, share)
    assert found in samples
    assert sum(it <= found for it in samples) >= share * len(samples)


@given(scores, scores)
def test_a_curve_falls_from_all_pass_to_none_passes(to_pass, to_stop):
    points = det(to_pass, to_stop)
    assert (points[0].passed, points[0].stopped) == (1.0, 0.0)
    assert (points[-1].passed, points[-1].stopped) == (0.0, 1.0)
    assert [it.passed for it in points] == sorted((it.passed for it in points), reverse=True)
    assert [it.stopped for it in points] == sorted(it.stopped for it in points)


def test_scores_that_part_wholly_have_a_threshold_without_errors():
    points = det([0.8, 0.9], [0.1, 0.2, 0.3])
    assert equal_error(points) == 0
    found = stopped_at(points, 0.0)
    assert found is not None
    assert (found.threshold, found.stopped) == (0.8, 0.0)


def test_a_curve_needs_both_groups():
    assert det([], [0.5]) == det([0.5], []) == []
