"""The risk engine on simulated days: what it finds, whom it wrongs, how long it takes. The seeds were not used to set the rules.

200 honest and 20 misused kits of a province of 52 banks, a week for each seed. Found: R2 or above from the day of the misuse
on. Wronged: any change of level of an honest kit. An evaluation is timed by the processor, so that others on the machine do
not count; the replay is timed by the wall. The replay reads its day from a file, as `padkit-central risk replay` does.
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from benchmarks.figures import Figure, Goal, Result
from benchmarks.stats import median
from padkit_central.risk import DEFAULT_RULES, KitRisk, RuleSet, evaluate, read_days, read_rules, replay
from padkit_sim.fleet.making import Fleet, Member, make_fleet
from padkit_sim.fleet.misuse import KINDS
from padkit_sim.fleet.province import areas_yaml

SEEDS = (4101, 4102, 4103)
DAYS = 7
FOUND = 2  # R2
FLEET = 2000
FLEET_SEED = 4200
US = 1e6


def measure() -> Result:
    """Judge the weeks, then replay a day of a whole fleet."""
    found, times = [], []
    wronged = days = 0
    missed: list[str] = []
    for seed in SEEDS:
        fleet = make_fleet(seed, days=DAYS)
        rules = _rules(fleet)
        for member in fleet.members:
            right, changes, spent = _judge(fleet, member, rules)
            times.append(spent)
            if member.misuse:
                found.append(float(right))
                missed += [] if right else [member.misuse]
            else:
                wronged += changes
                days += DAYS
    seconds, seen = _replay()
    notes = (
        f"{len(found)} misused kits of {len(KINDS)} kinds, {days} days of honest kits; seeds {SEEDS}",
        f"missed: {', '.join(missed) or 'none'}; {wronged} changes of level of honest kits",
        f"the replayed day: {FLEET} kits, {seen} observations",
    )
    figures = {
        "misused kits found": Figure(100 * sum(found) / len(found), "%", Goal(">=", 95)),
        "wrong changes per honest kit and day": Figure(wronged / days, "", Goal("<", 0.01)),
        "one evaluation": Figure(median(times), "us of processor", Goal("<", 50), samples=times),
        "replay of a day of 2,000 kits": Figure(seconds, "s", Goal("<", 60)),
    }
    return Result(figures, notes=notes)


def _rules(fleet: Fleet) -> RuleSet:
    return read_rules(DEFAULT_RULES.read_text(encoding="utf-8") + areas_yaml(fleet.province))


def _judge(fleet: Fleet, member: Member, rules: RuleSet) -> tuple[bool, int, float]:
    """Return whether a kit was found, how often its level changed, and the time of one evaluation."""
    state, found, changes, spent, seen = KitRisk(), False, 0, 0.0, 0
    for day in range(fleet.days):
        heard = list(fleet.day_of(member, day))
        begun = time.thread_time()
        made = [change for it in heard if (change := evaluate(state, it, rules)) is not None]
        spent += time.thread_time() - begun
        seen += len(heard)
        changes += len(made)
        found |= day >= member.day and any(it.after >= FOUND for it in made)
    return found, changes, spent / seen * US


def _replay() -> tuple[float, int]:
    fleet = make_fleet(FLEET_SEED, honest=FLEET - FLEET // 11, misused=FLEET // 11)
    encode = msgspec.json.Encoder().encode
    with TemporaryDirectory() as folder:
        with (Path(folder) / "day.jsonl").open("wb") as file:
            for member in fleet.members:
                file.writelines(encode(it) + b"\n" for it in fleet.day_of(member, 0))
        begun = time.perf_counter()
        done = replay(read_days(Path(folder)), _rules(fleet))
        return time.perf_counter() - begun, done.seen
