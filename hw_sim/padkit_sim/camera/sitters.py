"""Who sits before the face camera: a prepared sitting that is played, or a scene that is drawn and does what it is told."""

from __future__ import annotations

import random
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from padkit_sim.errors import SimRefused
from padkit_sim.pictures.faces.kinds import VIRTUAL, check_kind
from padkit_sim.pictures.faces.people import somebody
from padkit_sim.pictures.faces.plan import Step, drawn_plan
from padkit_sim.pictures.needs import needs_drawing

if TYPE_CHECKING:
    from padkit_sim.pictures.faces.scene import Scene
    from padkit_sim.pictures.faces.sensor import Sensor

MAX_FRAMES = 2_000
PACE_S = 1 / 12  # between two frames that are drawn


class Sitter(Protocol):
    """`frame` blocks for the time that drawing takes."""

    def tell(self, step: Step, at_s: float) -> None:
        """Ask for `step` from `at_s` on."""
        ...

    def frame(self, at_s: float) -> bytes:
        """The JPEG at `at_s`; moments never fall."""
        ...


class _Listed(msgspec.Struct, frozen=True):
    file: str
    at_s: float


class _Session(msgspec.Struct, frozen=True):
    frames: list[_Listed]


class Recorded:
    """A prepared sitting, played in its own time and again from its beginning. It does not hear what it is told."""

    def __init__(self, folder: Path, from_s: float) -> None:
        """Raises `SimRefused` when `folder` holds no sitting."""
        try:
            session = msgspec.json.decode((folder / "session.json").read_bytes(), type=_Session)
            self._frames = [(it.at_s, (folder / Path(it.file).name).read_bytes()) for it in session.frames[:MAX_FRAMES]]
        except (OSError, msgspec.MsgspecError) as exc:
            raise SimRefused(f"sitting {folder}: {exc}; make one with `padkit-sim pictures faces`") from exc
        if not self._frames:
            raise SimRefused(f"sitting {folder}: has no frames; make one with `padkit-sim pictures faces`")
        self._from_s = from_s
        self._long_s = self._frames[-1][0] + PACE_S

    def tell(self, step: Step, at_s: float) -> None:
        """It does not hear."""

    def frame(self, at_s: float) -> bytes:
        since_s = max(at_s - self._from_s, 0.0) % self._long_s
        return next(
            jpeg for moment_s, jpeg in reversed(self._frames) if moment_s <= since_s or moment_s == self._frames[0][0]
        )


class Drawn:
    """A scene of the generator, living or an attack. It is made with its first frame: that takes half a second."""

    def __init__(self, kind: str, person: str, seed: int) -> None:
        """Raises `SimRefused` without the extra `pictures`, or for a kind or person that is not there."""
        needs_drawing()
        check_kind(kind)
        self._rng = random.Random(f"camera/{kind}/{seed}")  # noqa: S311 - repeatable on purpose
        self._kind, self._who = kind, somebody(person, self._rng)
        self._told: deque[tuple[Step, float]] = deque()  # by the loop's thread, heard in the one that draws
        self._drawn: tuple[Scene, Sensor] | None = None

    def tell(self, step: Step, at_s: float) -> None:
        self._told.append((step, at_s))

    def frame(self, at_s: float) -> bytes:
        self._drawn = self._drawn or self._made()
        scene, sensor = self._drawn
        while self._told:
            scene.tell(*self._told.popleft())
        return sensor.jpeg(scene.seen(at_s))

    def _made(self) -> tuple[Scene, Sensor]:
        from padkit_sim.pictures.faces.attacks import Ask, scene_of
        from padkit_sim.pictures.faces.sensor import Sensor

        scene = scene_of(self._kind, Ask(self._who, drawn_plan(self._rng), self._rng))
        return scene, Sensor(self._rng, virtual=self._kind == VIRTUAL)
