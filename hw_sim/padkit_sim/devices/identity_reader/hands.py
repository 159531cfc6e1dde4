"""What a person can do to an identity-card reader."""

from __future__ import annotations

from padkit_sim.devices.hands import Field, Hand, HandField

HANDS = (
    Hand("lay_card", "lay somebody's identity card on the reader", (HandField(Field.PERSON, choices_in="people"),)),
    Hand("lift_card", "lift the card that lies there"),
)
