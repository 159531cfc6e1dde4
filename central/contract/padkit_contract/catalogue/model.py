"""What the catalogue says, as values: entries, their inputs, and the dictionary's fields."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from padkit_contract.messages import AUTHORISER

REAUTH = "reauth"
MANAGER = "fp_manager"  # the manager proves himself again
ALONE = frozenset({"none", REAUTH})  # the authorisation modes that need nobody but the manager


class DataClass(enum.Enum):
    """Protection class of a field (JR/T 0171): C3 authenticates the customer and is never stored or shown."""

    N = "N"
    C1 = "C1"
    C2 = "C2"
    C3 = "C3"


class FieldType(enum.Enum):
    """How a field's value looks in a message; `padkit_contract.catalogue.values` says what each one accepts."""

    STRING = "string"
    DIGITS = "digits"
    ENUM = "enum"
    MONEY = "money"
    DECIMAL = "decimal"
    INT = "int"
    BOOL = "bool"
    DATE = "date"
    DATETIME = "datetime"
    HEX = "hex"
    LIST = "list"
    JSON = "json"
    CIPHER = "cipher"
    REF = "ref"
    BLOB_REF = "blob_ref"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of the dictionary. `choices` is empty when the catalogue names none; `digits` is 0 when any number fits."""

    name: str
    type: FieldType
    data_class: DataClass
    choices: tuple[str, ...] = ()
    digits: int = 0
    luhn: bool = False
    long_term: bool = False  # a date that may also say "without end"


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One input of a function: its dictionary field, whether it must be there, and where it comes from."""

    field: str
    required: bool = True
    source: str = ""


class CoreService(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The core's service behind a function, with the fields that go there and come back."""

    service: str
    request: tuple[str, ...]
    response: tuple[str, ...]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One function or operation. Operations and credit functions leave out what only the counted 83 have."""

    id: str
    key: str
    name: Mapping[str, str]
    risk: str
    authorisation: str
    offline: str
    inputs: tuple[Input, ...]
    evidence: tuple[str, ...]
    devices: tuple[str, ...]
    documents: tuple[str, ...]
    core: CoreService
    accept: str
    checks: tuple[str, ...] = ()
    category: str = ""
    kind: str = ""
    origin: str = ""
    actor: str = ""
    summary: str = ""
    presence: str = ""
    agent: str = ""
    reversal: str = "none"
    irreversible_after: str | None = None
    degrade_group: str = ""
    parameters: tuple[str, ...] = ()
    states: str = ""
    seed_rows: tuple[str, ...] = ()
    specs: Mapping[str, FieldSpec] = {}  # what a request may carry: inputs, and what else the core's request names

    @property
    def required(self) -> frozenset[str]:
        """Names of the fields that every request must carry."""
        return frozenset(each.field for each in self.inputs if each.required)

    @property
    def needs(self) -> tuple[str, ...]:
        """Evidence, checks and authorisation, each of which a request must show or have waived."""
        authoriser = () if self.authorisation in ALONE else (AUTHORISER,)
        again = (MANAGER,) if self.authorisation == REAUTH and MANAGER not in self.evidence else ()
        return (*self.evidence, *self.checks, *again, *authoriser)
