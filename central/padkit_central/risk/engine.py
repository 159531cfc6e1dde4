"""One evaluation: an observation goes into a kit's state, out come score and level, and the evidence when the level changed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from padkit_central.risk.levels import Place, step
from padkit_central.risk.rules import RuleSet
from padkit_central.risk.score import FIRST_MIN, fallen, risen, total
from padkit_central.risk.signals import SLOTS, Memory, take_in
from padkit_contract.risk import Observation


class KitRisk(msgspec.Struct):
    """All that is kept of one kit under one set of rules. `shares` are the points of each rule just now."""

    memory: Memory = msgspec.field(default_factory=Memory)
    place: Place = msgspec.field(default_factory=Place)
    shares: dict[str, float] = {}
    score: float = 0.0
    at: int = 0


class Contribution(msgspec.Struct, frozen=True):
    """What one rule gave to a score: its share, and the value of each signal that it looked at."""

    rule: str
    points: float
    values: dict[str, float]


class Change(msgspec.Struct, frozen=True):
    """A level that changed, with its evidence. `fact`: a hard fact did it, not the score."""

    entity: str
    kit: str
    at: int
    before: int
    after: int
    score: float
    fact: bool
    why: tuple[Contribution, ...]
    rules: str


def evaluate(state: KitRisk, seen: Observation, rules: RuleSet) -> Change | None:
    """Take an observation in. Returns the change of level that it made, if it made one."""
    at = max(seen.at, state.at)
    minutes = (at - state.at) / 60 if state.at else FIRST_MIN
    state.at = at
    values = take_in(state.memory, seen, rules.ground)
    shares, before, fact = state.shares, state.place.level, 0
    after: dict[str, float] = {}
    for rule in rules.rules:
        text = rule.text
        share = shares.get(text.id, 0.0)
        if rule.when.run(values):
            share = text.points if rule.fact else risen(share, text.points, minutes, text.rise_min)
            fact = max(fact, rule.fact)
        elif share:
            share = fallen(share, minutes, text.half_life_min)
        if share:
            after[text.id] = share
    state.shares = after
    state.score = total(after.values())
    if not step(state.place, state.score, fact, at, rules.ladder):
        return None
    return Change(
        seen.entity, seen.kit, at, before, state.place.level, round(state.score, 2),
        bool(fact) and state.place.level == fact, contributions(state, values, rules), rules.digest,
    )  # fmt: skip


def contributions(state: KitRisk, values: Sequence[float], rules: RuleSet) -> tuple[Contribution, ...]:
    """Return what makes up a kit's score, the largest share first."""
    found = [
        Contribution(
            it.text.id, round(share, 2), {name: round(values[SLOTS[name]], 3) for name in sorted(it.when.names)}
        )
        for it in rules.rules
        if (share := state.shares.get(it.text.id, 0.0))
    ]
    return tuple(sorted(found, key=lambda it: (-it.points, it.rule)))
