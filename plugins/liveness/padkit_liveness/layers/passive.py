"""Layer `passive`: the median of what the site's models said of single frames. Without them it is not available."""

from __future__ import annotations

from statistics import median

from padkit_liveness.layers.base import Found
from padkit_liveness.observation import Observation
from padkit_sdk.ports import LayerState

FRAMES = 5  # at least


class Passive:
    """Its score is the median of the live probabilities, 0 to 1."""

    def __init__(self, threshold: float, *, available: bool) -> None:
        self._threshold = threshold
        self._available = available
        self._scores: list[float] = []

    def feed(self, seen: Observation) -> None:
        if seen.seen is not None and seen.seen.passive is not None:
            self._scores.append(seen.seen.passive)

    def found(self) -> Found:
        if not self._available:
            return Found(LayerState.NOT_AVAILABLE, 0.0, self._threshold, ("passive.no_model",))
        score = median(self._scores) if self._scores else 0.0
        if len(self._scores) < FRAMES:
            return Found(LayerState.INCONCLUSIVE, score, self._threshold, ("passive.few_frames",))
        if score < self._threshold:
            return Found(LayerState.FAILED, score, self._threshold, ("passive.score",))
        return Found(LayerState.PASSED, score, self._threshold)
