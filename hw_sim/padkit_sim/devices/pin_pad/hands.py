"""What a customer can do to the keypad: press its keys."""

from __future__ import annotations

from padkit_sim.devices.hands import Field, Hand, HandField

HANDS = (
    Hand(
        "press_keys", "The customer presses keys.", (HandField(Field.ITEM, help="digits, E enter, L clear, C cancel"),)
    ),
)
