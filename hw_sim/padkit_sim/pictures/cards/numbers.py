"""Check digits of identity numbers (ISO 7064 MOD 11-2) and bank cards (Luhn), and two digits swapped. Pure."""

from __future__ import annotations

import random

BODY = 17  # characters before the check digit of an identity number


def with_check_digit(body: str) -> str:
    """An identity number of 18 characters from its first 17 digits (GB 11643)."""
    rest = 0
    for digit in body:
        rest = (rest + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - rest) % 11]


def with_luhn(body: str) -> str:
    """A card number from all its digits but the last (ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, character in enumerate(reversed(body)):
        doubled = int(character) * (1 if place % 2 else 2)
        total += doubled // 10 + doubled % 10
    return body + str(-total % 10)


def swap_digits(number: str, rng: random.Random) -> str:
    """`number` with two digits that stand side by side, and differ, swapped; its check digit stands and no longer fits.

    Of all such pairs of the body. Swapping 0 and 9 would keep Luhn's check, so that pair is left alone.
    """
    places = [
        at
        for at in range(len(number) - 2)
        if number[at] != number[at + 1] and {number[at], number[at + 1]} != {"0", "9"}
    ]
    at = rng.choice(places)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
