"""What people are asked for, as a screen shows it: fields with their texts in both languages. And whether an answer fits.

A screen shows what it is told and knows no field by name. A name with a colon is a part of an object: ``cdd_answers:coached``.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

Text = Mapping[str, str]
MONEY = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
PHONE = re.compile(r"1[0-9]{10}")
LONGEST = 120  # characters of one line


class Kind(enum.Enum):
    """What a field takes."""

    TEXT = "text"
    PHONE = "phone"
    MONEY = "money"  # yuan as text
    CHOICE = "choice"
    YES_NO = "yes_no"
    MANY = "many"  # a list of choices


class Choice(msgspec.Struct, frozen=True):
    """One of several."""

    value: str
    label: Text


class When(msgspec.Struct, frozen=True):
    """A field is asked only if `field` has one of these values; without values, if it is given at all."""

    field: str
    values: tuple[str, ...] = ()


class Field(msgspec.Struct, frozen=True):
    """One thing that is asked. `value` stands there at first; `most` is the highest amount, empty: none.

    `question` groups the fields of one question, 0: none; then a person notes whether the customer hesitated or would not answer.
    """

    name: str
    kind: Kind
    label: Text
    required: bool = True
    choices: tuple[Choice, ...] = ()
    value: Any = None
    most: str = ""
    when: When | None = None
    question: int = 0


def text(zh: str, en: str) -> Text:
    """Return a text in both languages."""
    return {"zh-CN": zh, "en": en}


def choices(**labels: Text) -> tuple[Choice, ...]:
    """Return choices by value."""
    return tuple(Choice(value, label) for value, label in labels.items())


def found(given: Mapping[str, Any], name: str) -> Any:
    """Return what was given under a name, None where nothing was."""
    outer, _, inner = name.partition(":")
    value = given.get(outer)
    if not inner:
        return value
    return value.get(inner) if isinstance(value, Mapping) else None


def belongs(field: Field, given: Mapping[str, Any]) -> bool:
    """Tell whether a field is asked, as the others are answered."""
    if field.when is None:
        return True
    there = found(given, field.when.field)
    return there in field.when.values if field.when.values else there not in (None, "")


def misfit(fields: Sequence[Field], given: Mapping[str, Any]) -> tuple[str, str]:
    """Return the first field that is missing or does not fit, and what would; two empty texts when all is well.

    No value is told: some are personal.
    """
    for field in fields:
        value = found(given, field.name)
        if not belongs(field, given):
            continue
        if value in (None, "", []):
            if field.required:
                return field.name, "it is missing; give it"
        elif wanted := _wanted(field, value):
            return field.name, wanted
    return "", ""


def _wanted(field: Field, value: object) -> str:
    """Return what would fit where `value` does not."""
    known = [it.value for it in field.choices]
    match field.kind:
        case Kind.YES_NO:
            return "" if isinstance(value, bool) else "true or false is wanted"
        case Kind.CHOICE:
            return "" if value in known else f"one of {', '.join(known)} is wanted"
        case Kind.MANY:
            fits = isinstance(value, list) and all(it in known for it in value)
            return "" if fits else f"a list of {', '.join(known)} is wanted"
        case Kind.PHONE:
            return "" if isinstance(value, str) and PHONE.fullmatch(value) else "11 digits are wanted"
        case Kind.MONEY:
            return _amount(field, value)
    fits = isinstance(value, str) and 0 < len(value) <= LONGEST
    return "" if fits else f"a text of 1 to {LONGEST} characters is wanted"


def _amount(field: Field, value: object) -> str:
    if not isinstance(value, str) or not MONEY.fullmatch(value):
        return "an amount in yuan is wanted, such as 2000.00"
    if field.most and Decimal(value) > Decimal(field.most):
        return f"at most {field.most} is allowed here"
    return ""
