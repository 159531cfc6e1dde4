"""The names of the kinds of sittings. Imports nothing that draws."""

from __future__ import annotations

from padkit_sim.errors import SimRefused

GENUINE = "genuine"
REPLAY, VIRTUAL, FROZEN = "replay", "virtual_camera", "frozen"
NAMES = (
    GENUINE,
    "print",
    "print_close",
    "screen",
    "screen_close",
    REPLAY,
    "wrong_challenge",
    "swap",
    "two_faces",
    VIRTUAL,
    FROZEN,
)


def check_kind(name: str) -> None:
    """Raises `SimRefused` for a kind that is not there."""
    if name not in NAMES:
        raise SimRefused(f"attack {name!r} is unknown; pick one of {', '.join(NAMES)}")
