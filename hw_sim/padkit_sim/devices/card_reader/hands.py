"""What a person can do to a card reader."""

from __future__ import annotations

from padkit_sim.devices.hands import Field, Hand, HandField

HANDS = (
    Hand(
        "insert_card",
        "push a bank card into the reader",
        (
            HandField(Field.PAN, choices_in="numbers", needed=False),
            HandField(Field.ITEM, help="its place in the kit file, from 1; empty: the first", needed=False),
        ),
    ),
    Hand("remove_card", "pull the card out, whatever it is doing"),
)
