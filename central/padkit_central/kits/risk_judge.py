"""One word of a kit under the sets in use: which levels change and what is to follow. No I/O here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from padkit_central.risk import KitRisk, LockCap, RuleError, RuleSet, evaluate, read_rules
from padkit_central.store import Action, Judged, Look, RiskChange, SetState
from padkit_contract.risk import Observation

LOCK = "lock"


class Sets:
    """Compiles each set once; what is not in use any more is let go."""

    def __init__(self, broken: Callable[[str, str], object]) -> None:
        self._broken = broken
        self._known: dict[str, RuleSet | None] = {}

    def get(self, digest: str, body: str) -> RuleSet | None:
        """Return the set, or None for one that this program cannot use; `broken` was told once."""
        if digest not in self._known:
            if len(self._known) > 256:
                self._known.clear()
            try:
                self._known[digest] = read_rules(body)
            except RuleError as exc:
                self._known[digest] = None
                self._broken(digest, str(exc))
        return self._known[digest]


def judge(look: Look, *, seen: Observation, sets: Sets, signs: bool, new_id: Callable[[], str]) -> Iterator[Judged]:
    """Evaluate under each set in use. `signs` tells that orders of the engine can be signed."""
    for it in look.sets:
        rules = sets.get(it.digest, it.body)
        if rules is None:
            continue
        raw = look.states.get(it.digest)
        state = msgspec.json.decode(raw, type=KitRisk) if raw else KitRisk()
        made = evaluate(state, seen, rules)
        change = None
        if made is not None:
            shadow = it.state is SetState.SHADOW
            measures = rules.measures[made.after] if made.after > made.before else ()
            action = (
                Action.NONE
                if shadow or not measures
                else _action(look, rules, made.after, measures, seen.at, signs=signs)
            )
            change = RiskChange(
                new_id(), made.entity, made.kit, made.at, shadow, made.before, made.after, made.score, made.fact,
                it.digest, msgspec.json.encode(made.why), measures, action,
            )  # fmt: skip
        yield Judged(it.digest, msgspec.json.encode(state), change)


def _action(look: Look, rules: RuleSet, level: int, measures: tuple[str, ...], at: int, *, signs: bool) -> Action:
    if look.override is not None and look.override.level < level:
        return Action.HELD
    if not signs:
        return Action.PROPOSED
    if LOCK in measures and not LockCap(rules.locks_per_hour, tuple(look.locks)).take(at):
        return Action.PROPOSED
    return Action.DUE
