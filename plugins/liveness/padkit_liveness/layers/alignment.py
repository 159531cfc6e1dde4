"""When each colour of a sequence began on a face: the moments that explain best what was seen, each within its window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
LASTS_S = (0.5, 1.5)  # one colour, but for the last, which stays
STRENGTHS = (0.25, 0.5, 1.0, 1.6)
AT_REST_S = 0.4  # at the beginning of what is given: the page's own light


@dataclass(frozen=True, slots=True)
class Windows:
    """`began_s` is when each colour was asked for; it may be seen from `slack_s[0]` to `slack_s[1]` after that."""

    began_s: Sequence[float]
    slack_s: tuple[float, float]


def aligned(times: Floats, shown: Floats, expected: Floats, windows: Windows) -> NDArray[np.intp] | None:
    """For each frame, which colour lay on the face: 0 for none yet, 1 for the first. None when no such moments exist.

    `times` (n) rise, `shown` (n x 2) is chroma, `expected` (k x 2) its change at each colour. The least sum of squares wins,
    over a few strengths; the first `AT_REST_S` must be without a colour.
    """
    best: tuple[float, list[int]] | None = None
    rest = np.median(shown[times <= times[0] + AT_REST_S], axis=0)
    for strength in STRENGTHS:
        tried = _cheapest(times, shown - rest, strength * expected, windows)
        if tried is not None and (best is None or tried[0] < best[0]):
            best = tried
    if best is None:
        return None
    return np.searchsorted(np.array(best[1]), np.arange(len(times)), side="right")


def _cheapest(times: Floats, shown: Floats, expected: Floats, windows: Windows) -> tuple[float, list[int]] | None:
    """The least cost and the index of the frame at which each colour begins."""
    count, colours = len(times), len(expected)
    costs = np.concatenate(([shown], shown[None] - expected[:, None]))
    sums = np.concatenate((np.zeros((colours + 1, 1)), np.cumsum((costs**2).sum(axis=2), axis=1)), axis=1)
    total = np.where(_inside(times, windows, 0), sums[0, :count], np.inf)
    came: list[NDArray[np.intp]] = []
    for colour in range(1, colours):
        lasted = times[None, :] - times[:, None]
        fits = (lasted >= LASTS_S[0]) & (lasted <= LASTS_S[1])
        spent = total[:, None] + sums[colour, None, :count] - sums[colour, :count, None]
        spent = np.where(fits & _inside(times, windows, colour)[None, :], spent, np.inf)
        came.append(spent.argmin(axis=0))
        total = spent.min(axis=0)
    total = total + sums[colours, count] - sums[colours, :count]
    at = int(total.argmin())
    if not np.isfinite(total[at]):
        return None
    begins, cost = [at], float(total[at])
    for sources in reversed(came):
        begins.insert(0, int(sources[begins[0]]))
    return cost, begins


def _inside(times: Floats, windows: Windows, colour: int) -> NDArray[np.bool_]:
    asked = windows.began_s[colour]
    return (times >= asked + windows.slack_s[0]) & (times <= asked + windows.slack_s[1])
