"""Layer `continuity`: the same face from the first frame to the last, without a jump or a gap in which it could be changed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from padkit_liveness.layers.base import Found
from padkit_liveness.observation import Observation, Seen
from padkit_sdk.ports import LayerState

SAMPLES = 4  # of the embedding, at least
OTHERS = 2  # samples that are another face; one may be a blurred frame
JUMP = 0.5  # of the head's width, between frames that follow each other within `JUMP_S`
JUMP_S = 0.3
GAP_S = 2.0  # without a face: frames that were not given and a hand before the camera are the same

Distance = Callable[[NDArray[np.floating], NDArray[np.floating]], float]


class Continuity:
    """Its score is the second largest distance from the first sample; less is better."""

    def __init__(self, limit: float, distance: Distance) -> None:
        self._limit, self._distance = limit, distance
        self._first: NDArray[np.floating] | None = None
        self._far: list[float] = []
        self._before: Observation | None = None
        self._seen_s: float | None = None
        self._reasons: list[str] = []

    @property
    def doubt(self) -> bool:
        """Whether the last sample was another face, so that the next frame is worth a sample at once."""
        return bool(self._far) and self._far[-1] > self._limit

    def feed(self, seen: Observation) -> None:
        if self._before is not None and seen.at_s <= self._before.at_s:
            self._reasons.append("continuity.time")
        if seen.seen is not None:
            if self._seen_s is not None and seen.at_s - self._seen_s > GAP_S:
                self._reasons.append("continuity.gap")
            self._seen_s = seen.at_s
            self._jump(seen, seen.seen)
            self._sample(seen.seen)
        self._before = seen

    def found(self) -> Found:
        far = sorted(self._far)[-OTHERS:]
        score = far[0] if len(far) == OTHERS else 0.0
        reasons = list(dict.fromkeys(self._reasons))
        if score > self._limit:
            reasons.insert(0, "continuity.other_face")
        if reasons:
            return Found(LayerState.FAILED, score, self._limit, tuple(reasons))
        if len(self._far) < SAMPLES:
            return Found(LayerState.INCONCLUSIVE, score, self._limit, ("continuity.few_samples",))
        return Found(LayerState.PASSED, score, self._limit)

    def _jump(self, seen: Observation, face: Seen) -> None:
        before = self._before
        if before is None or before.seen is None or seen.at_s - before.at_s > JUMP_S:
            return
        old = before.seen
        across = abs(face.left + face.right - old.left - old.right) / 2
        down = abs(face.top + face.bottom - old.top - old.bottom) / 2
        if max(across, down) > JUMP * max(old.width, face.width):
            self._reasons.append("continuity.jump")

    def _sample(self, face: Seen) -> None:
        if face.embedding is None:
            return
        if self._first is None:
            self._first = face.embedding
        self._far.append(self._distance(self._first, face.embedding))
