"""What a person can do to a fingerprint reader, whichever it is."""

from __future__ import annotations

from padkit_sim.devices.finger.touch import FINGERS, QUALITIES
from padkit_sim.devices.hands import Field, Hand, HandField

ITEMS = (*FINGERS, *(f"right_index/{quality}" for quality in QUALITIES if quality != "good"))
_WHAT = (
    HandField(Field.PERSON, help="whose finger: any name, the same name has the same fingers", needed=False),
    HandField(Field.ITEM, choices=ITEMS, help="which finger, and after / how it is put down"),
)
HANDS = (
    Hand("touch_finger", "put a finger on the window until the reader has its picture", _WHAT),
    Hand("hold_finger", "put a finger on the window and leave it there", _WHAT),
    Hand("lift_finger", "lift the finger that lies there"),
)
