"""The numbers of resident cards, of the permits for Hong Kong, Macao and Taiwan, and of foreigners' cards of 2023: 18 characters.

GB 11643: six of region, eight of birth, three of sequence, of which the last is odd for men, and a check character of
ISO 7064 MOD 11-2. A rule says whether a text holds and never what it should have been.
"""

from __future__ import annotations

import re

from padkit_ocr.rules.dates import is_date

_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_PERMIT_REGIONS = ("810000", "820000", "830000")  # Hong Kong, Macao, Taiwan
_FOREIGN = "9"  # no resident's region begins so but that of test cards, 999999


def check_digit_holds(text: str) -> bool:
    """Whether `text` is 17 digits and the check character that belongs to them."""
    if not looks_like(text):
        return False
    return _CHECK[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text[:17], strict=True)) % 11] == text[17]


def looks_like(text: str) -> bool:
    """Whether `text` has the shape of such a number, right or wrong."""
    return bool(_SHAPE.fullmatch(text))


def birth_in(text: str) -> str:
    """The day of birth inside a number of 18 characters, ``1990-01-31``; empty when there is none."""
    day = f"{text[6:10]}-{text[10:12]}-{text[12:14]}"
    return day if looks_like(text) and is_date(day) else ""


def sex_in(text: str) -> str:
    """The sex inside a number of 18 characters, 男 or 女; empty when `text` is none."""
    if not looks_like(text):
        return ""
    return "男" if int(text[16]) % 2 else "女"


def resident_holds(text: str) -> bool:
    """Whether `text` can be a resident's number: check character, a day of birth, a region that is not another document's."""
    return check_digit_holds(text) and bool(birth_in(text)) and text[0] != "0" and not permit_region(text)


def permit_holds(text: str) -> bool:
    """Whether `text` can be the number of a permit for Hong Kong, Macao and Taiwan residents."""
    return check_digit_holds(text) and bool(birth_in(text)) and permit_region(text)


def permit_region(text: str) -> bool:
    """Whether `text` begins as the numbers of those permits do."""
    return text.startswith(_PERMIT_REGIONS)


def foreigner_2023_holds(text: str) -> bool:
    """Whether `text` can be the number of a foreigner's card of 2023."""
    return check_digit_holds(text) and bool(birth_in(text)) and text.startswith(_FOREIGN)
