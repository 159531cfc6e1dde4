"""Which row of text is which field, by labels and patterns: the way of pictures whose layout did not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from padkit_ocr.found import Found
from padkit_ocr.rows import Row
from padkit_ocr.rules import bank, dates, identity
from padkit_ocr.values import DOTS
from padkit_sdk.ports import DocumentSide

ID_NUMBER = re.compile(r"(?<!\d)(\d{17}[\dX])(?!\d)")
OLD_NUMBER = re.compile(r"(?<![A-Z])([A-Z]{3}\d{12})(?!\d)")
BANK_NUMBER = re.compile(r"(?<!\d)(\d{16,19})(?!\d)")
BIRTH = re.compile(r"(\d{4}年\d{1,2}月\d{1,2}日)")
DAY = re.compile(r"(?<![\d.-])(\d{4}\.\d\d\.\d\d)(?![-.\d])")
SPAN = re.compile(r"(?P<valid_from>\d{4}\.\d\d\.\d\d)[-.](?P<valid_to>\d{4}\.\d\d\.\d\d|长期)")
EXPIRY = re.compile(r"(?<!\d)(\d\d[/|]\d\d)(?!\d)")
CARD_WORDS = re.compile(r"银行|BANK|VALID|THRU")
NAME = re.compile(r"^姓?名(?!/)(.+)$")
SEX = re.compile(r"([男女])(?=$|民|族|/)")
NATION = re.compile(r"民?族(.+)$")
ADDRESS = re.compile(r"^住?址(.+)$")
AUTHORITY = re.compile(r"^(?:签发)?机关(.+)$")
COUNTRY = re.compile(r"^\D+/([A-Z]{3})$")
LATIN_NAME = re.compile(r"^([A-Z][A-Z'-]*,[A-Z,'-]+)$")
CHINESE = re.compile(r"^([\u3400-\u9fff·•・]{2,})$")

MARKS: tuple[tuple[DocumentSide, re.Pattern[str]], ...] = (
    (DocumentSide.FOREIGNER_FRONT, re.compile(r"永久居留|PERMANENTRES|Nationality")),
    (DocumentSide.ID_BACK, re.compile(r"签发机关|有效期限|居民身份证")),
    (DocumentSide.ID_FRONT, re.compile(r"民族|公民身份|住址|^姓名")),
)


def side_of(found: Sequence[Row]) -> DocumentSide | None:
    """Which side these rows stand on, by its labels; None when they are no document that is known."""
    side = next((side for side, mark in MARKS if any(mark.search(row.text) for row in found)), None)
    number = _first(found, ID_NUMBER)
    if side is DocumentSide.ID_FRONT and number and identity.permit_region(number.text):
        return DocumentSide.HMT_PERMIT_FRONT
    return side or (DocumentSide.BANK_CARD if _is_bank_card(found) else None)


def _is_bank_card(found: Sequence[Row]) -> bool:
    """A number alone does not say it: one identity number in ten has Luhn's digit by chance."""
    numbers = [it.text for row in found if (it := row.match(BANK_NUMBER))]
    words = any(EXPIRY.search(row.text) or CARD_WORDS.search(row.text) for row in found)
    return words and any(bank.card_number_holds(it) for it in numbers)


def fields(side: DocumentSide, found: Sequence[Row]) -> dict[str, Found]:
    """The fields of `side` in `found`, those that are there."""
    match side:
        case DocumentSide.ID_FRONT | DocumentSide.HMT_PERMIT_FRONT:
            named = _person(found)
        case DocumentSide.ID_BACK:
            named = {"authority": _first(found, AUTHORITY), **_span(found)}
        case DocumentSide.FOREIGNER_FRONT:
            named = _foreigner(found)
        case DocumentSide.BANK_CARD:
            expiry = _first(found, EXPIRY)
            named = {"number": _first(found, BANK_NUMBER), "expiry": _written(expiry, bank.read_expiry)}
    return {name: it for name, it in named.items() if it}


def _person(found: Sequence[Row]) -> dict[str, Found | None]:
    name = _first(found, NAME)
    return {
        "name": name and Found(name.text.translate(DOTS), name.confidence, name.quad),
        "sex": _first(found, SEX),
        "nation": _first(found, NATION),
        "birth": _written(_first(found, BIRTH), dates.read_date),
        "address": _address(found),
        "number": _first(found, ID_NUMBER),
    }


def _foreigner(found: Sequence[Row]) -> dict[str, Found | None]:
    latin = next((at for at, row in enumerate(found) if LATIN_NAME.search(row.text)), None)
    below = found[latin + 1 : latin + 2] if latin is not None else ()
    english = _first(found, LATIN_NAME)
    return {
        "english_name": english and Found(english.text.replace(",", ", "), english.confidence, english.quad),
        "name": _first(below, CHINESE),
        "sex": _first(found, SEX),
        "birth": _written(_first(found, DAY), dates.read_date),
        "nationality": _first(found, COUNTRY),
        "number": _first(found, ID_NUMBER) or _first(found, OLD_NUMBER),
        **_span(found),
    }


def _span(found: Sequence[Row]) -> dict[str, Found | None]:
    row = next((row for row in found if SPAN.search(row.text)), None)
    last = row.match(SPAN, "valid_to") if row else None
    return {
        "valid_from": _written(row.match(SPAN, "valid_from") if row else None, dates.read_date),
        "valid_to": last if last and last.text == dates.LONG_TERM else _written(last, dates.read_date),
    }


def _address(found: Sequence[Row]) -> Found | None:
    """The row with the label and those below it, up to the number."""
    at = next((at for at, row in enumerate(found) if ADDRESS.search(row.text)), len(found))
    first = found[at].match(ADDRESS) if at < len(found) else None
    if first is None:
        return None
    parts = [first]
    for row in found[at + 1 :]:
        if "公民" in row.text or "号码" in row.text or identity.looks_like(row.text[-18:]):
            break
        parts.append(row.under(first))
    parts = [it for it in parts if it.text]
    wide = max(parts, key=lambda it: it.quad[1][0]).quad
    quad = (parts[0].quad[0], wide[1], wide[2], parts[-1].quad[3])
    return Found("".join(it.text for it in parts), min(it.confidence for it in parts), quad)


def _first(found: Sequence[Row], pattern: re.Pattern[str]) -> Found | None:
    return next((it for row in found if (it := row.match(pattern))), None)


def _written(found: Found | None, write: Callable[[str], str]) -> Found | None:
    return found and Found(write(found.text) or found.text, found.confidence, found.quad)
