"""What an evaluation found: measures that goals are held against, tables for people, failed cases with their pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from padkit_vision.evaluate.stats import DetPoint, wilson


@dataclass(frozen=True, slots=True)
class Measure:
    """One value, of one `group` (a kind of document, of attack, of portrait) at one `level`, where it has them.

    A share has `count` and `of`, and limits from them. `family` is a second name, by which a goal means all of its measures.
    `upper` says that a goal is what it may reach at most; else what it must reach at least.
    """

    name: str
    value: float
    upper: bool
    group: str = ""
    level: int | None = None
    count: int = 0
    of: int = 0
    family: str = ""

    @property
    def limits(self) -> tuple[float, float] | None:
        """The 95 % limits of a share, None of what is no share."""
        return wilson(self.count, self.of) if self.of else None

    def __str__(self) -> str:
        where = (f":{self.group}" if self.group else "") + ("" if self.level is None else f"/{self.level}")
        return f"{self.name}{where} {self.value:.4g}" + (f" ({self.count} of {self.of})" if self.of else "")


def share(
    name: str, count: int, of: int, *, upper: bool, group: str = "", level: int | None = None, family: str = ""
) -> Measure:
    """A measure that is `count` of `of`, which is not 0."""
    return Measure(name, count / of, upper, group, level, count, of, family)


Cell = str | int | float | None
RATE = ("count", "of", "share", "low", "high")


def rate(it: Measure) -> tuple[Cell, ...]:
    """The cells of a share below the columns `RATE`."""
    low, high = it.limits or (0.0, 1.0)
    return it.count, it.of, round(it.value, 4), round(low, 4), round(high, 4)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `title` and `columns` are names that `words` translates."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Failed:
    """A case that did not end as its label says: which, why (a line each), and the pictures to show."""

    case: str
    why: Sequence[str]
    pictures: Sequence[Path]


@dataclass(frozen=True, slots=True)
class Curve:
    """A DET curve: `name` of what is compared with what, and its points."""

    name: str
    points: Sequence[DetPoint]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that an evaluation found. `notes` are names that `words` translates, with what they name."""

    cases: int
    measures: Sequence[Measure]
    tables: Sequence[Table]
    failed: Sequence[Failed]
    curves: Sequence[Curve] = ()
    notes: Sequence[tuple[str, str]] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    setting: Mapping[str, object] = field(default_factory=dict)
