"""What a person before the camera is asked to do: one step after the other. Written as the checker's port has it."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from padkit_sim.errors import SimRefused

LOOK, FLASH = "look", "flash"
ACTIONS = ("turn_left", "turn_right", "open_mouth", "nod")
COLOURS = ("#ff0000", "#00ff00", "#0000ff", "#ffff00", "#00ffff", "#ff00ff", "#ffffff")
TIMEOUT_S = 6.0
MAX_STEPS = 32


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `kind` is ``look``, ``flash`` with a `colour` ``#rrggbb``, or one of `ACTIONS`."""

    kind: str
    colour: str = ""
    timeout_s: float = TIMEOUT_S


def read_step(text: str) -> Step:
    """A step from ``turn_left`` or ``flash:#ff0000``. Raises `SimRefused`."""
    kind, _, colour = text.strip().partition(":")
    if kind == FLASH and re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return Step(kind, colour.lower())
    if kind in (LOOK, *ACTIONS) and not colour:
        return Step(kind)
    raise SimRefused(f"step {text!r}: give {LOOK}, {', '.join(ACTIONS)} or {FLASH}:#rrggbb")


def read_steps(text: str) -> tuple[Step, ...]:
    """Steps parted by commas. Raises `SimRefused`."""
    steps = tuple(read_step(part) for part in text.split(","))
    if len(steps) > MAX_STEPS:
        raise SimRefused(f"steps: {len(steps)} are too many; give at most {MAX_STEPS}")
    return steps


def drawn_plan(rng: random.Random) -> tuple[Step, ...]:
    """A plan like a checker's: look, two actions of the four in any order, three or four flashes, no colour twice in a row."""
    actions = rng.sample(ACTIONS, 2)
    colours: list[str] = []
    for _ in range(rng.choice((3, 4))):
        colours.append(rng.choice([colour for colour in COLOURS if colours[-1:] != [colour]]))
    return (Step(LOOK), *(Step(action) for action in actions), *(Step(FLASH, colour) for colour in colours))


def other_plan(steps: Sequence[Step], rng: random.Random) -> tuple[Step, ...]:
    """A plan of an earlier sitting: not these actions in this order, not these colours."""
    while True:
        other = drawn_plan(rng)
        same_actions = [step.kind for step in other[:3]] == [step.kind for step in steps[:3]]
        pairs = zip([step.colour for step in other[3:]], [step.colour for step in steps[3:]], strict=False)
        if not same_actions and not any(mine == theirs for mine, theirs in pairs):
            return other
