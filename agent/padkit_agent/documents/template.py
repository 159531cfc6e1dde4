"""What a template says of itself: names, languages, and the fields that it wants. Reads no file."""

from __future__ import annotations

import enum
import tomllib

import msgspec

from padkit_sdk.errors import Refused

DATE = "date"  # the field that dates a document, in its text and as the file's own date
LONGEST = 500  # characters of one field


class Kind(enum.Enum):
    """What a field takes, as JSON gives it."""

    TEXT = "text"  # one line, at most `max_length` characters
    DIGITS = "digits"  # text of exactly `max_length` digits 0 to 9
    DATE = "date"  # text, YYYY-MM-DD
    MOMENT = "moment"  # text, YYYY-MM-DDThh:mm:ss+hh:mm
    AMOUNT_FEN = "amount_fen"  # a whole number of fen
    CHOICE = "choice"  # text, one of the names of `choices`
    FLAG = "flag"  # true or false


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field belongs to the document only if `field` has one of these values, or, without values, if it is given at all."""

    field: str
    values: tuple[str | bool, ...] = msgspec.field(name="is", default=())


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value that a template wants. `label` and each choice are texts by language."""

    name: str
    kind: Kind
    label: dict[str, str]
    required: bool = True
    max_length: int = 0
    choices: dict[str, dict[str, str]] = {}
    when: When | None = None


class Room(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a person writes by hand. `when` as with a field."""

    name: str
    when: When | None = None


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The head of a template, `template.toml`. `layout` is the file that all its languages are set with."""

    id: str
    version: int
    layout: str
    signed_by: str
    title: dict[str, str]
    fields: tuple[Field, ...]
    rooms: tuple[Room, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it is written in."""
        return tuple(self.title)


def read_template(text: str, where: str) -> Template:
    """Read the head of a template.

    Raises:
        Refused: ``document.template`` when it makes no sense, `where` names it.
    """
    try:
        template = msgspec.convert(tomllib.loads(text), Template)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as exc:
        raise _refused("document.template", where, str(exc)) from exc
    for wrong in _wrongs(template):
        raise _refused("document.template", where, wrong)
    return template


def _refused(reason: str, where: str, told: str) -> Refused:
    return Refused(reason, f"document template {where}: {told}; mend the template")


def _wrongs(template: Template) -> list[str]:
    wrongs = [f"field {name} twice" for name in _twice([field.name for field in template.fields])]
    known: set[str] = set()
    for field in template.fields:
        wrongs += [f"field {field.name}: {it}" for it in _wrongs_of(field, set(template.languages), known)]
        known.add(field.name)
    wrongs += [f"room {name} twice" for name in _twice([room.name for room in template.rooms])]
    for room in template.rooms:
        if room.when is not None and room.when.field not in known:
            wrongs.append(f"room {room.name}: it depends on {room.when.field}, which is no field")
    if not any(field.name == DATE and field.kind is Kind.DATE and field.required for field in template.fields):
        wrongs.append(f"a required field {DATE} of the kind date is missing")
    return wrongs


def _wrongs_of(field: Field, languages: set[str], known: set[str]) -> list[str]:
    wrongs = []
    if any(set(texts) != languages for texts in (field.label, *field.choices.values())):
        wrongs.append(f"its texts are not in exactly {', '.join(sorted(languages))}")
    if (field.kind in (Kind.TEXT, Kind.DIGITS)) != (0 < field.max_length <= LONGEST):
        wrongs.append(f"max_length is for text and digits, 1 to {LONGEST}")
    if (field.kind is Kind.CHOICE) != bool(field.choices):
        wrongs.append("choices are for the kind choice")
    if field.when is not None and field.when.field not in known:
        wrongs.append(f"it depends on {field.when.field}, which no field above it is")
    return wrongs


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
