"""How points come and go: each rule's share nears its points while it fires, and halves each half-life when it does not."""

from __future__ import annotations

from collections.abc import Iterable

GAP_MIN = 15.0  # a rule that fires after a longer silence was seen once, not all the time
FIRST_MIN = 1.0  # the first word of a kit counts as a minute's
SMALL = 0.01


def risen(share: float, points: float, minutes: float, rise_min: float) -> float:
    """Return a share after `minutes` in which its rule fired; it never passes `points`."""
    if share >= points:
        return points
    return points - (points - share) * 2 ** (-min(minutes, GAP_MIN) / rise_min)


def fallen(share: float, minutes: float, half_life_min: float) -> float:
    """Return a share after `minutes` in which its rule did not fire."""
    left = share * 2 ** (-minutes / half_life_min)
    return left if left > SMALL else 0.0


def total(shares: Iterable[float]) -> float:
    """Return the score of 0 to 100 that these shares make: small ones add up, none makes another one count twice."""
    rest = 1.0
    for share in shares:
        rest *= 1 - share / 100
    return 100 * (1 - rest)
