"""Foreigner's permanent residence card, layout of 2017 (manual 5). 'I' at byte 248.

Its 15-character number has no MOD 11-2 check character. The version field stays in the raw text.
"""

from __future__ import annotations

from padkit_back_clip.layouts.text import Person, TextBlock
from padkit_sdk import HiddenText, IdNumber
from padkit_sdk.ports import DocumentKind


def read_foreigner_2017(block: TextBlock) -> Person:
    """The holder; `name` is the Chinese name and may be empty. Raises `DeviceFault` ``idcard.record``."""
    valid_to, long_term = block.expiry(204)
    return Person(
        kind=DocumentKind.FOREIGNER_2017,
        english_name=HiddenText(block.text("English name", (0, 120))),
        sex=block.text("sex", (120, 2)),
        number=IdNumber(block.text("number", (122, 30))),
        country=block.text("country", (152, 6)),
        name=HiddenText(block.text("Chinese name", (158, 30))),
        valid_from=block.date("issue date", 188),
        valid_to=valid_to,
        long_term=long_term,
        birth_date=block.date("birth", 220),
        issuer=block.text("accepting authority", (240, 8)),
    )
