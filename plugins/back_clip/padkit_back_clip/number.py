"""The check character of identity numbers (GB 11643, ISO 7064 MOD 11-2). A wrong one is told, never corrected."""

from __future__ import annotations

import re

from padkit_sdk import DeviceFault, IdNumber

_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHARACTERS = "10X98765432"


def check_character(first17: str) -> str:
    """The 18th character that belongs to 17 digits."""
    return _CHARACTERS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True)) % 11]


def checked_number(text: str) -> IdNumber:
    """`text` as an identity number. Raises `DeviceFault` ``idcard.number_check``; the message does not show it."""
    if not _SHAPE.fullmatch(text):
        raise DeviceFault(
            "idcard.number_check",
            f"identity card: its number is not 17 digits and a check character ({len(text)} characters); take another document",
        )
    if check_character(text[:17]) != text[17]:
        raise DeviceFault(
            "idcard.number_check",
            f"identity card: its number ends with {text[17]}, which is the wrong check character; take another document",
        )
    return IdNumber(text)
