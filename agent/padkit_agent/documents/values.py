"""Values of a document against the fields of its template: all that is wrong is refused, what is right becomes text.

A message names document and field, and of a value no more than one character's code: values are personal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from padkit_agent.documents.fonts import Coverage
from padkit_agent.documents.letters import LOOSE_SPACE, code, trouble
from padkit_agent.documents.template import Field, Kind, Template, When
from padkit_sdk.errors import Refused

NOT_GIVEN = "—"
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(rf"{DATE.pattern}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}[+-][0-9]{{2}}:[0-9]{{2}}")
MOST_FEN = 10**15
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
YES_NO = {"zh-CN": {True: "是", False: "否"}, "en": {True: "Yes", False: "No"}}


class ValueRefused(Refused):
    """A value that a template does not take; says which `field` of which `document`, for a screen to point at."""

    def __init__(self, reason: str, document: str, field: str, told: str) -> None:
        super().__init__(reason, f"document {document}, field {field}: {told}")
        self.document = document
        self.field = field


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as the document shows it: its label, its text, and each choice with whether it is the one."""

    label: str
    text: str
    marks: tuple[tuple[str, bool], ...] = ()


def show(template: Template, language: str, values: Mapping[str, object], coverage: Coverage) -> dict[str, Shown]:
    """Return what the document shows, by field. A field that was not needed and not given is shown as not given.

    Raises:
        ValueRefused: ``document.field_unknown``, ``document.field_missing``, ``document.field_type``,
            ``document.field_length``, ``document.field_character`` or ``document.glyph``.
        Refused: ``document.language`` when the template is not written in `language`.
    """
    if language not in template.languages:
        told = f"document {template.id} is not written in {ascii(language)[:20]}; give one of {', '.join(template.languages)}"
        raise Refused("document.language", told)
    _nothing_else(template, values)
    shown: dict[str, Shown] = {}
    for field in template.fields:
        there, value = belongs(field.when, values), values.get(field.name)
        if value is None:
            if there and field.required:
                raise _refused("document.field_missing", template, field, "it is missing; give it")
            text = NOT_GIVEN
        elif there:
            text = _checked(template, field, value, language, coverage)
        else:
            told = "it does not belong to the other answers; leave it out"
            raise _refused("document.field_unknown", template, field, told)
        if there:
            marks = tuple((texts[language], name == value) for name, texts in field.choices.items())
            shown[field.name] = Shown(field.label[language], text, marks)
    return shown


def belongs(when: When | None, values: Mapping[str, object]) -> bool:
    """Say whether what is there `when` a field is so belongs to a document of these values."""
    if when is None:
        return True
    there = values.get(when.field)
    return there in when.values if when.values else there is not None


def _refused(reason: str, template: Template, field: Field, told: str) -> ValueRefused:
    return ValueRefused(reason, template.id, field.name, told)


def _nothing_else(template: Template, values: Mapping[str, object]) -> None:
    known = [field.name for field in template.fields]
    for name in sorted(values.keys() - set(known)):
        told = f"there is no such field; its fields are {', '.join(known)}"
        raise ValueRefused("document.field_unknown", template.id, ascii(name)[:40], told)


def _checked(template: Template, field: Field, value: object, language: str, coverage: Coverage) -> str:
    if field.kind is Kind.TEXT and isinstance(value, str):
        _check_text(template, field, value, coverage)
        return value
    text = _AS_TEXT[field.kind](field, value, language)
    if not text:
        raise _refused("document.field_type", template, field, f"that is none; give {_wanted(field)}")
    return text


def _check_text(template: Template, field: Field, value: str, coverage: Coverage) -> None:
    if not 0 < len(value) <= field.max_length:
        told = f"it has {len(value)} characters; give 1 to {field.max_length}"
        raise _refused("document.field_length", template, field, told)
    for at, character in enumerate(value, start=1):
        if why := trouble(character):
            told = f"character {at}, {code(character)}, {why}; write it otherwise"
            raise _refused("document.field_character", template, field, told)
        if character not in coverage:
            told = (
                f"no font of this kit holds character {at}, {code(character)}; have the document written at the branch"
            )
            raise _refused("document.glyph", template, field, told)
    if LOOSE_SPACE.search(value):
        told = "a space stands at an end, or two stand together; take them out"
        raise _refused("document.field_character", template, field, told)


def _wanted(field: Field) -> str:
    match field.kind:
        case Kind.TEXT:
            return "text"
        case Kind.DIGITS:
            return f"text of {field.max_length} digits"
        case Kind.DATE:
            return "a date as 2026-01-31"
        case Kind.MOMENT:
            return "a moment as 2026-01-31T10:00:00+08:00"
        case Kind.AMOUNT_FEN:
            return f"a whole number of fen, 0 to {MOST_FEN}"
        case Kind.CHOICE:
            return f"one of {', '.join(field.choices)}"
        case Kind.FLAG:
            return "true or false"


def _digits(field: Field, value: object, _: str) -> str:
    fits = isinstance(value, str) and re.fullmatch(rf"[0-9]{{{field.max_length}}}", value)
    return str(value) if fits else ""


def _date(_: Field, value: object, language: str) -> str:
    if not isinstance(value, str) or not DATE.fullmatch(value):
        return ""
    try:
        return _day(date.fromisoformat(value), language)
    except ValueError:
        return ""


def _moment(_: Field, value: object, language: str) -> str:
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        return ""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return ""
    return f"{_day(moment.date(), language)} {moment:%H:%M:%S} (UTC{value[-6:]})"


def _day(day: date, language: str) -> str:
    return (
        f"{day.year}年{day.month}月{day.day}日"
        if language == "zh-CN"
        else f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    )


def _amount(_: Field, value: object, language: str) -> str:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_FEN:
        return ""
    yuan = f"{value // 100:,}.{value % 100:02}"
    return f"人民币 {yuan} 元" if language == "zh-CN" else f"CNY {yuan}"


def _choice(field: Field, value: object, language: str) -> str:
    return field.choices[value][language] if isinstance(value, str) and value in field.choices else ""


def _flag(_: Field, value: object, language: str) -> str:
    return YES_NO[language][value] if isinstance(value, bool) else ""


def _no_text(_: Field, __: object, ___: str) -> str:
    return ""


_AS_TEXT: dict[Kind, Callable[[Field, object, str], str]] = {
    Kind.TEXT: _no_text,
    Kind.DIGITS: _digits,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.AMOUNT_FEN: _amount,
    Kind.CHOICE: _choice,
    Kind.FLAG: _flag,
}
