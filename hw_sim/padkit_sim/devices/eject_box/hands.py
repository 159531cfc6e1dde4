"""What a person can do to a box that only ejects."""

from __future__ import annotations

from padkit_sim.devices.hands import Hand

HANDS = (
    Hand("take_card", "take the card that sticks out of the mouth"),
    Hand("remove_card", "open the box and lift out the card that is stuck inside"),
)
