"""A whole fleet's days from one seed: who is honest, who is misused for what and on which day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from padkit_contract.risk import Observation
from padkit_sim.fleet.days import Kit, honest_day, observations
from padkit_sim.fleet.misuse import KINDS
from padkit_sim.fleet.province import County, make_province


@dataclass(frozen=True, slots=True)
class Member:
    """One kit of the fleet; `misuse` is empty for an honest one, else it happens on `day`."""

    kit: Kit
    seed: int
    misuse: str = ""
    day: int = 0


@dataclass(frozen=True, slots=True)
class Fleet:
    """A province and its kits. The same seed gives the same fleet and the same days."""

    province: list[County]
    members: list[Member]
    days: int

    def day_of(self, member: Member, day: int) -> Iterator[Observation]:
        """Return one day of one kit."""
        random = Random(f"{member.seed} {day}")  # noqa: S311  (a simulation)
        words = honest_day(member.kit, day, random)
        if member.misuse and member.day == day:
            words = KINDS[member.misuse](member.kit, words, day, random)
        return observations(member.kit, words)


def make_fleet(seed: int, *, honest: int = 200, misused: int = 20, days: int = 1) -> Fleet:
    """Return a fleet; the kinds of misuse come in turn."""
    random = Random(seed)  # noqa: S311  (a simulation)
    province = make_province(random)
    members = []
    kinds = list(KINDS)
    first = random.randrange(len(kinds))
    for number in range(honest + misused):
        county = province[random.randrange(len(province))]
        kit = Kit(f"K{number + 1:04}", county, county.place(random, 0.4))
        bad = number >= honest
        kind = kinds[(first + number) % len(kinds)] if bad else ""
        members.append(Member(kit, random.getrandbits(63), kind, random.randrange(days) if bad else 0))
    return Fleet(province, members, days)
