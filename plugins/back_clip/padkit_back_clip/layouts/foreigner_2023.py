"""Foreigner's permanent residence card, layout of 2023 (manual 5). 'Y' at byte 248.

The link to an older number (byte 250) stays in the raw text.
"""

from __future__ import annotations

from padkit_back_clip.layouts.text import Person, TextBlock
from padkit_back_clip.number import checked_number
from padkit_sdk import HiddenText
from padkit_sdk.ports import DocumentKind


def read_foreigner_2023(block: TextBlock) -> Person:
    """The holder; `name` is the Chinese name and may be empty, `issue_count` how often the card was renewed.

    Raises `DeviceFault` ``idcard.record`` or ``idcard.number_check``.
    """
    valid_to, long_term = block.expiry(204)
    return Person(
        kind=DocumentKind.FOREIGNER_2023,
        name=HiddenText(block.text("Chinese name", (0, 30))),
        sex=block.text("sex", (30, 2)),
        issue_count=block.text("renewal count", (32, 4)),
        birth_date=block.date("birth", 36),
        english_name=HiddenText(block.text("English name", (52, 70), (220, 22))),
        number=checked_number(block.text("number", (122, 36))),
        valid_from=block.date("valid from", 188),
        valid_to=valid_to,
        long_term=long_term,
        country=block.text("country", (242, 6)),
    )
