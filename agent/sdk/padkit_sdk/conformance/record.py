"""What must hold inside one identity record, whoever's it is. Failures name fields, never what they contain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from padkit_sdk.ports import DocumentKind, IdentityCard

TEXT_BYTES = 256
PHOTO_BYTES = 1024
FINGERPRINT_BYTES = (0, 512, 1024)
SEXES = ("0", "1", "2", "9")
NUMBER = re.compile(r"[0-9]{17}[0-9X]")
OLD_NUMBER = re.compile(r"[A-Z]{3}[0-9]{12}")  # foreigner's card of 2017
MODULE_NUMBER = re.compile(r"[0-9]{2}\.[0-9]{2}-[0-9]{8}-[0-9]{10}-[0-9]{10}")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643, ISO 7064 MOD 11-2
CHECKS = "10X98765432"
BIRTH = slice(6, 14)  # of a number of 18 characters


def flaws(card: IdentityCard) -> list[str]:
    """What is wrong with `card`, a sentence each; empty when it is consistent in itself."""
    return [*_number(card), *_dates(card), *_blocks(card), *_texts(card)]


def _number(card: IdentityCard) -> Iterator[str]:
    text = card.number.text
    if card.kind is DocumentKind.FOREIGNER_2017:
        if not OLD_NUMBER.fullmatch(text):
            yield "number: not three letters and twelve digits"
        return
    if not NUMBER.fullmatch(text):
        yield "number: not 17 digits and a check character"
        return
    weighted = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, text[:17], strict=True))
    if CHECKS[weighted % 11] != text[17]:
        yield "number: wrong check character"
    if card.birth_date.replace("-", "") != text[BIRTH]:
        yield "birth_date: not the one in the number"


def _dates(card: IdentityCard) -> Iterator[str]:
    for name, value in (("birth_date", card.birth_date), ("valid_from", card.valid_from), ("valid_to", card.valid_to)):
        if value and not _is_date(value):
            yield f"{name}: not an ISO date"
    if card.long_term == bool(card.valid_to):
        yield "valid_to: must be empty exactly when the card is long-term"
    if card.valid_to and card.valid_from > card.valid_to:
        yield "valid_to: before valid_from"


def _blocks(card: IdentityCard) -> Iterator[str]:
    if len(card.raw_text.data) != TEXT_BYTES:
        yield f"raw_text: {len(card.raw_text.data)} bytes, not {TEXT_BYTES}"
    if len(card.photo.data) != PHOTO_BYTES:
        yield f"photo: {len(card.photo.data)} bytes, not {PHOTO_BYTES}"
    if len(card.fingerprint.data) not in FINGERPRINT_BYTES:
        yield f"fingerprint: {len(card.fingerprint.data)} bytes, not one of {FINGERPRINT_BYTES}"


def _texts(card: IdentityCard) -> Iterator[str]:
    """Parsed fields come from the untouched text."""
    raw = card.raw_text.data.decode("utf-16-le", "replace")
    if not (card.name.text or card.english_name.text):
        yield "name: empty"
    for name, value in (
        ("name", card.name.text),
        ("number", card.number.text),
        ("address", card.address.text),
        ("issuer", card.issuer),
    ):
        if value not in raw:
            yield f"{name}: not as it stands in raw_text"
    if card.sex not in SEXES:
        yield f"sex: {card.sex!r} is not one of {SEXES}"


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
