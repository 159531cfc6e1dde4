"""What the store keeps of risk: sets of rules, kits' states, changes of level with their evidence, what people said."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


class SetState(enum.Enum):
    """What a set of rules is for. There is one in shadow and one active, at most."""

    SHADOW = "shadow"  # judges, and nothing follows
    ACTIVE = "active"
    PAST = "past"


class Action(enum.Enum):
    """What followed a change of level."""

    NONE = "none"
    DUE = "due"  # to be ordered; stands before the order goes
    ORDERED = "ordered"
    PROPOSED = "proposed"  # left to a person: the cap was reached, or nobody signs for the engine
    HELD = "held"  # a person's override is below this level


@dataclass(frozen=True, slots=True)
class RiskSet:
    """One set of an entity, as text; `digest` is its SM3 (hex)."""

    entity: str
    number: int
    state: SetState
    body: str = field(repr=False)
    digest: str
    reason: str
    put_by: str
    put_at: str


@dataclass(frozen=True, slots=True)
class RiskChange:
    """A level that changed. `why` is its evidence (JSON); `at` in seconds since 1970; `locks`: a lock is among the measures."""

    id: str
    entity: str
    kit: str
    at: int
    shadow: bool
    before: int
    after: int
    score: float
    fact: bool
    digest: str
    why: bytes
    measures: tuple[str, ...]
    action: Action
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RiskWord:
    """What a person said: an override (`level`, good until `until`) or an objection."""

    entity: str
    kit: str
    override: bool
    level: int
    reason: str
    who: str
    at: int
    until: int


@dataclass(frozen=True, slots=True)
class Look:
    """What an evaluation needs: the sets in use, the kit's states by set, locks of the last hour, the override in force."""

    sets: Sequence[RiskSet]
    states: Mapping[str, bytes]  # by digest
    locks: Sequence[int]
    override: RiskWord | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What an evaluation made: the new state under one set, and the change."""

    digest: str
    state: bytes
    change: RiskChange | None


RiskJudge = Callable[[Look], Sequence[Judged]]
