"""The plan of a sitting: drawn anew each time, or checked when a recording brings its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from padkit_liveness.layers.challenge import ACTIONS
from padkit_sdk import Refused
from padkit_sdk.ports import FaceStep, FaceStepKind

COLOURS = ("#ff0000", "#00ff00", "#0000ff", "#ffff00", "#00ffff", "#ff00ff")  # each moves the chroma of skin
ACTION_COUNT = 2
FLASH_COUNTS = (3, 4)
FLASH_S = 0.9  # one colour stays
FLASH_TIMEOUT_S = 2.0
MAX_STEPS = 16
TIMEOUT_S = (0.5, 30.0)


def drawn(chance: Random) -> tuple[FaceStep, ...]:
    """A new plan: look, two actions in any order, three or four colours, none twice in a row."""
    actions = chance.sample(ACTIONS, ACTION_COUNT)
    colours: list[str] = []
    for _ in range(chance.choice(FLASH_COUNTS)):
        colours.append(chance.choice([colour for colour in COLOURS if colour not in colours[-1:]]))
    flashes = (FaceStep(FaceStepKind.FLASH, colour, FLASH_TIMEOUT_S) for colour in colours)
    return (FaceStep(FaceStepKind.LOOK), *(FaceStep(action) for action in actions), *flashes)


def checked(steps: Sequence[FaceStep]) -> tuple[FaceStep, ...]:
    """The steps of a recording. Raises `Refused` ``face.steps`` for a plan that nobody could follow."""
    if len(steps) > MAX_STEPS:
        raise _no_plan(f"{len(steps)} steps; give at most {MAX_STEPS}")
    kinds = [step.kind for step in steps]
    if kinds[0] is not FaceStepKind.LOOK:
        raise _no_plan(f"begins with {kinds[0].value}; begin with look")
    flashes = [kind is FaceStepKind.FLASH for kind in kinds]
    if flashes != sorted(flashes):
        raise _no_plan("a step follows the colours; give the colours last")
    for step in steps:
        wanted = r"#[0-9a-f]{6}" if step.kind is FaceStepKind.FLASH else ""
        if not re.fullmatch(wanted, step.colour):
            raise _no_plan(
                f"colour {step.colour[:16]!r} of {step.kind.value}; give flash one like #00ff00, others none"
            )
        if not TIMEOUT_S[0] <= step.timeout_s <= TIMEOUT_S[1]:
            raise _no_plan(f"timeout_s {step.timeout_s}; give {TIMEOUT_S[0]} to {TIMEOUT_S[1]}")
    return tuple(steps)


def _no_plan(what: str) -> Refused:
    return Refused("face.steps", f"liveness plan: {what}")
