"""What travels inside envelopes: requests from the kit, replies from central, the kit's pack, ledger events.

Everything is JSON inside the envelope (readable in an audit), decoded strictly: unknown keys are refused.

| business | body | the reply's fields |
|---|---|---|
| `CARD_OPEN` | `Request` with the catalogue's fields; C3 fields in the C3 envelope | the response fields of the catalogue |
| `REVERSAL` | `Request` under its own serial: orig_channel_serial, remark | result_state, core_serial |
| `INQUIRY` | `Request`: orig_channel_serial, fence (bool); `attempt` is the highest that the kit has sent | as of the original |
| `KIT_PACK` | `Request` without fields | pack (`KitPack`) |
| `CARD_RESERVE` | `Request` under the flow's serial: card_no, voucher_serial | card_no, voucher_serial |
| `CARD_LEDGER` | `LedgerUpload` | have, missing |
| `EVIDENCE` | `EvidencePackage` | digest (SM3 of the body, hex) |
| `EVIDENCE_SEALED` | `evidence.Agreed` | package (`evidence.PackageReply`) |
| `CASE` | `Case` | - |
| `RENEW` | `enrol.Requests` | papers (`enrol.Papers`) |

What is asked of and answered by authorisers is in `padkit_contract.authorise`.
"""

from __future__ import annotations

import enum
from typing import Any, TypeVar

import msgspec

from padkit_contract.errors import Invalid

MAX_BODY = 1 << 20

T = TypeVar("T")

# Business types. Catalogue functions and operations keep their catalogue id; the kit's own housekeeping has names of its own.
CARD_OPEN = "ACC-01"
INQUIRY = "OPS-15"
REVERSAL = "OPS-16"
KIT_PACK = "kit.pack"  # policy with waivers, and the check-out slip
CARD_RESERVE = "card.reserve"
CARD_LEDGER = "card.ledger"  # ledger events, in order
EVIDENCE = "evidence.package"
EVIDENCE_SEALED = "evidence.sealed"  # what became of the upload of a case's files
CASE = "case.open"
RENEW = "kit.renew"  # new certificates, asked for with the old key

# The envelope that carries the C3 fields: its context is that of the business envelope but for this suffix, its body a
# `C3Part`. It is stored nowhere.
C3_SUFFIX = "#c3"

# Evidence that can only exist after the core answered; it comes with the evidence package, not with the request.
AFTER_CORE = frozenset({"old_card", "card_in_hand", "voucher_seal"})
AUTHORISER = "authoriser"  # the evidence item that stands for the authorisation, wherever the catalogue asks for one

ISSUES = frozenset(
    {"CARD.OPEN", "CARD.REPLACE", "CARD.REISSUE"}
)  # core services that make a card of the stock a live one
REPLACES = frozenset({"CARD.REPLACE", "CARD.REISSUE"})  # those that end another card with it


class Posted(msgspec.Struct, frozen=True, array_like=True):
    """What a kit POSTs (msgpack): the business envelope, which is stored, and the C3 envelope, which never is."""

    envelope: bytes
    c3: bytes = b""


class C3Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of the C3 envelope: which C3 fields there are, and all of them sealed for the HSM (`padkit_contract.hsm`)."""

    names: tuple[str, ...] = ()
    sealed: bytes = b""

    def __repr__(self) -> str:
        return f"C3Part({self.names}, {len(self.sealed)} bytes)"


class How(enum.Enum):
    """How one piece of evidence came to be, or why it is not there. Nothing is silently skipped."""

    CAPTURED = "captured"
    WAIVED = "waived"
    TEST_DATA = "test_data"
    ALTERNATIVE = (
        "alternative"  # another way that the business allows, with its reason; only for a face (two people looked)
    )


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model that took part in a result: its name, the sha256 (hex) of what was loaded, and what ran it."""

    name: str
    sha256: str
    engine: str


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One field of a document, never its text: how it was read, what the chip says to it, and why where they do not agree.

    `state` is ``checked``, ``read``, ``doubtful`` or ``missing``; `chip` is ``same``, ``different``, ``unsure``, ``not_read`` or
    ``not_compared``.
    """

    name: str
    state: str
    chip: str
    why: str = ""


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a machine found when it looked at a face or a document. Central refuses one that says no.

    `passed` is the kit's own word; `by` the device that judged and `rule` what it judged by. `score` lies beside the `threshold`
    that calls it enough, both above 0 where a face was judged; `fields` are a document's.
    """

    passed: bool
    by: str
    rule: str
    models: tuple[Model, ...]
    score: float = 0.0
    threshold: float = 0.0
    fields: tuple[Field, ...] = ()


class EvidenceItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of the evidence list: the catalogue's type, how it came, its SM3 digest (hex) or the waiver that stands in.

    What a machine judged has its `result`.
    """

    type: str
    how: How
    digest: str = ""
    waiver: str = ""  # "<waiver id>@<policy version>"
    note: str = ""
    result: Result | None = None


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One request. `serial` is the channel serial, the business's idempotency key; `attempt` counts from 1.

    `fields` are catalogue fields (C1, C2, N here; C3 in the C3 envelope). `checks` are the catalogue's checks that were not
    run at the kit but waived, like evidence. `ticket` is the id of the authorisation, see `padkit_contract.authorise`.
    """

    serial: str
    attempt: int
    made_at: str
    fields: dict[str, Any]
    evidence: tuple[EvidenceItem, ...] = ()
    checks: tuple[EvidenceItem, ...] = ()
    ticket: str = ""


class Outcome(enum.Enum):
    """How central (or the core behind it) ended a request."""

    OK = "ok"
    REFUSED = "refused"  # business refusal, nothing was booked
    NOT_EXECUTED = "not_executed"  # refused before execution, a new attempt with the same serial is allowed
    UNKNOWN = "unknown"  # sent on, no certain answer yet: inquire
    PROCESSING = "processing"
    NOT_FOUND = "not_found"  # inquiry: no such serial; final only when `final`
    INVALID = "invalid"  # does not fit catalogue, policy or stock; nothing was sent on


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One answer. `code` is stable; `message` is for people; `final` makes `not_found` believable (fence closed)."""

    outcome: Outcome
    code: str = ""
    message: str = ""
    final: bool = False
    fields: dict[str, Any] = {}


class CardState(enum.Enum):
    """Where a blank card is in its life (重空), as ledgers on kit and at central name it."""

    LOADED = "loaded"
    STAGED = "staged"
    RESERVED = "reserved"
    ISSUED = "issued"
    HANDED_OVER = "handed_over"
    CAPTURED = "captured"
    CAPTURED_LIVE = "captured_live"
    VOID_PENDING = "void_pending"
    MISSING = "missing"


class LedgerEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One append-only ledger line. `seq` counts per kit without holes; `read` is False when the chip could not be read and
    the card is named by its place on the slip."""

    seq: int
    batch: str
    voucher: str
    card_no: str
    state: CardState
    at: str
    flow: str = ""
    read: bool = True
    reason: str = ""


class LedgerUpload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `CARD_LEDGER`. The reply's fields hold ``have`` (highest seq without a hole) and ``missing`` (list of seq)."""

    events: tuple[LedgerEvent, ...]


class SlipCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One card of the check-out slip, in hopper order."""

    voucher: str
    card_no: str


class Slip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The check-out slip of the cards in the kit's box (领用单)."""

    batch: str
    product: str
    cards: tuple[SlipCard, ...]


class Waiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entity's decision that something is not asked for. It lives at central; a kit cannot waive.

    `covers` are names of evidence, checks or steps of the catalogue; `business` the ids it holds for.
    """

    id: str
    business: tuple[str, ...]
    covers: tuple[str, ...]
    reason: str
    approved_by: str
    until: str  # ISO date, inclusive


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One version of an entity's policy: catalogue parameters and waivers. Versions only grow.

    `functions` are the entity's own functions beside those of the catalogue, each as the catalogue's file spells an entry.
    """

    entity: str
    version: int
    parameters: dict[str, Any]
    waivers: tuple[Waiver, ...]
    functions: tuple[dict[str, Any], ...] = ()


class Holder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who holds the kit, and what his passcode derives to (PBKDF2-HMAC-SM3; hex); see `passcode`."""

    name: str
    salt: str
    iterations: int
    hash: str

    def __repr__(self) -> str:
        return f"Holder({self.name})"


class KitPack(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of the reply to `KIT_PACK` (in ``fields.pack``): what the kit works by, and who holds it."""

    policy: Policy
    slip: Slip | None
    holder: Holder | None = None


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of `CASE`: something a person must close."""

    id: str
    flow: str
    reason: str
    at: str
    voucher: str = ""
    detail: str = ""


class EvidencePackage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of `EVIDENCE`: the evidence list of one business. `items` as sent with the request plus what came after it.

    `files`: they follow in a sealed package (`padkit_contract.evidence`), and are missed when they do not come.
    """

    flow: str
    serial: str
    catalogue: str
    items: tuple[EvidenceItem, ...]
    history: tuple[str, ...]  # "2026-11-22T08:00:00Z CORE_OK"
    files: bool = False


def encode(value: msgspec.Struct) -> bytes:
    """Return the JSON bytes of a message."""
    return msgspec.json.encode(value)


def decode(raw: bytes, kind: type[T]) -> T:
    """Read a message strictly. Raises `Invalid` ``message.size`` or ``message.form`` with the place and the value's type."""
    if len(raw) > MAX_BODY:
        raise Invalid("message.size", f"{kind.__name__}: {len(raw)} bytes, at most {MAX_BODY}; split it")
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise Invalid("message.form", f"{kind.__name__}: {exc}") from exc
