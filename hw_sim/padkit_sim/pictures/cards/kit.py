"""The cards of the people whose chips a simulated kit's identity reader holds: fronts, backs, and fronts with two digits swapped.

Those of the kit `demo` are shipped in `kits/pictures`, so that it needs neither fonts nor OpenCV. Only residents whose names and
addresses the fonts can print have a picture: a character of a private-use area is on no font.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from padkit_sim.devices.identity_reader import ReaderSettings, Resident
from padkit_sim.errors import SimRefused
from padkit_sim.kitfile import KitFile
from padkit_sim.pictures.cards.card import draw
from padkit_sim.pictures.cards.fonts import TEXT, characters
from padkit_sim.pictures.cards.label import write
from padkit_sim.pictures.cards.people import Person
from padkit_sim.pictures.cards.photo import photo
from padkit_sim.pictures.faces.pairs import chip_photo
from padkit_sim.pictures.faces.people import PEOPLE

LEVEL = 1
QUALITY = 60  # keeps each below 120 KB
SIDES = (("front", "id_front", False), ("back", "id_back", False), ("front", "id_front", True))


def write_cards(kit: KitFile, folder: Path) -> Iterator[Path]:
    """Write three pictures with labels for each resident, and yield the labels: ``front-ID``, ``back-ID``, ``front-ID-swapped``.

    The portrait is the face of a sitting, by turns those of the face camera's people.

    Raises:
        SimRefused: the kit has no identity reader, or nobody on it can be printed.
    """
    people = printable(kit)
    if not people:
        raise SimRefused(
            f"pictures: the kit {kit.name} has no identity reader with a resident whose card can be printed"
        )
    for number, (name, person) in enumerate(people, start=1):
        face = chip_photo(PEOPLE[(number - 1) % len(PEOPLE)], _chance(f"face/{number}"))
        portrait = np.asarray(cv2.imdecode(np.frombuffer(face, np.uint8), cv2.IMREAD_COLOR), np.uint8)
        for side, kind, swapped in SIDES:
            card = draw(kind, _chance(f"card/{number}"), person=person, portrait=portrait, swapped=swapped)
            taken = photo(card, LEVEL, _chance(f"{side}/{number}"), quality=QUALITY)
            yield write(folder, f"{side}-{name}{'-swapped' * swapped}", card, taken, level=LEVEL, seed=number)


def printable(kit: KitFile) -> list[tuple[str, Person]]:
    """The kit's residents whose cards the fonts can print, with their ids."""
    here = frozenset().union(*(characters(face) for face in TEXT))
    people = [
        one
        for device in kit.devices
        if isinstance(device.settings, ReaderSettings)
        for one in device.settings.people
        if isinstance(one.document, Resident)
    ]
    return [
        (one.id, _person(one.document))
        for one in people
        if isinstance(one.document, Resident) and {ord(it) for it in one.document.name + one.document.address} <= here
    ]


def _chance(name: str) -> random.Random:
    return random.Random(f"kit/{name}")  # noqa: S311 - repeatable on purpose


def _person(chip: Resident) -> Person:
    return Person(
        layout="resident",
        name=chip.name,
        sex=chip.sex,
        nation=chip.nation,
        birth=chip.birth,
        address=chip.address,
        number=chip.number,
        issuer=chip.issuer,
        valid_from=chip.valid_from,
        valid_to=chip.valid_to,
    )
