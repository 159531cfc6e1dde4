"""Every kind of sitting by name: a living person, or one kind of attack. Synthetic, all of it.

Not made here, and so never shown to be caught: an attack that follows the challenge as it is asked (a relay in real time, a
face drawn anew for each frame), masks, make-up, and screens that give back the flash.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from padkit_sim.pictures.faces.acting import Actor
from padkit_sim.pictures.faces.head import Head, head_of
from padkit_sim.pictures.faces.kinds import FROZEN, GENUINE, REPLAY, VIRTUAL, check_kind
from padkit_sim.pictures.faces.people import PEOPLE, Person
from padkit_sim.pictures.faces.pixels import Pixels
from padkit_sim.pictures.faces.plan import ACTIONS, Step, other_plan
from padkit_sim.pictures.faces.pose import Pose
from padkit_sim.pictures.faces.recapture import Print, Screen
from padkit_sim.pictures.faces.scene import Living, Scene
from padkit_sim.pictures.faces.timeline import Film, told_at


@dataclass(frozen=True, slots=True)
class Ask:
    """What a scene is made of: who sits there, the plan that will be told, the chances."""

    who: Person
    steps: Sequence[Step]
    rng: random.Random

    def living(self) -> Living:
        """The person of this sitting, living."""
        return Living([(head_of(self.who), Actor(self.rng))], self.rng)

    def another(self) -> Person:
        """Somebody else."""
        return self.rng.choice([one for one in PEOPLE if one != self.who])


class Still:
    """One picture for ever."""

    def __init__(self, picture: Pixels) -> None:
        self._picture = picture

    def tell(self, step: Step, at_s: float) -> None:
        """It does not hear."""

    def seen(self, at_s: float) -> Pixels:
        return self._picture


class Misled:
    """A living person who does another action than the one asked for."""

    def __init__(self, scene: Scene, rng: random.Random) -> None:
        self._scene = scene
        first = rng.sample(ACTIONS, len(ACTIONS))
        self._instead = dict(zip(first, first[1:] + first[:1], strict=True))

    def tell(self, step: Step, at_s: float) -> None:
        self._scene.tell(replace(step, kind=self._instead.get(step.kind, step.kind)), at_s)

    def seen(self, at_s: float) -> Pixels:
        return self._scene.seen(at_s)


class Swapped:
    """`scene` until the step numbered `after` was told, then with `others` in it; both hear everything."""

    def __init__(self, scene: Living, others: Sequence[tuple[Head, Actor]], after: int, late_s: float) -> None:
        self._scene, self._others = scene, others
        self._after, self._late_s = after, late_s
        self._told, self._at_s = 0, float("inf")

    def tell(self, step: Step, at_s: float) -> None:
        if self._told == self._after:
            self._at_s = at_s + self._late_s
        self._told += 1
        self._scene.tell(step, at_s)
        for _, actor in self._others if self._scene.people is not self._others else ():
            actor.tell(step, at_s)

    def seen(self, at_s: float) -> Pixels:
        if at_s >= self._at_s:
            self._scene.people = self._others
        return self._scene.seen(at_s)


def _still(ask: Ask) -> Pixels:
    face = Pose(x=320, y=238, open_px=ask.rng.uniform(-4, 0), face_px=ask.rng.uniform(185, 200))
    return Living([(head_of(ask.who), Actor(ask.rng, face))], ask.rng).seen(0.0)


def _print(ask: Ask) -> Scene:
    return Print(_still(ask), ask.rng, close=False)


def _print_close(ask: Ask) -> Scene:
    return Print(_still(ask), ask.rng, close=True)


def _screen(ask: Ask) -> Scene:
    return Screen(Still(_still(ask)), ask.rng, close=False)


def _screen_close(ask: Ask) -> Scene:
    return Screen(Still(_still(ask)), ask.rng, close=True)


def _replay(ask: Ask) -> Scene:
    actor = Actor(ask.rng, Pose(x=320, y=238, face_px=ask.rng.uniform(185, 200)))
    scene = Living([(head_of(ask.who), actor)], ask.rng)
    steps = other_plan(ask.steps, ask.rng)
    film = Film(scene, steps, told_at(steps, actor.habits.takes_s, ask.rng))
    return Screen(film, ask.rng, close=ask.rng.random() < 0.5)


def _swap(ask: Ask) -> Scene:
    after = ask.rng.randint(1, max(1, len(ask.steps) - 1))
    others = [(head_of(ask.another()), Actor(ask.rng))]
    return Swapped(ask.living(), others, after, ask.rng.uniform(0.0, 0.3))


def _two_faces(ask: Ask) -> Scene:
    side, face_px = ask.rng.choice((-1, 1)), ask.rng.uniform(180, 190)
    front = Actor(ask.rng, Pose(x=320 - side * 85, face_px=face_px))
    behind = Actor(ask.rng, Pose(x=320 + side * 175, y=225, face_px=face_px * 0.75))
    return Living([(head_of(ask.who), front), (head_of(ask.another()), behind)], ask.rng)


def _virtual(ask: Ask) -> Scene:
    scene = ask.living()
    scene.gain = 0.0  # a stream put in the camera's place gets no light from the tablet
    return scene


KINDS: Mapping[str, Callable[[Ask], Scene]] = {
    GENUINE: Ask.living,
    "print": _print,
    "print_close": _print_close,
    "screen": _screen,
    "screen_close": _screen_close,
    REPLAY: _replay,
    "wrong_challenge": lambda ask: Misled(ask.living(), ask.rng),
    "swap": _swap,
    "two_faces": _two_faces,
    VIRTUAL: _virtual,
    FROZEN: Ask.living,  # the camera's stream repeats, see `sitting`
}


def scene_of(kind: str, ask: Ask) -> Scene:
    """The scene of a kind of sitting. Raises `SimRefused` for an unknown kind."""
    check_kind(kind)
    return KINDS[kind](ask)
