"""Bronze, silver, gold: rules over what runs have shown. A tier is computed, never said; each rule tells what it still lacks."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from padkit_sdk.conformance.promise import Kind

KEPT, BROKEN = "kept", "broken"
MOST = 5  # sentences that a rule lists
Key = tuple[str, str]  # port, sentence


class Tier(enum.Enum):
    """How far a driver has come."""

    NONE = "none"
    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Where a run's device was: `hardware` when nothing pointed to a simulator; frames that its trace gained meanwhile."""

    hardware: bool
    why_not_hardware: str = ""
    trace: str = ""
    trace_sha256: str = ""
    trace_frames: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one run says of each promise of the driver's ports, and where it was."""

    outcomes: Mapping[Key, str]
    kinds: Mapping[Key, str]
    lacking: frozenset[Key]  # the device has not what the promise is about
    evidence: Evidence

    def unkept(self, *kinds: Kind) -> list[Key]:
        """Promises of these kinds that it does not show kept, but for those about what the device has not."""
        names = {kind.value for kind in kinds}
        return [
            key
            for key, outcome in self.outcomes.items()
            if self.kinds[key] in names and outcome != KEPT and key not in self.lacking
        ]


class Judged(msgspec.Struct, frozen=True):
    """One rule: whether it is met, and what it lacks."""

    tier: str
    name: str
    sentence: str
    met: bool
    lacks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a tier; `lacks` is empty when it is met."""

    tier: Tier
    name: str
    sentence: str
    lacks: Callable[[Sequence[Finding]], list[str]]


def _broken(runs: Sequence[Finding]) -> list[str]:
    return [_said(key) for key in _keys(runs) if any(run.outcomes.get(key) == BROKEN for run in runs)]


def _kept_somewhere(*kinds: Kind) -> Callable[[Sequence[Finding]], list[str]]:
    def lacks(runs: Sequence[Finding]) -> list[str]:
        missing = [set(run.unkept(*kinds)) for run in runs]
        asked_for = [key for key in _keys(runs) if any(run.kinds.get(key) in {k.value for k in kinds} for run in runs)]
        if not asked_for:
            return [f"no promise of the kind {' or '.join(kind.value for kind in kinds)} was there"]
        return [_said(key) for key in asked_for if all(key in one for one in missing)]

    return lacks


def _on_hardware(runs: Sequence[Finding]) -> list[str]:
    there = [run for run in runs if run.evidence.hardware]
    if not there:
        return [f"no run on real hardware: {runs[0].evidence.why_not_hardware}"]
    best = min((run.unkept(Kind.LIFE) for run in there), key=len)
    return [_said(key) for key in best]


def _traced(runs: Sequence[Finding]) -> list[str]:
    if any(run.evidence.hardware and run.evidence.trace_frames for run in runs):
        return []
    return ["no run on real hardware has a trace that grew during the run (--padkit-trace)"]


RULES = (
    Rule(Tier.BRONZE, "no promise broken", "No promise is broken in any of the runs.", _broken),
    Rule(
        Tier.BRONZE,
        "normal life",
        "Every promise of normal life is kept in one of the runs: all that need neither CUT_POWER nor ARM_FAULTS.",
        _kept_somewhere(Kind.LIFE),
    ),
    Rule(
        Tier.SILVER,
        "trouble",
        "Every promise that needs CUT_POWER or ARM_FAULTS is kept in one of the runs.",
        _kept_somewhere(Kind.TROUBLE),
    ),
    Rule(
        Tier.GOLD,
        "endurance",
        "Every promise about bad input and memory is kept in one of the runs.",
        _kept_somewhere(Kind.ENDURANCE),
    ),
    Rule(
        Tier.GOLD, "real hardware", "One of the runs kept every promise of normal life on real hardware.", _on_hardware
    ),
    Rule(Tier.GOLD, "trace", "A trace that was recorded during a run on real hardware belongs to it.", _traced),
)


def judge(runs: Sequence[Finding]) -> tuple[Judged, ...]:
    """Every rule held against these runs of one driver, the present one first."""
    return tuple(_judged(rule, rule.lacks(runs)) for rule in RULES)


def tier_of(rules: Sequence[Judged]) -> Tier:
    """The highest tier whose rules, and those of all tiers below, are met."""
    reached = Tier.NONE
    for tier in (Tier.BRONZE, Tier.SILVER, Tier.GOLD):
        if not all(rule.met for rule in rules if rule.tier == tier.value):
            break
        reached = tier
    return reached


def _judged(rule: Rule, lacks: Sequence[str]) -> Judged:
    shown = [*lacks[:MOST], *([f"and {len(lacks) - MOST} more"] if len(lacks) > MOST else [])]
    return Judged(rule.tier.value, rule.name, rule.sentence, not lacks, shown)


def _keys(runs: Sequence[Finding]) -> Iterator[Key]:
    return iter(dict.fromkeys(key for run in runs for key in run.outcomes))


def _said(key: Key) -> str:
    return f"{key[0]}: {key[1]}"
