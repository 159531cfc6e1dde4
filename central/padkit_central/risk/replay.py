"""Recorded days against rules: which levels would have changed. The same files give the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from padkit_central.risk.cap import LockCap
from padkit_central.risk.engine import Change, KitRisk, evaluate
from padkit_central.risk.rules import RuleSet
from padkit_contract.errors import Invalid
from padkit_contract.risk import Observation, check_observation

MAX_LINE = 256 << 10
MAX_KITS = 100_000

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a set of rules made of recorded days; `changes` in order of time, `locked` within the cap, `proposed` above it."""

    seen: int
    kits: int
    changes: tuple[Change, ...]
    locked: tuple[Key, ...]
    proposed: tuple[Key, ...]

    @property
    def highest(self) -> dict[Key, int]:
        """Return the highest level that each kit came to, of those that came to one."""
        found: dict[Key, int] = {}
        for it in self.changes:
            found[it.entity, it.kit] = max(found.get((it.entity, it.kit), 0), it.after)
        return found


@dataclass(frozen=True, slots=True)
class Difference:
    """A kit that two sets judge differently: the highest level under each."""

    entity: str
    kit: str
    old: int
    new: int


def read_days(folder: Path) -> Iterator[Observation]:
    """Yield the observations of a folder's ``*.jsonl``, file by file in order of name, line by line.

    Raises `Invalid` ``risk.day`` with file and line, or when there is none.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise Invalid("risk.day", f"{folder}: no *.jsonl; one observation a line, see the reference")
    decode = msgspec.json.Decoder(Observation).decode
    for path in files:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE + 1):
                number += 1
                try:
                    if len(line) > MAX_LINE:
                        raise Invalid("risk.form", f"longer than {MAX_LINE} bytes")
                    seen = decode(line)
                    check_observation(seen)
                except (msgspec.MsgspecError, UnicodeDecodeError, Invalid) as exc:
                    raise Invalid("risk.day", f"{path}:{number}: {exc}; mend or leave out the line") from exc
                yield seen


def replay(days: Iterable[Observation], rules: RuleSet) -> Replayed:
    """Run a set over observations; each kit's have to be in order of time. Raises `Invalid` ``risk.day`` for too many kits."""
    states: dict[Key, KitRisk] = {}
    changes: list[Change] = []
    seen = 0
    for it in days:
        seen += 1
        key = (it.entity, it.kit)
        state = states.get(key)
        if state is None:
            if len(states) >= MAX_KITS:
                raise Invalid("risk.day", f"more than {MAX_KITS} kits; replay fewer days at once")
            state = states[key] = KitRisk()
        change = evaluate(state, it, rules)
        if change is not None:
            changes.append(change)
    changes.sort(key=lambda it: (it.at, it.entity, it.kit))
    return _capped(seen, len(states), changes, rules)


def differences(old: Replayed, new: Replayed) -> list[Difference]:
    """Return the kits whose highest level differs, in order of name."""
    was, now = old.highest, new.highest
    both = sorted(was.keys() | now.keys())
    return [Difference(*key, was.get(key, 0), now.get(key, 0)) for key in both if was.get(key, 0) != now.get(key, 0)]


def _capped(seen: int, kits: int, changes: list[Change], rules: RuleSet) -> Replayed:
    cap = LockCap(rules.locks_per_hour)
    locked: dict[Key, None] = {}
    proposed: dict[Key, None] = {}
    for it in changes:
        key = (it.entity, it.kit)
        if it.after > it.before and "lock" in rules.measures[it.after] and key not in locked:
            (locked if cap.take(it.at) else proposed)[key] = None
    return Replayed(seen, kits, tuple(changes), tuple(locked), tuple(proposed))
