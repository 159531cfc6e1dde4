"""A measured figure, its goal, and the peer beside it. Values only; how they look is `report`'s."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Goal:
    """What a value must keep to. `note` says where the limit came from when it was reckoned in the run."""

    sign: str
    limit: float
    note: str = ""

    @classmethod
    def times(cls, sign: str, factor: float, peer_value: float) -> Goal:
        """A goal that is a multiple of what the peer did in this run."""
        return cls(sign, float(f"{factor * peer_value:.4g}"), f"{factor:g} x peer")

    def met(self, value: float) -> bool:
        return COMPARE[self.sign](value, self.limit)

    def __str__(self) -> str:
        return f"{self.sign} {self.limit:g}" + (f" ({self.note})" if self.note else "")


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody else's value for the same work, in the same unit, from the same run."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the median (or what `unit` says) of `samples`. Without a goal it is only reported."""

    value: float
    unit: str
    goal: Goal | None = None
    peer: Peer | None = None
    samples: Sequence[float] = ()

    @property
    def ok(self) -> bool:
        return self.goal is None or self.goal.met(self.value)

    @property
    def ratio(self) -> float | None:
        """The value over the peer's."""
        return self.value / self.peer.value if self.peer is not None and self.peer.value else None


@dataclass(frozen=True, slots=True)
class Result:
    """What one benchmark found. `notes` say what a reader must know to judge it, also what was left out and why."""

    figures: Mapping[str, Figure]
    notes: Sequence[str] = field(default_factory=tuple)
