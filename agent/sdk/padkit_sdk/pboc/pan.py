"""Checks of a card number: shape, Luhn, issuer prefix (ISO/IEC 7812-1)."""

from __future__ import annotations

from collections.abc import Collection

from padkit_sdk.secrets import Pan

MIN_DIGITS, MAX_DIGITS = 12, 19


def is_pan(digits: str) -> bool:
    """Whether `digits` has the shape of a card number."""
    return MIN_DIGITS <= len(digits) <= MAX_DIGITS and digits.isascii() and digits.isdigit()


def luhn_ok(pan: Pan) -> bool:
    """Whether the last digit is the Luhn check digit of the others."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(pan.digits))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def has_bin(pan: Pan, bins: Collection[str]) -> bool:
    """Whether the number begins with one of `bins`."""
    return any(pan.digits.startswith(prefix) for prefix in bins)
