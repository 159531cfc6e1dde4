"""Invented hands: signatures from files, or made by a seed, as moments of a pen in the unit square. No I/O but their files."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from padkit_sim.errors import SimRefused

FOLDER = Path(__file__).parent / "strokes"
GENERATED = "generated"
STEP_S = 0.005  # 200 reports a second
AIR_S = 0.06  # above the pad, before, between and after strokes


class Touch(NamedTuple):
    """One instant of a pen: `x` and `y` from 0 to 1, `force` 0 above the pad, else up to 1; not `near`: out of range."""

    x: float
    y: float
    force: float
    near: bool = True


class Knot(NamedTuple):
    """A place that a stroke goes through at `at_s` after its beginning."""

    at_s: float
    x: float
    y: float
    force: float


Stroke = Sequence[Knot]


@lru_cache(maxsize=1)
def shipped() -> tuple[str, ...]:
    """The names of the shipped signatures."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def signature(item: str) -> list[Touch]:
    """The signature called `item`: a shipped one, or `generated`, or `generated:` with a seed. Raises `SimRefused`."""
    name, _, seed = (item or GENERATED).partition(":")
    if name == GENERATED:
        return played(list(_made_up(seed)))
    if name not in shipped() or seed:
        known = ", ".join((*shipped(), GENERATED, f"{GENERATED}:7"))
        raise SimRefused(f"signature pad: sign: {item!r} is no signature; there are {known}")
    text = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return played([[Knot(*knot) for knot in stroke["knots"]] for stroke in text["stroke"]])


def tap(x: float, y: float) -> list[Touch]:
    """A short touch of one place."""
    above, on = [Touch(x, y, 0.0)] * 3, [Touch(x, y, 0.4)] * 6
    return [*above, *on, *above, Touch(x, y, 0.0, near=False)]


def played(strokes: Sequence[Stroke]) -> list[Touch]:
    """Moments at the pad's rate, with the pen in the air around each stroke, and gone at the end."""
    moments: list[Touch] = []
    air = round(AIR_S / STEP_S)
    for stroke in strokes:
        moments += [Touch(stroke[0].x, stroke[0].y, 0.0)] * air
        moments += _along(stroke)
        moments += [Touch(stroke[-1].x, stroke[-1].y, 0.0)] * air
    return [*moments, moments[-1]._replace(near=False)]


def _along(stroke: Stroke) -> Iterator[Touch]:
    for one, other in pairwise(stroke):
        count = max(1, round((other.at_s - one.at_s) / STEP_S))
        for number in range(count):
            share = number / count
            x, y, force = (a + (b - a) * share for a, b in zip(one[1:], other[1:], strict=True))
            yield Touch(x, y, max(0.05, force))
    yield Touch(stroke[-1].x, stroke[-1].y, max(0.05, stroke[-1].force))


def _made_up(seed: str) -> Iterator[Stroke]:
    """A few strokes that wander from left to right; the same for the same seed."""
    dice = random.Random(f"hand/{seed}")  # noqa: S311 - repeatable on purpose
    left = 0.12
    for _ in range(dice.randint(3, 5)):
        x, y, at_s = left, dice.uniform(0.3, 0.7), 0.0
        knots = [Knot(0.0, x, y, 0.2)]
        for _ in range(dice.randint(4, 8)):
            at_s += dice.uniform(0.03, 0.06)
            x = min(0.92, max(0.05, x + dice.uniform(-0.03, 0.06)))
            y = min(0.9, max(0.1, y + dice.uniform(-0.2, 0.2)))
            knots.append(Knot(at_s, x, y, dice.uniform(0.25, 0.85)))
        yield knots
        left += dice.uniform(0.1, 0.2)
