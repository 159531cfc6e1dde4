"""What every layer has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from padkit_liveness.observation import Observation
from padkit_sdk.ports import LayerState


@dataclass(frozen=True, slots=True)
class Found:
    """What a layer found, before the rule gives it a weight; see `LayerResult`."""

    state: LayerState
    score: float
    threshold: float
    reasons: tuple[str, ...] = ()


class Layer(Protocol):
    """One layer. Observations come in rising time; `found` may be asked at any time and changes nothing."""

    def feed(self, seen: Observation) -> None:
        """Take one frame's observation."""
        ...

    def found(self) -> Found:
        """Say how it stands."""
        ...
