"""The statistics of an evaluation: limits of a share, quantiles, error rates over a threshold. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

Z_95 = NormalDist().inv_cdf(0.975)


def wilson(count: int, of: int) -> tuple[float, float]:
    """Return the 95 % limits of a share by Wilson's score, without continuity correction; 0 and 1 when nothing was tried.

    Source: Wilson (1927); method 3 of Newcombe, Statistics in Medicine 17 (1998), 857-872.
    """
    if of == 0:
        return 0.0, 1.0
    share, z2 = count / of, Z_95 * Z_95
    middle = share + z2 / (2 * of)
    half = Z_95 * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    whole = 1 + z2 / of
    low = 0.0 if count == 0 else (middle - half) / whole
    high = 1.0 if count == of else (middle + half) / whole
    return max(0.0, low), min(1.0, high)


def quantile(samples: Sequence[float], share: float) -> float:
    """Return the smallest sample that at least `share` of all do not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True, slots=True)
class DetPoint:
    """At `threshold`: `passed` is the share of those to be stopped that pass, `stopped` of those to pass that are stopped."""

    threshold: float
    passed: float
    stopped: float


def det(to_pass: Sequence[float], to_stop: Sequence[float]) -> list[DetPoint]:
    """Return both error rates at each threshold at which one of them changes, rising; a score passes at `threshold` and above.

    The last point lies above every score. Empty when one of the two groups is.
    """
    if not to_pass or not to_stop:
        return []
    thresholds = sorted({*to_pass, *to_stop})
    thresholds.append(math.nextafter(thresholds[-1], math.inf))
    return [
        DetPoint(
            threshold,
            sum(score >= threshold for score in to_stop) / len(to_stop),
            sum(score < threshold for score in to_pass) / len(to_pass),
        )
        for threshold in thresholds
    ]


def equal_error(points: Sequence[DetPoint]) -> float:
    """Return the mean of both rates where they are nearest to each other (no interpolation)."""
    nearest = min(points, key=lambda point: (abs(point.passed - point.stopped), point.passed + point.stopped))
    return (nearest.passed + nearest.stopped) / 2


def stopped_at(points: Sequence[DetPoint], passed: float) -> DetPoint | None:
    """Return the lowest threshold at which no more than `passed` get through."""
    return next((point for point in points if point.passed <= passed), None)
