"""The core bank's transaction messages: request, answer, response codes, and the fields each service knows. No I/O here."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec

from padkit_sim.card_number import MAX_DIGITS, MIN_DIGITS, luhn_ok, well_formed

MAX_BODY = 64 << 10
MAX_TEXT = 256
MAX_CIPHER = 4096  # a PIN block
MAX_SEALED_TEXT = 22 << 10  # base64 of C3 fields sealed for the HSM
WEAK_PIN_MARK = "TEST-WEAK-PIN"  # a PIN block that begins so stands for a weak PIN; a real one is opaque to us

Scalar = str | int | bool
Value = Scalar | list[dict[str, Scalar]]
Entity = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_.-]{1,32}$")]
Serial = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_.:-]{1,64}$")]
Attempt = Annotated[int, msgspec.Meta(ge=1, le=999)]


class Service(enum.Enum):
    """What the core bank does for a channel."""

    OPEN = "CARD.OPEN"
    INQUIRY = "TXN.INQUIRY"
    REVERSE = "TXN.REVERSE"
    REPLACE = "CARD.REPLACE"
    REISSUE = "CARD.REISSUE"
    BLOCK = "CARD.BLOCK"
    PIN_CHANGE = "CARD.PIN.CHANGE"
    PIN_RESET = "CARD.PIN.RESET"
    UNLOCK = "CARD.UNLOCK"
    ACTIVATE = "ACCT.ACTIVATE"
    NOTE = "CARD.NOTE"  # of no function of the catalogue: what a bank has beside it


class Code(enum.StrEnum):
    """Response codes. The first digit is the class (catalogue, core_message)."""

    OK = "0000"
    CLASS1_LIMIT = "1101"
    REVERSAL_TOO_LATE = "1201"
    NOTHING_TO_REVERSE = "1202"
    CARD_USED = "1301"
    CARD_BLOCKED = "1302"
    NO_SUCH_CARD = "1401"
    CARD_HELD = "1402"
    PIN_LOCKED = "1403"
    NOT_LOCKED = "1404"
    NOT_DORMANT = "1405"
    OTHER_PERSON = "1406"
    NOT_LOST = "1407"
    REFUSED_ON_DEMAND = "1999"
    UNREADABLE = "2001"
    SERVICE_UNKNOWN = "2002"
    FIELD_UNKNOWN = "2003"
    FIELD_MISSING = "2004"
    FIELD_WRONG = "2005"
    SERIAL_USED_OTHERWISE = "2006"
    SERIAL_ENDED = "2007"
    WEAK_PIN = "2051"
    C3_REFUSED = "2052"
    WRONG_PIN = "2053"
    JOURNAL_FAILED = "3001"
    HSM_SILENT = "3002"
    ATTEMPT_CLOSED = "4091"
    SERIAL_SUCCEEDED = "4092"


_CLASSES = {"1": "business_refusal", "2": "business_refusal", "3": "retryable", "4": "unknown", "5": "retryable"}


class CoreRefusal(Exception):
    """The core says no. `not_executed` marks that the same serial may come again with a higher attempt."""

    def __init__(self, code: str, message: str, *, not_executed: bool = False) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.not_executed = not_executed


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One transaction. `serial` is the channel serial; for an inquiry `attempt` is the highest one asked about."""

    service: Annotated[str, msgspec.Meta(max_length=32)]
    entity: Entity
    serial: Serial
    attempt: Attempt
    fields: dict[str, Scalar]

    def __repr__(self) -> str:
        return f"Request({self.service}, {self.entity}, {self.serial}/{self.attempt}, {sorted(self.fields)})"

    def text(self, field: str) -> str:
        """Return a field as text; an absent one is empty."""
        return str(self.fields.get(field, ""))

    def digest(self) -> str:
        """Return what tells this content from another under the same serial and attempt; the PIN block stays out of it."""
        kept = {name: value for name, value in sorted(self.fields.items()) if name not in CIPHER_FIELDS}
        return hashlib.sha256(msgspec.json.encode([self.service, kept])).hexdigest()


class Answer(msgspec.Struct, frozen=True):
    """One answer. A refusal whose fields say ``not_executed`` may be tried again: same serial, higher attempt."""

    resp_class: str
    resp_code: str
    resp_msg: str
    fields: dict[str, Value] = {}

    def __repr__(self) -> str:
        return f"Answer({self.resp_code}, {self.resp_msg!r}, {sorted(self.fields)})"

    @property
    def ok(self) -> bool:
        return self.resp_code == Code.OK

    @property
    def not_executed(self) -> bool:
        return self.fields.get("not_executed") is True


def accepted(fields: dict[str, Value]) -> Answer:
    """Return the answer of a success."""
    return Answer("ok", Code.OK.value, "success", fields)


def refused(refusal: CoreRefusal) -> Answer:
    """Return the answer that says what a refusal says."""
    fields: dict[str, Value] = {"not_executed": True} if refusal.not_executed else {}
    return Answer(_CLASSES[refusal.code[0]], str(refusal.code), refusal.message, fields)


def is_refusal_code(code: str) -> bool:
    """Tell whether the text is a response code other than success."""
    return len(code) == 4 and code.isascii() and code.isdigit() and code[0] in _CLASSES


class Kind(enum.Enum):
    """What a field may hold."""

    TEXT = "text of 1 to 256 characters"
    SCALAR = "text, whole number or true/false"
    FLAG = "true or false"
    CARD = f"{MIN_DIGITS} to {MAX_DIGITS} digits"
    CARD_LUHN = f"{MIN_DIGITS} to {MAX_DIGITS} digits with a right check digit"
    CIPHER = f"text of 1 to {MAX_CIPHER} characters"
    SEALED = f"text of 1 to {MAX_SEALED_TEXT} characters"


LONGEST = {Kind.CIPHER: MAX_CIPHER, Kind.SEALED: MAX_SEALED_TEXT}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a service."""

    kind: Kind = Kind.TEXT
    required: bool = True


_OPTIONAL = Field(required=False)
SEALED = "c3_sealed"  # the C3 fields, sealed for the HSM; they come in it or, without an HSM, as they are
C3_FIELDS = frozenset({"pin_block", "new_pin_block", "card_expiry"})
CIPHER_FIELDS = frozenset({"pin_block", "new_pin_block", SEALED})
OPEN_RESPONSE = ("cust_no", "acct_no", "card_no", "acct_class", "open_date", "open_branch", "limit_day")
_PIN = Field(Kind.CIPHER)
_KEY = {SEALED: Field(Kind.SEALED, required=False), "pin_key_id": _OPTIONAL, "pin_format": _OPTIONAL}
_IN_PLACE = {
    "card_no": Field(Kind.CARD),
    "new_card_no": Field(Kind.CARD_LUHN),
    "voucher_serial": Field(),
    "new_pin_block": _PIN,
    **_KEY,
}
FIELDS: Mapping[
    Service, Mapping[str, Field]
] = {  # catalogue: ACC-01, ACC-03, ACC-04, ACC-08 to ACC-10, ACC-15, OPS-15, OPS-16
    Service.OPEN: {
        **dict.fromkeys(("cert_type", "cert_no", "name", "phone", "acct_class", "card_product"), Field()),
        **dict.fromkeys(("voucher_serial", "open_purpose", "tax_residency"), Field()),
        **dict.fromkeys(("cust_no", "card_seq", "card_expiry", "voucher_batch", "pin_key_id", "pin_format"), _OPTIONAL),
        **dict.fromkeys(("cdd_level", "agent_name", "agent_cert_no"), _OPTIONAL),
        "card_no": Field(Kind.CARD_LUHN),
        "new_pin_block": Field(Kind.CIPHER),
        SEALED: Field(Kind.SEALED, required=False),
        "limit_day": Field(Kind.SCALAR),
        "agent_flag": Field(Kind.SCALAR),
    },
    Service.INQUIRY: {"orig_channel_serial": Field(), "fence": Field(Kind.FLAG, required=False)},
    Service.REVERSE: {"orig_channel_serial": Field(), "orig_core_serial": _OPTIONAL, "remark": Field()},
    Service.BLOCK: {"card_no": Field(Kind.CARD), "reason": Field()},
    Service.REPLACE: {**_IN_PLACE, "replace_reason": Field(), "pin_block": _PIN},
    Service.REISSUE: {**_IN_PLACE, "loss_no": Field()},
    Service.PIN_CHANGE: {"card_no": Field(Kind.CARD), "pin_block": _PIN, "new_pin_block": _PIN, **_KEY},
    Service.PIN_RESET: {"card_no": Field(Kind.CARD), "cert_no": Field(), "new_pin_block": _PIN, **_KEY},
    Service.UNLOCK: {"card_no": Field(Kind.CARD), "cert_no": Field(), "pin_block": _PIN, **_KEY},
    Service.ACTIVATE: {
        **dict.fromkeys(("acct_no", "cert_no", "phone", "open_purpose"), Field()),
        "pin_block": _PIN,
        **_KEY,
    },
    Service.NOTE: {"card_no": Field(Kind.CARD), "remark": Field()},
}


def service_of(request: Request) -> Service:
    """Return the service asked for. Raises `CoreRefusal` 2002 naming those there are."""
    try:
        return Service(request.service)
    except ValueError:
        known = ", ".join(service.value for service in Service)
        raise CoreRefusal(
            Code.SERVICE_UNKNOWN, f"service {request.service[:32]!r} unknown; this core has {known}"
        ) from None


def check_fields(service: Service, fields: Mapping[str, Scalar]) -> None:
    """Compare fields with the table. Raises `CoreRefusal` 2003, 2004 or 2005 naming the field, never its value."""
    table = FIELDS[service]
    for name in sorted(fields.keys() - table.keys()):
        raise CoreRefusal(Code.FIELD_UNKNOWN, f"{service.value}: field {name[:32]!r} unknown; leave it out")
    sealed = SEALED in fields
    if sealed and fields.keys() & C3_FIELDS:
        raise CoreRefusal(Code.FIELD_WRONG, f"{service.value}: C3 fields beside {SEALED!r}; send them sealed alone")
    for name, field in table.items():
        if name not in fields:
            if field.required and not (sealed and name in C3_FIELDS):
                raise CoreRefusal(Code.FIELD_MISSING, f"{service.value}: field {name!r} is missing; send it")
        elif not _fits(field.kind, fields[name]):
            raise CoreRefusal(Code.FIELD_WRONG, f"{service.value}: field {name!r} must be {field.kind.value}")


def _fits(kind: Kind, value: Scalar) -> bool:
    if kind is Kind.FLAG:
        return isinstance(value, bool)
    if not isinstance(value, str):
        return kind is Kind.SCALAR
    if kind is Kind.CARD_LUHN:
        return well_formed(value) and luhn_ok(value)
    if kind is Kind.CARD:
        return well_formed(value)
    return 0 < len(value) <= LONGEST.get(kind, MAX_TEXT)


def parse_request(raw: bytes) -> Request:
    """Read a request from hostile bytes. Raises `CoreRefusal` 2001 naming the place, never a secret."""
    if len(raw) > MAX_BODY:
        raise CoreRefusal(Code.UNREADABLE, f"request of {len(raw)} bytes, at most {MAX_BODY}; send less")
    try:
        return msgspec.json.decode(raw, type=Request)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise CoreRefusal(
            Code.UNREADABLE, f"request not readable: {str(exc)[:MAX_TEXT]}; send the documented form"
        ) from exc
