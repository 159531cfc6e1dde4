"""1:1: two still pictures, one face each, and how alike the two are."""

from __future__ import annotations

from padkit_liveness.config import Config
from padkit_liveness.eyes import Eyes, Head
from padkit_liveness.layers.challenge import YAW
from padkit_sdk import AskAgain, Refused
from padkit_sdk.ports import FaceMatch, Picture, Portrait

SMALL_PX = 80  # the face's width: from here down detail is missing, whatever enlarges it


def compare(eyes: Eyes, config: Config, face: Picture, portrait_picture: Picture, portrait: Portrait) -> FaceMatch:
    """See `FaceChecker.compare`."""
    person, printed = eyes.heads(face), eyes.heads(portrait_picture)
    if not person:
        raise AskAgain("face.none", "no face in the picture; look into the camera")
    if len(person) > 1:
        raise AskAgain("face.many", "more than one face in the picture; only one person before the camera")
    if not printed:
        raise Refused("portrait.none", f"portrait ({portrait.value}): no face in it; take its picture again")
    if len(printed) > 1:
        raise Refused("portrait.many", f"portrait ({portrait.value}): more than one face in it; cut the portrait out")
    distance = eyes.embedder.distance(person[0].vector, printed[0].vector)
    return FaceMatch(
        eyes.embedder.score(distance),
        config.alike[portrait],
        distance,
        portrait,
        (*eyes.models("head_in_frame"), *eyes.models("continuity")),
        _weak(person[0], printed[0]),
    )


def _weak(person: Head, printed: Head) -> tuple[str, ...]:
    reasons = {
        "portrait.small": printed.width < SMALL_PX,
        "portrait.turned": abs(printed.pose.yaw) > YAW,
        "face.small": person.width < SMALL_PX,
        "face.turned": abs(person.pose.yaw) > YAW,
    }
    return tuple(name for name, holds in reasons.items() if holds)
