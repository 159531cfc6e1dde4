"""What a person can do to a signature pad."""

from __future__ import annotations

from padkit_sim.devices.hands import Field, Hand, HandField

BUTTONS = ("cancel", "redo", "confirm")  # from left to right, see `pad.SignaturePad`

HANDS = (
    Hand(
        "sign",
        "write a signature into the ink area",
        (
            HandField(
                Field.ITEM,
                choices_in="signatures",
                help="a shipped hand, or 'generated:' and a number; empty: generated",
                needed=False,
            ),
        ),
    ),
    Hand(
        "draw",
        "draw one stroke on the screen, place by place",
        (HandField(Field.ITEM, help="'ms,x,y,force' for each place, blanks between; x, y and force from 0 to 1"),),
    ),
    Hand(
        "press",
        "touch the screen with the pen: a third of the bar below the ink area, or a place",
        (HandField(Field.ITEM, help="cancel, redo or confirm; or 'x,y' in screen pixels"),),
    ),
    Hand("lift_pen", "take the pen away at once, also in the middle of a stroke"),
)
