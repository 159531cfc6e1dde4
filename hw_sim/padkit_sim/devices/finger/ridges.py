"""The ridges of an invented finger: waves around a core, with minutiae put in as spirals of the phase. Nobody's finger.

The grey at a place is the cosine of a phase. A loop's phase is the distance to a half line, a whorl's that to a point, so
ridges are a period apart; a minutia adds the angle at which one sees the place from it, which ends or forks one ridge.
Everything comes from the seed. Units are half pixels of a 500 dpi window, measured from its middle.
"""

from __future__ import annotations

import cmath
import math
import random
from dataclasses import dataclass
from functools import lru_cache

MINUTIAE = (32, 38)
APART = 13.0  # between two minutiae
FIELD = (76.0, 60.0)  # half width and half height of where they are
PERIOD = (4.1, 5.2)
TRIES = 4_000


@dataclass(frozen=True, slots=True)
class Ridges:
    """One finger. `endings` and `forks` are the minutiae by the sense in which the phase turns; `size` is half the contact."""

    whorl: bool
    period: float
    lean: float
    stretch: float
    tilt: complex
    endings: tuple[complex, ...]
    forks: tuple[complex, ...]
    size: tuple[float, float]

    def row(self, places: list[complex]) -> list[float]:
        """Height of the skin at `places`: 1 on a ridge's crest, -1 in a valley."""
        waves = [cmath.rect(1, self._phase(place * self.tilt)) for place in places]
        for at in self.endings:
            waves = [wave * (place - at) for wave, place in zip(waves, places, strict=True)]
        mirrored = [place.conjugate() for place in places]
        for at in self.forks:
            away = at.conjugate()
            waves = [wave * (place - away) for wave, place in zip(waves, mirrored, strict=True)]
        return [wave.real / abs(wave) if wave else 0.0 for wave in waves]

    def _phase(self, place: complex) -> float:
        x, y = place.real, place.imag
        axes = (x, y * self.stretch, 2.0) if self.whorl else (x - self.lean * max(y, 0.0), min(y, 0.0))
        far = math.hypot(*axes)
        return math.tau * far / self.period


@lru_cache(maxsize=64)
def ridges_of(seed: str) -> Ridges:
    """The finger that belongs to `seed`, always the same."""
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
    minutiae: list[complex] = []
    wanted = dice.randint(*MINUTIAE)
    for _ in range(TRIES):
        place = complex(dice.uniform(-FIELD[0], FIELD[0]), dice.uniform(-FIELD[1], FIELD[1]))
        if len(minutiae) < wanted and all(abs(place - other) > APART for other in minutiae):
            minutiae.append(place)
    endings = [dice.random() < 0.5 for _ in minutiae]
    return Ridges(
        whorl=dice.random() < 0.5,
        period=dice.uniform(*PERIOD),
        lean=dice.uniform(-0.55, 0.55),
        stretch=dice.uniform(0.75, 1.3),
        tilt=cmath.rect(1, dice.uniform(-0.7, 0.7)),
        endings=tuple(place for place, ends in zip(minutiae, endings, strict=True) if ends),
        forks=tuple(place for place, ends in zip(minutiae, endings, strict=True) if not ends),
        size=(dice.uniform(72, 92), dice.uniform(60, 72)),
    )
