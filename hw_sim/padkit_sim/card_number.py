"""Card numbers: their check digit, and a type that shows its last four digits only. No I/O here."""

from __future__ import annotations

import re
from functools import total_ordering

MIN_DIGITS, MAX_DIGITS = 12, 19  # ISO/IEC 7812-1, 4.1: at most 19; shorter than 12 is no bank card
_DIGITS = re.compile(rf"[0-9]{{{MIN_DIGITS},{MAX_DIGITS}}}")
_LONG_RUN = re.compile(rf"[0-9]{{{MIN_DIGITS},}}")


@total_ordering
class CardNumber:
    """A card number as it stands on the card, a value; `repr` and `str` show its last four digits."""

    __slots__ = ("_digits",)

    def __init__(self, digits: str) -> None:
        self._digits = digits

    @property
    def digits(self) -> str:
        """The whole number."""
        return self._digits

    @property
    def ends_with(self) -> str:
        """The last four digits, which people may see; a dash when there is no number."""
        return self._digits[-4:] or "-"

    def __repr__(self) -> str:
        return f"CardNumber(…{self.ends_with})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CardNumber) and self._digits == other._digits

    def __lt__(self, other: CardNumber) -> bool:
        return self._digits < other._digits

    def __hash__(self) -> int:
        return hash(self._digits)


def well_formed(digits: str) -> bool:
    """Tell whether the text is 12 to 19 ASCII digits."""
    return _DIGITS.fullmatch(digits) is not None


def luhn_ok(digits: str) -> bool:
    """Tell whether the last digit is the check digit of ISO/IEC 7812-1 annex B; `digits` is well formed."""
    total = 0
    for place, digit in enumerate(int(character) for character in reversed(digits)):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def masked(text: str) -> str:
    """Return the text with every run of 12 or more digits cut to its last four."""
    return _LONG_RUN.sub(lambda found: f"…{found[0][-4:]}", text)
