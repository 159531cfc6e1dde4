"""Reading ``transactions.yaml``: the text is cut at its headings, and a part is parsed when somebody asks for it.

The whole file takes a tenth of a second, one entry takes less than one millisecond; a kit that starts needs one or two.
"""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from padkit_contract.catalogue.model import DataClass, Entry, FieldSpec, FieldType
from padkit_contract.errors import Invalid

FILE = Path(__file__).with_name("transactions.yaml")
FUNCTIONS = "functions"
HEADING = re.compile(r"^(\w+):", re.MULTILINE)
SUBHEADING = re.compile(r"^  (\w+):$", re.MULTILINE)
ITEM = re.compile(r"^  - id: (\S+)$", re.MULTILINE)
CHOICES = re.compile(r"[\w-]+(?: \| [\w-]+)+")
SPAN = re.compile(r"([A-Z]+)(\d+)\.\.\1(\d+)")  # R1..R5
DIGITS = re.compile(r"(\d+) digits")
OWN = re.compile(r"OWN-[0-9]{2,3}")  # ids of functions that an entity has beside those of the file


def is_function(name: str) -> bool:
    """Tell whether a message's business is a function, of the file or an entity's own."""
    return name in load_catalogue().functions or OWN.fullmatch(name) is not None


class Catalogue:
    """The catalogue of one schema version. Entries and dictionaries are parsed at first use and kept."""

    def __init__(self, text: str) -> None:
        self._parts = _cut(text, HEADING)
        self._dictionaries = _cut(self._parts["dictionaries"], SUBHEADING)
        self._items = {
            name: (section, part)
            for section in (FUNCTIONS, "operations", "credit_functions")
            for name, part in _cut(self._parts[section], ITEM).items()
        }
        self._entries: dict[str, Entry] = {}
        self._parsed: dict[str, Mapping[str, Any]] = {}
        self._fields: Mapping[str, FieldSpec] = {}

    @property
    def version(self) -> int:
        """The schema version, which every envelope's context names."""
        return int(self._parts["schema_version"].partition(":")[2])

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all entries, in the order of the file."""
        return tuple(self._items)

    def section(self, entry_id: str) -> str:
        """Return ``functions``, ``operations`` or ``credit_functions``. Raises as `entry`."""
        return self._item(entry_id)[0]

    def entry(self, entry_id: str) -> Entry:
        """Return one entry. Raises `Invalid` ``business.unknown``."""
        if entry_id not in self._entries:
            (raw,) = _parse(self._item(entry_id)[1])
            raw["inputs"] = [each if isinstance(each, dict) else {"field": each} for each in raw["inputs"]]
            self._entries[entry_id] = self._specified(msgspec.convert(raw, Entry))
        return self._entries[entry_id]

    def extended(self, functions: Iterable[Mapping[str, Any]]) -> Catalogue:
        """Return a catalogue that has an entity's own functions, too.

        Raises `Invalid` ``catalogue.form``, ``catalogue.id``, ``catalogue.name``: what is wrong with one of them, and where.
        """
        wider = copy.copy(self)
        wider._entries, wider._items = dict(self._entries), dict(self._items)
        for number, raw in enumerate(functions, start=1):
            try:
                entry = msgspec.convert(raw, Entry)
            except msgspec.ValidationError as exc:
                raise Invalid("catalogue.form", f"function {number}: {exc}; see the catalogue's own entries") from exc
            if OWN.fullmatch(entry.id) is None or entry.id in wider._items:
                raise Invalid("catalogue.id", f"function {number}: {entry.id[:32]!r}; OWN-01 to OWN-999, each once")
            wider._check(entry)
            wider._items[entry.id] = (FUNCTIONS, "")
            wider._entries[entry.id] = wider._specified(entry)
        return wider

    def _check(self, entry: Entry) -> None:
        """Raise `Invalid` ``catalogue.name`` for a name in `entry` that no dictionary has."""
        fields = (*(each.field for each in entry.inputs), *entry.core.request)
        known: tuple[tuple[str, Iterable[str], Iterable[str]], ...] = (
            ("fields", fields, self.fields),
            ("evidence", entry.evidence, self.dictionary("evidence")),
            ("checks", entry.checks, self.dictionary("checks")),
            ("documents", entry.documents, self.dictionary("documents")),
            ("authorisation_modes", (entry.authorisation,), self.dictionary("authorisation_modes")),
            ("offline_modes", (entry.offline,), self.dictionary("offline_modes")),
            ("risk_levels", (entry.risk,), self.dictionary("risk_levels")),
        )
        for where, names, there in known:
            for name in names:
                if name not in there:
                    raise Invalid("catalogue.name", f"{entry.id}: {name[:64]!r} is not among the catalogue's {where}")
        if not {"zh", "en"} <= entry.name.keys() or entry.specs:
            raise Invalid("catalogue.name", f"{entry.id}: a name in zh and in en is wanted, and no specs")

    def _specified(self, entry: Entry) -> Entry:
        names = (*(each.field for each in entry.inputs), *entry.core.request)
        return replace(entry, specs={name: self.fields[name] for name in names})

    @property
    def functions(self) -> frozenset[str]:
        """Ids of the functions that are counted: each of them is sent to the core by what its entry says."""
        return frozenset(name for name, (section, _) in self._items.items() if section == FUNCTIONS)

    def of_service(self, service: str) -> Entry:
        """Return the first entry that a core's service is behind. Raises `Invalid` ``business.unknown``."""
        mark = re.compile(rf"^    core: \{{service: {re.escape(service)},", re.MULTILINE)
        for name, (_, text) in self._items.items():
            if mark.search(text) or (not text and self._entries[name].core.service == service):
                return self.entry(name)
        raise Invalid("business.unknown", f"catalogue {self.version}: no entry has the service {service[:64]!r}")

    @property
    def fields(self) -> Mapping[str, FieldSpec]:
        """The dictionary of fields."""
        if not self._fields:
            self._fields = {name: _field(name, raw) for name, raw in self.dictionary("fields").items()}
        return self._fields

    def dictionary(self, name: str) -> Mapping[str, Any]:
        """Return one dictionary (``evidence``, ``checks``, ``parameters`` …) as it stands in the file."""
        if name not in self._parsed:
            self._parsed[name] = _parse(self._dictionaries[name])[name]
        return self._parsed[name]

    def _item(self, entry_id: str) -> tuple[str, str]:
        try:
            return self._items[entry_id]
        except KeyError:
            known = f"{len(self._items)} entries, for example ACC-01"
            raise Invalid("business.unknown", f"catalogue {self.version}: {entry_id!r} is not one of {known}") from None


@functools.cache
def load_catalogue() -> Catalogue:
    """Return the catalogue that this version of the contract carries."""
    return Catalogue(FILE.read_text(encoding="utf-8"))


def _parse(text: str) -> Any:
    import yaml  # late: a kit that starts parses nothing

    return yaml.load(text, Loader=yaml.CSafeLoader)


def _cut(text: str, heading: re.Pattern[str]) -> dict[str, str]:
    """Cut `text` at its headings; a part begins with its heading's line."""
    marks = list(heading.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return {mark[1]: text[mark.start() : end] for mark, end in zip(marks, ends, strict=True)}


def _field(name: str, raw: Mapping[str, str]) -> FieldSpec:
    rule = raw.get("rule", "")
    span, digits = SPAN.fullmatch(rule), DIGITS.fullmatch(rule)
    choices = tuple(rule.split(" | ")) if CHOICES.fullmatch(rule) else ()
    if span:
        choices = tuple(f"{span[1]}{number}" for number in range(int(span[2]), int(span[3]) + 1))
    return FieldSpec(
        name=name,
        type=FieldType(raw["type"]),
        data_class=DataClass(raw["class"]),
        choices=choices,
        digits=int(digits[1]) if digits else 0,
        luhn="Luhn" in rule,
        long_term="long-term" in rule,
    )
