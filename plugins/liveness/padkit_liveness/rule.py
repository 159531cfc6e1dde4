"""The rule of the verdict: what each layer weighs, which may veto, and from which sum on a sitting is called live.

Only a layer that passed adds its weight. What failed vetoes; what was inconclusive or not available adds nothing, and the
others must reach the threshold without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from padkit_sdk.ports import LayerState

if TYPE_CHECKING:  # the layers bring libraries that a worker loads at its first call only
    from padkit_liveness.layers.base import Found

NAME = "weighed layers with vetoes, version 1"
WEIGHTS: Mapping[str, float] = {
    "head_in_frame": 0.10,
    "passive": 0.10,
    "challenge": 0.30,
    "flash": 0.25,
    "continuity": 0.15,
    "camera": 0.10,
}
THRESHOLD = 0.85
NEEDED = ("head_in_frame", "challenge", "continuity", "camera")  # a sitting without one of these is never live


@dataclass(frozen=True, slots=True)
class Judged:
    """The rule's word: `live`, the `score` beside the threshold, and what each layer added."""

    live: bool
    score: float
    contributions: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Rule:
    """`weights` by layer, each 0 to 1; `threshold` is on their sum."""

    weights: Mapping[str, float]
    threshold: float

    @property
    def name(self) -> str:
        """Name and version, and whether weights or threshold are the kit profile's own."""
        shipped = dict(self.weights) == dict(WEIGHTS) and self.threshold == THRESHOLD
        return NAME if shipped else f"{NAME}, set by the kit profile"

    def judge(self, layers: Mapping[str, Found]) -> Judged:
        """Weigh what the layers found."""
        added = {name: self._added(name, found) for name, found in layers.items()}
        score = round(sum(added.values()), 6)
        vetoed = any(found.state is LayerState.FAILED for found in layers.values())
        lacking = any(layers[name].state is not LayerState.PASSED for name in NEEDED)
        return Judged(score >= self.threshold and not vetoed and not lacking, score, added)

    def _added(self, name: str, found: Found) -> float:
        return self.weights[name] if found.state is LayerState.PASSED else 0.0
