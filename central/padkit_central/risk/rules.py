"""A set of rules: what the YAML may say, checked as a whole before any of it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from padkit_central.risk import yaml_lines
from padkit_central.risk.language import Expression, RuleError, compile_expression
from padkit_central.risk.levels import Ladder, Step
from padkit_central.risk.signals import SLOTS, Ground, Hours
from padkit_contract.crypto import sm3

LEVELS = ("R0", "R1", "R2", "R3", "R4")
MAX_RULES = 100
MAX_CORNERS = 2000

Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Points = Annotated[float, msgspec.Meta(gt=0, le=100)]
Minutes = Annotated[float, msgspec.Meta(gt=0, le=10_080)]
Corner = tuple[Annotated[float, msgspec.Meta(ge=-90, le=90)], Annotated[float, msgspec.Meta(ge=-180, le=180)]]
Upper = Literal["R1", "R2", "R3", "R4"]
Measure = Literal["notify", "reauthenticate", "restrict", "stop_card_box", "lock"]


class RuleText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule as it is written. With `fact` its level is there at once, and `points` say nothing of it."""

    id: Id
    kind: Literal["hardware", "track", "behaviour"]
    when: str
    zh: Text
    en: Text
    points: Points = 100.0
    rise_min: Minutes = 3.0
    half_life_min: Minutes = 60.0
    fact: Upper | None = None


class LevelText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a level is entered and left, and what is ordered when it is entered."""

    enter: Points
    leave: Points
    measures: tuple[Measure, ...] = ()


class LevelsText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="upper"):
    """All levels that are above R0."""

    r1: LevelText
    r2: LevelText
    r3: LevelText
    r4: LevelText

    @property
    def named(self) -> tuple[tuple[str, LevelText], ...]:
        """Return them with their names, the lowest first."""
        return tuple(zip(LEVELS[1:], (self.r1, self.r2, self.r3, self.r4), strict=True))


class SetText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A set as it is written."""

    format: Literal[1]
    levels: LevelsText
    rules: Annotated[tuple[RuleText, ...], msgspec.Meta(min_length=1, max_length=MAX_RULES)]
    areas: Mapping[str, Annotated[tuple[Corner, ...], msgspec.Meta(min_length=3, max_length=MAX_CORNERS)]] = {}
    hours: Hours = Hours()
    confirm: Annotated[int, msgspec.Meta(ge=1, le=10)] = 2
    dwell_min: Minutes = 30.0
    hold_hours: Annotated[float, msgspec.Meta(gt=0, le=720)] = 24.0
    locks_per_hour: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that can be run. `fact` is the level's number that it brings at once, 0: it only gives points."""

    text: RuleText
    when: Expression
    fact: int


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A set that can be run. `digest` is the SM3 of its text."""

    digest: str
    rules: tuple[Rule, ...]
    ladder: Ladder
    ground: Ground
    measures: tuple[tuple[str, ...], ...]  # one entry a level, R0 first
    locks_per_hour: int


def read_rules(text: str) -> RuleSet:
    """Check and compile a set. Raises `RuleError` with line and column."""
    placed = yaml_lines.load(text)
    try:
        said = msgspec.convert(_whole_numbers(placed.value), SetText)
    except msgspec.ValidationError as exc:
        message = str(exc)
        raise placed.error(yaml_lines.path_of(message), message.partition(" - at ")[0]) from exc
    rules = tuple(_rule(it, ("rules", place), placed) for place, it in enumerate(said.rules))
    names = [it.id for it in said.rules]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise placed.error(("rules", place, "id"), f"{name!r} is there twice; a rule's id is its own")
    steps = _steps(said, placed)
    return RuleSet(
        sm3(text.encode()).hex(),
        rules,
        Ladder(steps, said.confirm, int(said.dwell_min * 60), int(said.hold_hours * 3600)),
        Ground(said.areas, said.hours),
        ((), *(level.measures for _, level in said.levels.named)),
        said.locks_per_hour,
    )


def _rule(it: RuleText, path: yaml_lines.Path, placed: yaml_lines.Placed) -> Rule:
    try:
        when = compile_expression(it.when, SLOTS)
    except RuleError as exc:
        line, column = placed.where[*path, "when"]
        inside = column + exc.column - 1 if exc.line == 1 else exc.column
        raise RuleError(f"rule {it.id}: {exc.message}", line + exc.line - 1, inside) from exc
    if not when.truth:
        raise placed.error((*path, "when"), f"rule {it.id}: a number is no condition; compare it with something")
    return Rule(it, when, LEVELS.index(it.fact) if it.fact else 0)


def _steps(said: SetText, placed: yaml_lines.Placed) -> tuple[Step, ...]:
    before = 0.0
    steps = []
    for name, level in said.levels.named:
        if not level.leave < level.enter:
            raise placed.error(("levels", name), f"{name} is left at {level.leave:g} and entered at {level.enter:g}")
        if level.enter <= before:
            raise placed.error(("levels", name), f"{name} is entered at {level.enter:g}, not above the level below it")
        before = level.enter
        steps.append(Step(level.enter, level.leave))
    return tuple(steps)


def _whole_numbers(value: object) -> object:
    """Give whole numbers as such: YAML's reader above knows only one kind."""
    if isinstance(value, dict):
        return {key: _whole_numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
