"""The invented people: one public-domain face, its features pulled about until a face embedder tells them apart.

dlib's ResNet puts clean frontal pictures of any two of them at least 0.65 apart.

Numbers are pixels of the source portrait for shifts, and a share for sizes (0.2 is a fifth larger).
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields

from padkit_sim.errors import SimRefused


@dataclass(frozen=True, slots=True)
class Features:
    """How far each feature lies from that of the source face; all 0 is the source face itself."""

    eyes_apart: float = 0.0
    eye_size: float = 0.0
    eyes_down: float = 0.0
    brows_down: float = 0.0
    nose_width: float = 0.0
    nose_down: float = 0.0
    mouth_width: float = 0.0
    mouth_down: float = 0.0
    lips: float = 0.0
    jaw_width: float = 0.0
    chin_down: float = 0.0
    cheeks_width: float = 0.0


@dataclass(frozen=True, slots=True)
class Pull:
    """One soft pull at `x`, `y` of the source, `reach_x` and `reach_y` wide: a shift, or a swelling about its middle."""

    x: float
    y: float
    reach_x: float
    reach_y: float
    shift_x: float = 0.0
    shift_y: float = 0.0
    swell_x: float = 0.0
    swell_y: float = 0.0


# each feature's pulls for the value 1, measured in the source portrait
PULLS: Mapping[str, tuple[Pull, ...]] = {
    "eyes_apart": (Pull(184, 100, 12, 13, shift_x=-1), Pull(226, 102, 12, 13, shift_x=1)),
    "eye_size": (Pull(184, 102, 11, 9, swell_x=1, swell_y=1), Pull(226, 104, 11, 9, swell_x=1, swell_y=1)),
    "eyes_down": (Pull(204, 102, 34, 11, shift_y=1),),
    "brows_down": (Pull(204, 88, 36, 7, shift_y=1),),
    "nose_width": (Pull(204, 127, 11, 13, swell_x=1),),
    "nose_down": (Pull(204, 130, 14, 12, shift_y=1),),
    "mouth_width": (Pull(204, 145, 20, 9, swell_x=1),),
    "mouth_down": (Pull(204, 145, 26, 10, shift_y=1),),
    "lips": (Pull(204, 146, 22, 9, swell_y=1),),
    "jaw_width": (Pull(204, 166, 42, 20, swell_x=1),),
    "chin_down": (Pull(204, 174, 34, 13, shift_y=1),),
    "cheeks_width": (Pull(204, 118, 46, 24, swell_x=1),),
}


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person. `skin`, `hair` and `clothes` multiply blue, green and red."""

    name: str
    features: Features
    skin: tuple[float, float, float] = (1.0, 1.0, 1.0)
    hair: tuple[float, float, float] = (1.0, 1.0, 1.0)
    clothes: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def pulls(self) -> list[tuple[Pull, float]]:
        """Every pull with its strength."""
        strengths = [(field.name, getattr(self.features, field.name)) for field in fields(self.features)]
        return [(pull, strength) for name, strength in strengths if strength for pull in PULLS[name]]


PEOPLE: tuple[Person, ...] = (
    Person("first", Features()),
    Person(
        "second",
        Features(
            eyes_apart=-5.5,
            eye_size=0.3,
            eyes_down=4.0,
            brows_down=-3.6,
            nose_width=-0.5,
            nose_down=-3.0,
            mouth_width=0.38,
            mouth_down=4.0,
            lips=-0.38,
            jaw_width=0.23,
            chin_down=7.5,
            cheeks_width=-0.22,
        ),
        skin=(0.8, 0.88, 0.94),
        hair=(0.35, 0.3, 0.25),
        clothes=(2.2, 0.8, 0.35),
    ),
    Person(
        "third",
        Features(
            eyes_apart=-5.5,
            eye_size=-0.21,
            eyes_down=-4.0,
            brows_down=3.92,
            nose_width=0.5,
            nose_down=1.38,
            mouth_width=-0.36,
            mouth_down=4.0,
            lips=0.35,
            jaw_width=-0.32,
            chin_down=7.28,
            cheeks_width=0.18,
        ),
        skin=(1.06, 1.03, 1.0),
        hair=(0.5, 0.42, 0.5),
        clothes=(0.7, 0.9, 0.5),
    ),
    Person(
        "fourth",
        Features(
            eyes_apart=5.5,
            eye_size=-0.3,
            eyes_down=4.0,
            brows_down=4.0,
            nose_width=-0.5,
            nose_down=-3.0,
            mouth_width=-0.14,
            mouth_down=4.0,
            lips=-0.28,
            jaw_width=-0.32,
            chin_down=6.32,
            cheeks_width=0.2,
        ),
        skin=(0.7, 0.77, 0.84),
        hair=(0.25, 0.25, 0.22),
        clothes=(1.2, 1.4, 0.9),
    ),
)


def somebody(name: str, rng: random.Random) -> Person:
    """The person called `name`, or anybody for an empty name. Raises `SimRefused` for a name nobody has."""
    if not name:
        return rng.choice(PEOPLE)
    for found in PEOPLE:
        if found.name == name:
            return found
    raise SimRefused(f"person {name!r} is nobody here; pick one of {', '.join(one.name for one in PEOPLE)}")
