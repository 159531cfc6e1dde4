"""Goals as the command line gives them: ``number=0.99``, ``field/0-1=0.97``, ``field:foreigner_front=0.95``, ``apcer=0.02``.

A goal holds for every measure that its name, group and levels mean, one by one: a mean hides nothing. Whether it is a least
or a most follows from the measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from padkit_sdk import Refused
from padkit_vision.evaluate.measures import Measure

FORM = re.compile(
    r"(?P<name>[a-z0-9_]+)(?::(?P<group>[\w.-]+))?(?:/(?P<low>\d)(?:-(?P<high>\d))?)?=(?P<limit>\d+(?:\.\d+)?)"
)


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal; `levels` is empty for all."""

    text: str
    name: str
    group: str
    levels: range | None
    limit: float

    def means(self, measure: Measure) -> bool:
        """Whether `measure` is one of its own."""
        named = self.name in (measure.name, measure.family) and self.group in ("", measure.group)
        return named and (self.levels is None or (measure.level is not None and measure.level in self.levels))

    def met_by(self, measure: Measure) -> bool:
        """Whether `measure` keeps to it."""
        return measure.value <= self.limit if measure.upper else measure.value >= self.limit


@dataclass(frozen=True, slots=True)
class Held:
    """A goal held against what was measured: `missed` are the measures that miss it, the worst first."""

    goal: Goal
    missed: Sequence[Measure]

    @property
    def met(self) -> bool:
        return not self.missed


def parse(text: str) -> Goal:
    """Read one goal. Raises `Refused` ``goal.form``."""
    found = FORM.fullmatch(text)
    if found is None:
        raise Refused(
            "goal.form", f"goal {text!r}: write NAME=LIMIT, NAME:GROUP=LIMIT or NAME/LEVELS=LIMIT, as field/0-1=0.97"
        )
    low, high = found["low"], found["high"] or found["low"]
    levels = None if low is None else range(int(low), int(high) + 1)
    return Goal(text, found["name"], found["group"] or "", levels, float(found["limit"]))


def hold(goals: Iterable[Goal], measures: Sequence[Measure]) -> list[Held]:
    """Hold each goal against its measures. Raises `Refused` ``goal.measure`` for one that means none."""
    held = []
    for goal in goals:
        meant = [measure for measure in measures if goal.means(measure)]
        if not meant:
            names = ", ".join(sorted({name for it in measures for name in (it.name, it.family) if name}))
            raise Refused(
                "goal.measure", f"goal {goal.text}: nothing measured has this name, group and level; there are {names}"
            )
        missed = [measure for measure in meant if not goal.met_by(measure)]
        held.append(Held(goal, sorted(missed, key=lambda it: it.value, reverse=missed[0].upper) if missed else ()))
    return held
