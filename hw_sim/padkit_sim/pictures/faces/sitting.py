"""A whole sitting, played to its end: frames with their moments, and the folder they are kept in."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from padkit_sim.pictures.faces.acting import Habits
from padkit_sim.pictures.faces.attacks import Ask, scene_of
from padkit_sim.pictures.faces.kinds import FROZEN, GENUINE, VIRTUAL
from padkit_sim.pictures.faces.people import somebody
from padkit_sim.pictures.faces.plan import Step, drawn_plan
from padkit_sim.pictures.faces.sensor import Sensor
from padkit_sim.pictures.faces.timeline import told_at

TWICE = 3  # a virtual camera gives every third frame once more
LOOP = 7  # frames that a frozen camera gives again and again


@dataclass(frozen=True, slots=True)
class Frame:
    """One JPEG, when it was taken, and which step was asked for then."""

    jpeg: bytes
    at_s: float
    step: int


@dataclass(frozen=True, slots=True)
class Sitting:
    """What to play. `kind` is one of `KINDS`; `steps` empty: a plan drawn by the seed; `who` empty: anybody."""

    kind: str
    seed: int
    steps: tuple[Step, ...] = ()
    who: str = ""


@dataclass(frozen=True, slots=True)
class Played:
    """A sitting that is being played: who, what was asked when (the last moment is the end), and its frames."""

    person: str
    steps: tuple[Step, ...]
    told_at_s: tuple[float, ...]
    frames: Iterator[Frame]


def play(sitting: Sitting) -> Played:
    """Begin to play; the frames are made as they are read. The same sitting gives the same bytes. Raises `SimRefused`."""
    rng = random.Random(f"{sitting.kind}/{sitting.seed}")  # noqa: S311 - repeatable on purpose
    steps = sitting.steps or drawn_plan(rng)
    who = somebody(sitting.who, rng)
    ask = Ask(who, steps, random.Random(rng.getrandbits(64)))  # noqa: S311 - repeatable on purpose
    scene = scene_of(sitting.kind, ask)
    moments = told_at(steps, Habits.drawn(rng).takes_s, rng)
    sensor = Sensor(rng, virtual=sitting.kind == VIRTUAL)
    freeze_s = moments[rng.randint(1, len(steps) - 1)] if sitting.kind == FROZEN and len(steps) > 1 else moments[-1]

    def frames() -> Iterator[Frame]:
        told = 0
        kept: list[bytes] = []
        for number, at_s in enumerate(sensor.moments(moments[-1])):
            while told < len(steps) and moments[told] <= at_s:
                scene.tell(steps[told], moments[told])
                told += 1
            if sitting.kind == FROZEN and at_s >= freeze_s and len(kept) >= LOOP:
                jpeg = kept[number % LOOP]
            elif sitting.kind == VIRTUAL and number % TWICE == TWICE - 1:
                jpeg = kept[-1]
            else:
                jpeg = sensor.jpeg(scene.seen(at_s))
                kept = [*kept[-LOOP + 1 :], jpeg]
            yield Frame(jpeg, at_s, told - 1)

    return Played(who.name, steps, moments, frames())


def write(sitting: Sitting, folder: Path) -> None:
    """Play a sitting into `folder`: ``0001.jpg`` … and ``session.json``. Raises `SimRefused`."""
    played = play(sitting)
    folder.mkdir(parents=True, exist_ok=True)
    listed: list[dict[str, object]] = []
    for number, frame in enumerate(played.frames, 1):
        name = f"{number:04}.jpg"
        (folder / name).write_bytes(frame.jpeg)
        listed.append({"file": name, "at_s": frame.at_s, "step": frame.step})
    label = {
        "attack": None if sitting.kind == GENUINE else sitting.kind,
        "steps": _plain(played.steps),
        "told_at_s": played.told_at_s,
        "person": played.person,
        "seed": sitting.seed,
        "frames": listed,
    }
    (folder / "session.json").write_text(json.dumps(label, indent=1) + "\n", encoding="utf-8")


def _plain(steps: Sequence[Step]) -> list[dict[str, object]]:
    return [asdict(step) for step in steps]
