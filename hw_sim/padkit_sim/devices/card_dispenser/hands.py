"""What a person can do to a card box."""

from __future__ import annotations

from padkit_sim.devices.hands import Field, Hand, HandField

HANDS = (
    Hand("take_card", "take the card that sticks out of the gate, or that lies in front of it"),
    Hand(
        "push_card",
        "push a card that was taken back into the open gate",
        (HandField(Field.PAN, help="the card's number; empty: the one taken last", needed=False),),
    ),
    Hand("clear_jam", "loosen a card that is stuck in the path"),
    Hand("remove_card", "open the box and lift out every card in its path"),
)
