"""How a person moves: small motions all the time, and what was asked after a reaction time. A pure function of time."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from padkit_sim.pictures.faces.plan import Step
from padkit_sim.pictures.faces.pose import Pose

SWAYS = ("left", "down", "tilt", "x", "y", "face_px", "open_px")
SWAY_SIZE = {"left": 1.1, "down": 1.0, "tilt": 0.9, "x": 3.5, "y": 2.5, "face_px": 1.6, "open_px": 0.25}
CLOSED_PX = -4.0  # the lower lip when nothing is asked
NOD_BACK = 0.3  # of a nod's depth the head comes up beyond straight


@dataclass(frozen=True, slots=True)
class Habits:
    """How one person does things: seconds, degrees, and source pixels for the mouth."""

    reaction_s: float
    out_s: float  # to the turning point
    hold_s: float
    back_s: float
    turn: float
    nod: float
    mouth_px: float

    @classmethod
    def drawn(cls, rng: random.Random) -> Habits:
        """Somebody's habits."""
        return cls(
            reaction_s=rng.uniform(0.25, 0.6),
            out_s=rng.uniform(0.35, 0.6),
            hold_s=rng.uniform(0.15, 0.4),
            back_s=rng.uniform(0.35, 0.6),
            turn=rng.uniform(15, 19),
            nod=rng.uniform(14, 18),
            mouth_px=rng.uniform(14, 18),
        )

    @property
    def takes_s(self) -> float:
        """From being told to being back."""
        return self.reaction_s + self.out_s + self.hold_s + self.back_s


class Actor:
    """One person in front of the camera: `tell` what is asked when, then ask for the `pose` at any later moment."""

    def __init__(self, rng: random.Random, rest: Pose | None = None) -> None:
        self.habits = Habits.drawn(rng)
        self._rest = rest or _place(rng)
        self._told: list[tuple[float, Step]] = []
        self._sways = {
            name: [
                (SWAY_SIZE[name] * rng.uniform(0.2, 0.5), rng.uniform(0.1, 0.9), rng.uniform(0, 6.3)) for _ in range(3)
            ]
            for name in SWAYS
        }

    def tell(self, step: Step, at_s: float) -> None:
        """Ask for `step` at `at_s`."""
        self._told = [*self._told[-3:], (at_s, step)]

    def pose(self, at_s: float) -> Pose:
        """Where the head is at `at_s`."""
        at = {
            name: sum(size * math.sin(6.283 * hz * at_s + phase) for size, hz, phase in self._sways[name])
            for name in SWAYS
        }
        for told_s, step in self._told:
            self._act(step.kind, at_s - told_s - self.habits.reaction_s, at)
        rest = self._rest
        return Pose(
            left=at["left"],
            down=at["down"],
            tilt=rest.tilt + at["tilt"],
            open_px=CLOSED_PX + at["open_px"],
            x=rest.x + at["x"],
            y=rest.y + at["y"],
            face_px=rest.face_px + at["face_px"],
        )

    def _act(self, kind: str, since_s: float, at: dict[str, float]) -> None:
        share = self._share(since_s)
        match kind:
            case "turn_left":
                at["left"] += self.habits.turn * share
            case "turn_right":
                at["left"] -= self.habits.turn * share
            case "open_mouth":
                at["open_px"] += self.habits.mouth_px * share
            case "nod":
                at["down"] += self.habits.nod * (
                    share - NOD_BACK * self._share(since_s - self.habits.out_s - self.habits.hold_s)
                )
            case _:
                pass  # looking and holding still

    def _share(self, since_s: float) -> float:
        """How far out a motion is, 0 to 1, `since_s` after it began."""
        habits = self.habits
        back = since_s - habits.out_s - habits.hold_s
        if since_s <= 0 or back >= habits.back_s:
            return 0.0
        if since_s < habits.out_s:
            return 0.5 - 0.5 * math.cos(math.pi * since_s / habits.out_s)
        return 1.0 if back <= 0 else 0.5 + 0.5 * math.cos(math.pi * back / habits.back_s)


def _place(rng: random.Random) -> Pose:
    return Pose(
        tilt=rng.uniform(-3, 3), x=rng.uniform(300, 340), y=rng.uniform(228, 244), face_px=rng.uniform(178, 222)
    )
