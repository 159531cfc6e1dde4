"""When each step of a plan is told in a sitting that nobody steers, and a scene that plays a plan by itself."""

from __future__ import annotations

import random
from collections.abc import Sequence

from padkit_sim.pictures.faces.pixels import Pixels
from padkit_sim.pictures.faces.plan import ACTIONS, FLASH, Step
from padkit_sim.pictures.faces.scene import Scene

LOOK_S = (1.1, 1.5)
FLASH_S = (0.85, 1.05)
AFTER_S = (0.25, 0.45)  # between being back and the next step
END_S = 0.3


def told_at(steps: Sequence[Step], takes_s: float, rng: random.Random) -> tuple[float, ...]:
    """The moment of each step, and last the end. `takes_s` is an action's time with the person's reaction."""
    moments, now_s = [0.0], 0.0
    for step in steps:
        if step.kind in ACTIONS:
            now_s += takes_s + rng.uniform(*AFTER_S)
        else:
            now_s += rng.uniform(*(FLASH_S if step.kind == FLASH else LOOK_S))
        moments.append(round(now_s, 3))
    moments[-1] = round(now_s + END_S, 3)
    return tuple(moments)


class Film:
    """`scene` playing `steps` at `moments`, whatever it is told: what was filmed before."""

    def __init__(self, scene: Scene, steps: Sequence[Step], moments: Sequence[float]) -> None:
        self._scene = scene
        self._left = list(zip(steps, moments, strict=False))

    def tell(self, step: Step, at_s: float) -> None:
        """It does not hear."""

    def seen(self, at_s: float) -> Pixels:
        while self._left and self._left[0][1] <= at_s:
            self._scene.tell(*self._left.pop(0))
        return self._scene.seen(at_s)
