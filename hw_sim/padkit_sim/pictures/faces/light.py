"""The light of the tablet's screen: which colour it shows when, and how strongly things near and far give it back."""

from __future__ import annotations

import random

import numpy as np

from padkit_sim.pictures.faces.pixels import Pixels, floats
from padkit_sim.pictures.faces.plan import FLASH, Step

GAMMA = 2.2
PAGE = (0.45, 0.45, 0.45)  # linear blue, green, red of the page between flashes


class Glow:
    """`tell` what is asked when; `colour` is the screen's light at a moment. It lags, as a screen and a camera do."""

    def __init__(self, rng: random.Random) -> None:
        self._lag_s = rng.uniform(0.05, 0.11)
        self._rise_s = rng.uniform(0.02, 0.06)
        self._before: tuple[float, float, float] = PAGE
        self._now: tuple[float, float, float] = PAGE
        self._told_s = 0.0

    def tell(self, step: Step, at_s: float) -> None:
        """From `at_s` the screen shows what belongs to `step`."""
        self._before, self._now, self._told_s = self._now, _linear(step), at_s

    def colour(self, at_s: float) -> Pixels:
        """Linear blue, green, red, each 0 to 1."""
        share = min(max((at_s - self._told_s - self._lag_s) / self._rise_s, 0.0), 1.0)
        return np.asarray(floats(self._before) * (1 - share) + floats(self._now) * share)


def shone_on(gain: float, colour: Pixels) -> Pixels:
    """What to multiply blue, green and red with on a thing that gives back `gain` times the room's light under white."""
    lit = (1 + gain * colour) / (1 + gain * floats(PAGE))
    return np.asarray(lit ** (1 / GAMMA), dtype=np.float32)


def _linear(step: Step) -> tuple[float, float, float]:
    if step.kind != FLASH:
        return PAGE
    red, green, blue = (int(step.colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return (blue**GAMMA, green**GAMMA, red**GAMMA)
