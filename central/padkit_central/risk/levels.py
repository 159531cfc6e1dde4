"""From a score to a level: two thresholds, twice in a row to go up, a dwell to go down, hard facts at once. No I/O, no clock."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec


@dataclass(frozen=True, slots=True)
class Step:
    """One level's thresholds."""

    enter: float
    leave: float


@dataclass(frozen=True, slots=True)
class Ladder:
    """The levels above R0. A score has to stand `confirm` times in a row; `hold_s` is how long a hard fact lasts."""

    steps: tuple[Step, ...]
    confirm: int
    dwell_s: int
    hold_s: int


class Place(msgspec.Struct):
    """Where a kit stands on the ladder. `floor` is what a hard fact holds it at until `floor_until`."""

    level: int = 0
    since: int = 0
    above: int = 0
    aim: int = 0
    below_since: int = 0
    floor: int = 0
    floor_until: int = 0


def step(place: Place, score: float, fact: int, at: int, ladder: Ladder) -> bool:
    """Take a score in; tell whether the level changed. It falls by one at a time, and never within the dwell of a change."""
    if fact >= place.floor and fact:
        place.floor, place.floor_until = fact, at + ladder.hold_s
    elif at >= place.floor_until:
        place.floor = 0
    before = place.level
    if place.floor > place.level:
        place.level = place.floor
    wanted = _entered(score, ladder)
    if wanted > place.level:
        place.aim = min(place.aim, wanted) if place.above else wanted
        place.above += 1
        if place.above >= ladder.confirm:
            place.level = place.aim
    else:
        place.above = 0
        _fall(place, score, at, ladder)
    if place.level == before:
        return False
    place.since, place.above, place.below_since = at, 0, 0
    return True


def _entered(score: float, ladder: Ladder) -> int:
    level = 0
    for number, each in enumerate(ladder.steps, 1):
        if score >= each.enter:
            level = number
    return level


def _fall(place: Place, score: float, at: int, ladder: Ladder) -> None:
    if place.level <= place.floor or score >= ladder.steps[place.level - 1].leave:
        place.below_since = 0
        return
    place.below_since = place.below_since or at
    if at - max(place.below_since, place.since) >= ladder.dwell_s:
        place.level -= 1
