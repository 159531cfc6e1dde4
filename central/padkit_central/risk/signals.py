"""What rules may look at: the signals by name, made from observations. A kit's memory is a day of five-minute buckets. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from padkit_central.risk.geo import Point, distance_km, outside_km
from padkit_contract.risk import FACTS, Counts, Fix, Observation

BUCKET_S = 300
HOUR_S = 3600
DAY_S = 86_400
AHEAD_S = 300  # a sample from further ahead is none: it would hide all that come after it
IMPOSSIBLE_KMH = 300.0
COUNTS = Counts.__struct_fields__
COLUMNS = (*COUNTS, *FACTS, "clock_jump_s", "positions", "mocked", "exact", "jumps", "moved_km")
NOW = ("outside_km", "visit_km", "speed_kmh", "hour", "night", "gap_min")
SIGNALS = (*NOW, *(f"{name}_hour" for name in COLUMNS), *(f"{name}_day" for name in COLUMNS))
SLOTS: Mapping[str, int] = {name: place for place, name in enumerate(SIGNALS)}
COLUMN = {name: place for place, name in enumerate(COLUMNS)}
WIDTH = len(COLUMNS)
NO_COUNTS = Counts()


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When work is done, by the clock on the wall: `utc_offset` hours before Greenwich."""

    open: float = 6.5
    close: float = 20.0
    utc_offset: float = 8.0


class Bucket(msgspec.Struct, array_like=True):
    """What happened in five minutes, one number a column."""

    at: int
    values: list[float]


class Memory(msgspec.Struct):
    """What is kept of one kit's day. `hour_from` is the first bucket of the last hour."""

    at: int = 0
    last: Fix | None = None
    outside_km: float = 0.0
    buckets: list[Bucket] = []
    hour_from: int = 0
    hour: list[float] = msgspec.field(default_factory=lambda: [0.0] * WIDTH)
    day: list[float] = msgspec.field(default_factory=lambda: [0.0] * WIDTH)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where and when kits are meant to work: the outline of each entity, and the hours."""

    areas: Mapping[str, Sequence[Point]]
    hours: Hours


def take_in(memory: Memory, seen: Observation, ground: Ground) -> list[float]:
    """Add an observation to a kit's memory; return the value of each of `SIGNALS`."""
    at = max(seen.at, memory.at)
    memory.at = at
    _forget(memory, at)
    speed = 0.0
    for fix in seen.fixes:
        speed = max(speed, _moved(memory, fix, seen, at, ground))
    _count(memory, seen, at)
    local = (at / HOUR_S + ground.hours.utc_offset) % 24
    night = not ground.hours.open <= local < ground.hours.close
    gap = (at - memory.last.at) / 60 if memory.last is not None else 0.0
    now = (memory.outside_km, _visit_km(memory.last, seen, at), speed, local, float(night), max(0.0, gap))
    return [*now, *memory.hour, *memory.day]


def _count(memory: Memory, seen: Observation, at: int) -> None:
    if seen.counts != NO_COUNTS:
        for place, name in enumerate(COUNTS):
            if value := getattr(seen.counts, name):
                _add(memory, at, place, value)
    for name in seen.facts:
        _add(memory, at, COLUMN[name], 1.0)
    if seen.clock_jump_s:
        _add(memory, at, COLUMN["clock_jump_s"], abs(seen.clock_jump_s))


def _moved(memory: Memory, fix: Fix, seen: Observation, at: int, ground: Ground) -> float:
    """Take one position in; return the speed since the one before, in km/h, as little as the accuracies allow."""
    last = memory.last
    if fix.at > at + AHEAD_S or (last is not None and fix.at <= last.at):
        return 0.0
    place = (fix.lat, fix.lon)
    memory.last = fix
    if last is None or (last.lat, last.lon) != place or not memory.outside_km:
        far = outside_km(place, ground.areas.get(seen.entity, ()))
        memory.outside_km = max(0.0, far - fix.accuracy_m / 1000)
    _add(memory, at, COLUMN["positions"], 1.0)
    if fix.mock:
        _add(memory, at, COLUMN["mocked"], 1.0)
    if not fix.accuracy_m:
        _add(memory, at, COLUMN["exact"], 1.0)
    if last is None:
        return 0.0
    way = max(0.0, distance_km((last.lat, last.lon), place) - (last.accuracy_m + fix.accuracy_m) / 1000)
    speed = way * HOUR_S / (fix.at - last.at)
    if speed > IMPOSSIBLE_KMH:
        _add(memory, at, COLUMN["jumps"], 1.0)
    elif way:
        _add(memory, at, COLUMN["moved_km"], way)
    return speed


def _visit_km(last: Fix | None, seen: Observation, at: int) -> float:
    visit = seen.visit
    if visit is None or last is None or not visit.begins <= at < visit.ends:
        return 0.0
    far = distance_km((visit.lat, visit.lon), (last.lat, last.lon))
    return max(0.0, far - (visit.radius_m + last.accuracy_m) / 1000)


def _add(memory: Memory, at: int, column: int, value: float) -> None:
    start = at - at % BUCKET_S
    if not memory.buckets or memory.buckets[-1].at != start:
        memory.buckets.append(Bucket(start, [0.0] * WIDTH))
    memory.buckets[-1].values[column] += value
    memory.hour[column] += value
    memory.day[column] += value


def _forget(memory: Memory, at: int) -> None:
    """Let go of what is older than an hour, and than a day."""
    buckets = memory.buckets
    while memory.hour_from < len(buckets) and buckets[memory.hour_from].at <= at - HOUR_S:
        _take_off(memory.hour, buckets[memory.hour_from].values)
        memory.hour_from += 1
    gone = 0
    while gone < len(buckets) and buckets[gone].at <= at - DAY_S:
        _take_off(memory.day, buckets[gone].values)
        gone += 1
    if gone:
        del buckets[:gone]
        memory.hour_from -= gone
    if memory.hour_from == len(buckets):
        memory.hour[:] = [0.0] * WIDTH  # what rounding leaves is nothing


def _take_off(total: list[float], values: Sequence[float]) -> None:
    for place, value in enumerate(values):
        if value:
            total[place] = max(0.0, total[place] - value)
