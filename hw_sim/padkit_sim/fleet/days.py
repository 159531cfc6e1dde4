"""Days of honest kits, with what makes honest days look odd: border villages, bad reception, a school's sixty cards."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from padkit_contract.risk import Counts, Fix, Observation
from padkit_sim.fleet.province import County, Point

DAY_S = 86_400
MIDNIGHT = 1_798_732_800  # 2027-01-01 in UTC+8
IN_USE_S = 300
AT_REST_S = 1800
KM_PER_DEGREE = 111.32
KMH = 45.0


@dataclass(slots=True)
class Word:
    """One observation while it is being made up."""

    at: int
    place: Point
    accuracy_m: float
    mock: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    jump_s: float = 0.0

    def add(self, name: str, value: int = 1) -> None:
        """Count something."""
        self.counts[name] = self.counts.get(name, 0) + value


@dataclass(frozen=True, slots=True)
class Kit:
    """A kit, its county and the branch where it sleeps."""

    name: str
    county: County
    branch: Point


def honest_day(kit: Kit, day: int, random: Random) -> list[Word]:
    """Return one honest day of a kit, in order of time."""
    start = MIDNIGHT + day * DAY_S
    if (day % 7 >= 6 and random.random() < 0.8) or random.random() < 0.15:
        return [_word(start + at, kit.branch, random) for at in range(0, DAY_S, AT_REST_S)]
    leaves = start + int(random.uniform(7.5, 10) * 3600)
    route = _route(kit, leaves, random)
    back = route[-1][0]
    words = [_word(at, kit.branch, random) for at in range(start, leaves, AT_REST_S)]
    words += [_word(at, _on(route, at), random) for at in range(leaves, back, IN_USE_S)]
    words += [_word(at, kit.branch, random) for at in range(back, start + DAY_S, AT_REST_S)]
    work = [it for it in words if leaves <= it.at < min(back, start + 20 * 3600)]
    _business(work, random)
    _oddities(work, random)
    return words


def observations(kit: Kit, words: list[Word]) -> Iterator[Observation]:
    """Return a day as central hears it."""
    for it in words:
        fix = Fix(it.at, round(it.place[0], 6), round(it.place[1], 6), round(it.accuracy_m, 1), it.mock)
        yield Observation(
            kit.county.entity, kit.name, it.at, (fix,), Counts(**it.counts), it.facts, clock_jump_s=it.jump_s
        )


def _word(at: int, place: Point, random: Random) -> Word:
    accuracy = random.uniform(4, 30) if random.random() < 0.9 else random.uniform(30, 400)
    off = accuracy / 1000 / KM_PER_DEGREE
    return Word(at, (place[0] + random.gauss(0, off / 2), place[1] + random.gauss(0, off / 2)), accuracy)


def way_km(one: Point, two: Point) -> float:
    """Return how far two places are apart."""
    return KM_PER_DEGREE * math.hypot(two[0] - one[0], (two[1] - one[1]) * math.cos(math.radians(one[0])))


def _route(kit: Kit, leaves: int, random: Random) -> list[tuple[int, Point]]:
    """Return when the kit is where: two to five stops, some beyond the border, one day in a hundred at a meeting far away."""
    stops = [kit.county.place(random) for _ in range(random.randint(2, 5))]
    if random.random() < 0.05:
        stops[0] = kit.county.place(random, 1.3)
    if random.random() < 0.01:
        stops = [(kit.county.middle[0] + 0.3, kit.county.middle[1])]
    route, at, here = [(leaves, kit.branch)], float(leaves), kit.branch
    for stop in [*stops, kit.branch]:
        at += way_km(here, stop) / (KMH * random.uniform(0.7, 1.6)) * 3600
        route.append((int(at), stop))
        if stop is not kit.branch:
            at += random.uniform(0.4, 2.2) * 3600
            route.append((int(at), stop))
        here = stop
        if at > leaves + 9.5 * 3600:
            at += way_km(here, kit.branch) / KMH * 3600
            route.append((int(at), kit.branch))
            break
    return route


def _on(route: list[tuple[int, Point]], at: int) -> Point:
    for (t1, one), (t2, two) in pairwise(route):
        if t1 <= at < t2:
            part = (at - t1) / (t2 - t1)
            return one[0] + (two[0] - one[0]) * part, one[1] + (two[1] - one[1]) * part
    return route[-1][1]


def _business(work: list[Word], random: Random) -> None:
    """Mostly few openings a day; now and then a school or a factory with sixty."""
    if not work:
        return
    many = random.random() < 0.02
    work[0].add("sign_ins")
    if random.random() < 0.1:
        work[0].add("failed_sign_ins", random.randint(1, 3))
    for it in work:
        if random.random() >= (0.75 if many else 0.04):
            continue
        it.add("openings")
        if random.random() < 0.07:
            it.add("aborted")
        else:
            it.add("issues")
        if random.random() < 0.1:
            it.add("alternative")
        if random.random() < 0.15:
            it.add("retries", random.randint(1, 3))
        if random.random() < 0.01:
            it.add("captures")
        if random.random() < 0.03:
            it.add("hasty")


def _oddities(work: list[Word], random: Random) -> None:
    if not work:
        return
    if random.random() < 0.05:  # a receiver that is wrong for once, and says that it is exact
        it = random.choice(work)
        it.place = (it.place[0] + random.uniform(-0.5, 0.5), it.place[1] + random.uniform(-0.5, 0.5))
    if random.random() < 0.02:
        random.choice(work).jump_s = random.uniform(-300, 300)
    if random.random() < 0.01:
        random.choice(work).facts = (random.choice(("swapped_device", "traits_drifted")),)
    if random.random() < 0.03:
        random.choice(work).accuracy_m = 0.0
