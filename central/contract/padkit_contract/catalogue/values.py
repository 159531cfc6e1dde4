"""What a value of each field type looks like in a message. Every refusal says what would have been right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from padkit_contract.catalogue.model import DataClass, FieldSpec, FieldType

MAX_TEXT = 512
MAX_CIPHER = 4096
MAX_ITEMS = 256
CARD_DIGITS = range(12, 20)  # ISO/IEC 7812-1
RESIDENT_ID = "110001"
LONG_TERM = ("长期", "long-term")
ID_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))  # GB 11643, MOD 11-2
ID_MARKS = "10X98765432"

DIGITS = re.compile(r"[0-9]+")
MONEY = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2})?")  # yuan; never a float
DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,8})?")
HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")

Check = Callable[[FieldSpec, object], None]


class Misfit(Exception):
    """A value that does not fit; `reason` is the rule's name, `text` what would. Never the value of a personal field."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason = reason
        self.text = text


def check_value(spec: FieldSpec, value: object) -> None:
    """Raise `Misfit` ``field.type``, ``field.length``, ``field.luhn`` or ``field.value`` when `value` does not fit."""
    CHECKS[spec.type](spec, value)
    if spec.choices:
        for each in value if isinstance(value, list) else [value]:
            if each not in spec.choices:
                shown = repr(each) if spec.data_class is DataClass.N else "the value"
                raise Misfit("field.value", f"{shown} is not one of {', '.join(spec.choices)}")


def check_id_number(number: str) -> None:
    """Check a resident identity number's length and check digit. Raises `Misfit`."""
    if len(number) != 18 or not DIGITS.fullmatch(number[:17]):
        raise Misfit("field.length", f"{len(number)} characters; a resident number has 17 digits and a check digit")
    total = sum(weight * int(digit) for weight, digit in zip(ID_WEIGHTS, number, strict=False))
    if number[17] != ID_MARKS[total % 11]:
        raise Misfit("field.value", "the check digit (GB 11643) is wrong; read the card again")


def is_card_number(text: str) -> bool:
    """Tell whether a text is a card number: 12 to 19 digits, the last of which fits."""
    return len(text) in CARD_DIGITS and DIGITS.fullmatch(text) is not None and luhn_ok(text)


def luhn_ok(number: str) -> bool:
    """Tell whether a card number's last digit fits (ISO/IEC 7812-1)."""
    doubled = (2 * int(digit) if place % 2 else int(digit) for place, digit in enumerate(reversed(number)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _text(value: object, *, longest: int = MAX_TEXT) -> str:
    if not isinstance(value, str):
        raise Misfit("field.type", f"{type(value).__name__} where a text is wanted")
    if not 0 < len(value) <= longest:
        raise Misfit("field.length", f"{len(value)} characters, 1 to {longest} are wanted")
    return value


def _string(spec: FieldSpec, value: object) -> None:
    _text(value)


def _digits(spec: FieldSpec, value: object) -> None:
    text = _text(value)
    if not DIGITS.fullmatch(text):
        raise Misfit("field.value", "only the digits 0 to 9 are wanted")
    if spec.digits and len(text) != spec.digits:
        raise Misfit("field.length", f"{len(text)} digits, {spec.digits} are wanted")
    if spec.luhn:
        if len(text) not in CARD_DIGITS:
            raise Misfit("field.length", f"{len(text)} digits, a card number has 12 to 19")
        if not luhn_ok(text):
            raise Misfit("field.luhn", "the check digit (Luhn) is wrong; read the card again")


def _number(pattern: re.Pattern[str], wanted: str) -> Check:
    def check(spec: FieldSpec, value: object) -> None:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not pattern.fullmatch(_text(value)):
            raise Misfit("field.value", f"{wanted} is wanted")

    return check


def _int(spec: FieldSpec, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Misfit("field.type", f"{type(value).__name__} where a whole number is wanted")


def _bool(spec: FieldSpec, value: object) -> None:
    if not isinstance(value, bool):
        raise Misfit("field.type", f"{type(value).__name__} where true or false is wanted")


def _date(spec: FieldSpec, value: object) -> None:
    text = _text(value)
    if spec.long_term and text in LONG_TERM:
        return
    try:
        if date.fromisoformat(text).isoformat() == text:
            return
    except ValueError:
        pass
    raise Misfit("field.value", f"a date such as 2026-11-22{' or 长期' if spec.long_term else ''} is wanted")


def _datetime(spec: FieldSpec, value: object) -> None:
    try:
        aware = datetime.fromisoformat(_text(value)).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise Misfit("field.value", "a moment with its zone is wanted, such as 2026-11-22T08:00:00Z")


def _hex(spec: FieldSpec, value: object) -> None:
    if not HEX.fullmatch(_text(value)):
        raise Misfit("field.value", "hexadecimal digits, two a byte, are wanted")


def _list(spec: FieldSpec, value: object) -> None:
    if not isinstance(value, list):
        raise Misfit("field.type", f"{type(value).__name__} where a list is wanted")
    if len(value) > MAX_ITEMS:
        raise Misfit("field.length", f"{len(value)} items, at most {MAX_ITEMS}")


def _json(spec: FieldSpec, value: object) -> None:
    if not isinstance(value, dict | list):
        raise Misfit("field.type", f"{type(value).__name__} where an object or a list is wanted")
    if len(value) > MAX_ITEMS:
        raise Misfit("field.length", f"{len(value)} items, at most {MAX_ITEMS}")


def _cipher(spec: FieldSpec, value: object) -> None:
    _text(value, longest=MAX_CIPHER)


CHECKS: Mapping[FieldType, Check] = {
    FieldType.STRING: _string,
    FieldType.ENUM: _string,
    FieldType.REF: _string,
    FieldType.BLOB_REF: _string,
    FieldType.DIGITS: _digits,
    FieldType.MONEY: _number(MONEY, "an amount in yuan with at most two decimals, as text,"),
    FieldType.DECIMAL: _number(DECIMAL, "a decimal number as text"),
    FieldType.INT: _int,
    FieldType.BOOL: _bool,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.HEX: _hex,
    FieldType.LIST: _list,
    FieldType.JSON: _json,
    FieldType.CIPHER: _cipher,
}
