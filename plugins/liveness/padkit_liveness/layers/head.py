"""Layer `head_in_frame`: one whole head, large enough and away from every edge: then the edge of a fake comes into view."""

from __future__ import annotations

from padkit_liveness.layers.base import Found
from padkit_liveness.observation import Observation, Seen
from padkit_sdk.ports import LayerState

WIDTH = (0.25, 0.45)  # of the frame: where a person is told to sit
COUNTS = (
    0.22,
    0.48,
)  # of the frame: what is held against nobody; a narrow face at the edge of what was told is no fake
EDGE = 0.15  # of the frame's width or height
GOOD = 0.8  # of the frames: people sway
MANY = 0.05  # of the frames may show another face: one that a detector imagined
PRESENT = 0.5


def position(seen: Seen) -> str:
    """The hint that puts the head right: ``face.closer``, ``face.farther``, ``face.centre``, empty when it is right."""
    if seen.width < WIDTH[0]:
        return "face.closer"
    if seen.width > WIDTH[1]:
        return "face.farther"
    return "face.centre" if _room(seen) < EDGE else ""


def _room(seen: Seen) -> float:
    return min(seen.left, seen.top, 1 - seen.right, 1 - seen.bottom)


class HeadInFrame:
    """Counts frames by what is wrong with them. Its score is the share of the frames with one head in place."""

    def __init__(self) -> None:
        self._counts = {"": 0, "head.none": 0, "head.many": 0, "head.size": 0, "head.edge": 0}

    def feed(self, seen: Observation) -> None:
        self._counts[self._fault(seen)] += 1

    def found(self) -> Found:
        total = sum(self._counts.values())
        if not total:
            return Found(LayerState.INCONCLUSIVE, 0.0, GOOD, ("head.none",))
        score = self._counts[""] / total
        faults = {name: count for name, count in self._counts.items() if name and count}
        many = self._counts["head.many"] > MANY * total
        if score >= GOOD and not many:
            return Found(LayerState.PASSED, score, GOOD)
        worst = "head.many" if many else max(faults, key=lambda name: faults[name])
        return Found(LayerState.FAILED, score, GOOD, (worst,))

    @staticmethod
    def _fault(seen: Observation) -> str:
        if seen.seen is None or seen.faces == 0 or seen.seen.presence < PRESENT:
            return "head.none"
        if seen.faces > 1:
            return "head.many"
        if not COUNTS[0] <= seen.seen.width <= COUNTS[1]:
            return "head.size"
        return "head.edge" if _room(seen.seen) < EDGE else ""
