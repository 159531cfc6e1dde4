"""A made-up province: counties side by side, each with one rural bank, its outline and its branch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

COLUMNS = 8
SIDE = 0.45  # degrees
SOUTH, WEST = 30.0, 110.0
CORNERS = 14
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class County:
    """One county and its bank."""

    entity: str
    middle: Point
    outline: tuple[Point, ...]

    def place(self, random: Random, reach: float = 0.75) -> Point:
        """Return a place well inside."""
        angle, part = random.uniform(0, math.tau), reach * math.sqrt(random.random())
        radius = SIDE / 2 * 0.8 * part
        return self.middle[0] + radius * math.sin(angle), self.middle[1] + radius * math.cos(angle)


def make_province(random: Random, count: int = 52) -> list[County]:
    """Return `count` counties."""
    return [_county(random, number) for number in range(count)]


def _county(random: Random, number: int) -> County:
    row, column = divmod(number, COLUMNS)
    middle = (SOUTH + (row + 0.5) * SIDE, WEST + (column + 0.5) * SIDE)
    outline = []
    for corner in range(CORNERS):
        angle, radius = math.tau * corner / CORNERS, SIDE / 2 * random.uniform(0.85, 1.0)
        outline.append((round(middle[0] + radius * math.sin(angle), 5), round(middle[1] + radius * math.cos(angle), 5)))
    return County(f"E{number + 1:03}", middle, tuple(outline))


def areas_yaml(province: list[County]) -> str:
    """Return the counties as the part of a set of risk rules that names the areas."""
    lines = [f"  {it.entity}: [{', '.join(f'[{lat}, {lon}]' for lat, lon in it.outline)}]\n" for it in province]
    return "areas:\n" + "".join(lines)
