"""Days as cards print them, and their order. A text that is no day is none; nothing is guessed."""

from __future__ import annotations

import re
from datetime import date

LONG_TERM = "长期"
EARLIEST_YEAR = 1900
LATEST_YEAR = 2100
_PRINTED = (
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日"),
    re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)


def is_date(text: str) -> bool:
    """Whether `text` is a day of the calendar, ``1990-01-31``, between `EARLIEST_YEAR` and `LATEST_YEAR`."""
    try:
        return len(text) == 10 and EARLIEST_YEAR <= date.fromisoformat(text).year <= LATEST_YEAR
    except ValueError:
        return False


def read_date(printed: str) -> str:
    """``1990年1月31日``, ``1990.01.31`` or ``19900131`` as ``1990-01-31``; empty when `printed` is no such day."""
    for form in _PRINTED:
        if found := form.fullmatch(printed):
            year, month, day = found.groups()
            text = f"{year}-{int(month):02}-{int(day):02}"
            return text if is_date(text) else ""
    return ""


def is_last_day(text: str) -> bool:
    """Whether `text` is a day or 长期."""
    return text == LONG_TERM or is_date(text)


def order_holds(first: str, last: str) -> bool:
    """Whether a document may be valid from `first` to `last`: two days, the second later, or a day and 长期."""
    return is_date(first) and is_last_day(last) and (last == LONG_TERM or first < last)


def term_holds(first: str, last: str) -> bool:
    """Whether the term is one that resident cards are made for: 5, 10 or 20 years to the day, or 长期.

    A card made on 29 February may end on the 28th or on 1 March.
    """
    if not order_holds(first, last):
        return False
    if last == LONG_TERM:
        return True
    years = int(last[:4]) - int(first[:4])
    leap = first[5:] == "02-29" and last[5:] in ("02-28", "03-01")
    return years in (5, 10, 20) and (first[5:] == last[5:] or leap)
