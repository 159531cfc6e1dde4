"""Citizen's card: the classic layout (manual 5). Space at byte 248."""

from __future__ import annotations

from padkit_back_clip.layouts.text import Person, TextBlock
from padkit_back_clip.number import checked_number
from padkit_sdk import HiddenText
from padkit_sdk.ports import DocumentKind


def read_resident(block: TextBlock) -> Person:
    """The citizen in `block`. Raises `DeviceFault` ``idcard.record`` or ``idcard.number_check``."""
    valid_to, long_term = block.expiry(204)
    return Person(
        kind=DocumentKind.RESIDENT,
        name=HiddenText(block.text("name", (0, 30))),
        sex=block.text("sex", (30, 2)),
        nation=block.text("nation", (32, 4)),
        birth_date=block.date("birth", 36),
        address=HiddenText(block.text("address", (52, 70))),
        number=checked_number(block.text("number", (122, 36))),
        issuer=block.text("issuer", (158, 30)),
        valid_from=block.date("valid from", 188),
        valid_to=valid_to,
        long_term=long_term,
    )
