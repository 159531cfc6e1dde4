"""Pairs of faces: a frame of the face camera, and the portrait in a chip or printed on a card."""

from __future__ import annotations

import json
import random
from pathlib import Path

import cv2

from padkit_sim.pictures.faces.acting import Actor
from padkit_sim.pictures.faces.head import head_of
from padkit_sim.pictures.faces.people import PEOPLE, Person
from padkit_sim.pictures.faces.pixels import Pixels
from padkit_sim.pictures.faces.pose import Pose
from padkit_sim.pictures.faces.recapture import printed
from padkit_sim.pictures.faces.scene import Living
from padkit_sim.pictures.faces.sensor import Sensor

CHIP_WIDE, CHIP_HIGH = 102, 126  # the photo in an identity card's chip
PRINT_WIDE, PRINT_HIGH = 240, 296  # the print, cut out of a picture of the card
AROUND = (320 - 150, 238 - 195, 320 + 150, 238 + 175)  # the portrait in a frame: left, top, right, bottom
CHIP, PRINT = "chip", "print"


def write_pair(seed: int, folder: Path) -> Path:
    """Write pair `seed` into `folder`; returns its label. By turns: same and different person, chip and print."""
    rng = random.Random(f"pair/{seed}")  # noqa: S311 - repeatable on purpose
    same, kind = seed % 2 == 0, (CHIP, PRINT)[seed // 2 % 2]
    who = rng.choice(PEOPLE)
    other = who if same else rng.choice([one for one in PEOPLE if one != who])
    folder.mkdir(parents=True, exist_ok=True)
    name = f"pair-{seed}"
    at_s = rng.uniform(0, 5)
    frame = Sensor(rng).jpeg(Living([(head_of(who), Actor(rng))], rng).seen(at_s))
    (folder / f"{name}-face.jpg").write_bytes(frame)
    (folder / f"{name}-portrait.jpg").write_bytes(chip_photo(other, rng) if kind == CHIP else print_photo(other, rng))
    label = {
        "face": f"{name}-face.jpg",
        "portrait": f"{name}-portrait.jpg",
        "kind": kind,
        "same": same,
        "people": [who.name, other.name],
        "seed": seed,
    }
    path = folder / f"{name}.json"
    path.write_text(json.dumps(label, indent=1) + "\n", encoding="utf-8")
    return path


def chip_photo(who: Person, rng: random.Random) -> bytes:
    """A JPEG of 102 x 126 as a chip holds it: straight, plain background, small."""
    small = cv2.resize(_portrait(who, rng), (CHIP_WIDE, CHIP_HIGH), interpolation=cv2.INTER_AREA)
    return _jpeg(small, 88)


def print_photo(who: Person, rng: random.Random) -> bytes:
    """A JPEG of the portrait printed on a card and cut out of a picture of it: dots, lower contrast, camera noise."""
    dots = printed(_portrait(who, rng), rng)
    soft = cv2.GaussianBlur(cv2.resize(dots, (PRINT_WIDE, PRINT_HIGH), interpolation=cv2.INTER_AREA), (0, 0), 0.9)
    return _jpeg(soft, 82)


def _portrait(who: Person, rng: random.Random) -> Pixels:
    sitter = Actor(rng, Pose(x=320, y=238, face_px=rng.uniform(165, 180)))
    scene = Living([(head_of(who), sitter)], rng)
    scene.plain((236, 236, 236))
    left, top, right, bottom = AROUND
    return scene.seen(rng.uniform(0, 5))[top:bottom, left:right]


def _jpeg(picture: Pixels, quality: int) -> bytes:
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return bytes(data)
