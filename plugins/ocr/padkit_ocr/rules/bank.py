"""The number and the expiry of a bank card (ISO/IEC 7812-1, 7813)."""

from __future__ import annotations

import re

LENGTHS = (16, 17, 18, 19)  # of the cards that are issued here
USUAL = (16, 19)
_EXPIRY = re.compile(r"(\d\d)[1/|](\d\d)")  # a slash is often read as the digit or the bar that it looks like


def luhn_holds(text: str) -> bool:
    """Whether `text` is digits whose last one is Luhn's check digit."""
    if not (text.isascii() and text.isdigit()):
        return False
    doubled = [int(digit) * 2 for digit in text[-2::-2]]
    return (sum(int(digit) for digit in text[::-2]) + sum(it - 9 if it > 9 else it for it in doubled)) % 10 == 0


def looks_like(text: str) -> bool:
    """Whether `text` has the shape of a card's number, right or wrong."""
    return text.isascii() and text.isdigit() and len(text) in LENGTHS


def card_number_holds(text: str) -> bool:
    """Whether `text` can be the number of a bank card: length, first digit and Luhn's check digit."""
    return looks_like(text) and text[0] in "23456" and luhn_holds(text)


def read_expiry(printed: str) -> str:
    """``08/31`` (month and year), also where the slash was read as ``1`` or ``|``; empty when there is none or no such month."""
    found = _EXPIRY.fullmatch(printed)
    if not found or not 1 <= int(found[1]) <= 12:
        return ""
    return f"{found[1]}/{found[2]}"


def expiry_holds(text: str) -> bool:
    """Whether `text` is a month and a year as `read_expiry` gives them."""
    return bool(text) and "/" in text and read_expiry(text) == text
