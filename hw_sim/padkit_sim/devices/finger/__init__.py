"""Invented fingers for the fingerprint readers: ridge patterns from a name, and what a touch of them leaves on a window."""

from padkit_sim.devices.finger.faults import BAD, as_it_comes_out
from padkit_sim.devices.finger.hands import HANDS
from padkit_sim.devices.finger.ridges import Ridges, ridges_of
from padkit_sim.devices.finger.touch import BLANK, FINGERS, QUALITIES, Touch, parse_touch, picture

__all__ = [
    "BAD",
    "BLANK",
    "FINGERS",
    "HANDS",
    "QUALITIES",
    "Ridges",
    "Touch",
    "as_it_comes_out",
    "parse_touch",
    "picture",
    "ridges_of",
]
