"""What stands before the camera: anything that can be told a step and be looked at. Here: living people in a room."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from padkit_sim.pictures.faces.acting import Actor
from padkit_sim.pictures.faces.head import Head
from padkit_sim.pictures.faces.light import Glow, shone_on
from padkit_sim.pictures.faces.pixels import Pixels, shown
from padkit_sim.pictures.faces.plan import Step
from padkit_sim.pictures.faces.pose import look
from padkit_sim.pictures.faces.room import room

ROOM_SHARE = 0.1  # of the face's gain; the wall is far from the screen
CLOTHES_SHARE = 0.6


class Scene(Protocol):
    """Moments are seconds and never fall."""

    def tell(self, step: Step, at_s: float) -> None:
        """`step` is asked for from `at_s` on."""
        ...

    def seen(self, at_s: float) -> Pixels:
        """480 x 640 pixels (blue, green, red) as light, before the camera adds its own."""
        ...


class Living:
    """Living `people`, the first in front, in a room; the screen's light falls on them."""

    def __init__(self, people: Sequence[tuple[Head, Actor]], rng: random.Random) -> None:
        self.people = people
        self._room = room(rng)
        self._glow = Glow(rng)
        self.gain = rng.uniform(0.5, 0.9)  # of a face under a white screen, against the room's light

    def plain(self, colour: tuple[int, int, int]) -> None:
        """Hang a cloth of one colour (blue, green, red) behind the people."""
        self._room = np.full_like(self._room, colour)

    def tell(self, step: Step, at_s: float) -> None:
        self._glow.tell(step, at_s)
        for _, actor in self.people:
            actor.tell(step, at_s)

    def seen(self, at_s: float) -> Pixels:
        colour = self._glow.colour(at_s)
        on_skin, on_clothes = shone_on(self.gain, colour), shone_on(self.gain * CLOTHES_SHARE, colour)
        picture = self._room * shone_on(self.gain * ROOM_SHARE, colour)
        for head, actor in reversed(self.people):
            colours, matte, skin = look(head, actor.pose(at_s))
            lit = colours * (on_clothes + (on_skin - on_clothes) * skin[..., None])
            picture += (lit - picture) * matte[..., None]
        return shown(picture)
