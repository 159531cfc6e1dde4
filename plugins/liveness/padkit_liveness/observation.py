"""What one frame of a sitting showed, as the layers are fed with it. Numbers only: no pixels, nothing to tell a person by but
the embedding, which lives as long as its sitting.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Light = tuple[float, float, float]
"""Linear blue, green and red, each 0 to 1."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The face of a frame. Lengths are shares of the frame: of its width across, of its height down.

    `left`, `top`, `right`, `bottom` bound the head's front; `presence` is the mesh's own score, 0 to 1. `yaw` grows to the
    person's left, `pitch` downwards, `mouth` as it opens. `skin` and `behind` (left and right of the head) are light,
    `bright` is the skin's brightness as shown, 0 to 255. `embedding` and `passive` are sampled, None on other frames.
    """

    left: float
    top: float
    right: float
    bottom: float
    presence: float
    yaw: float
    pitch: float
    mouth: float
    skin: Light
    behind: tuple[Light, Light]
    bright: float
    sharpness: float
    embedding: NDArray[np.floating] | None = field(default=None, repr=False)
    passive: float | None = None

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class Observation:
    """One frame: when it was taken, the `step` of the plan that was wanted then, how many `faces`, the one that was `seen`.

    `digest` is the pixels'. `same_noise` is the share of its blocks that are the frame's before, to the last bit.
    """

    at_s: float
    step: int
    faces: int
    seen: Seen | None
    digest: bytes
    same_noise: float
