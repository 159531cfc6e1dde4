"""What people sign: an order, the consent to one, the wish for a code, a word about an authorisation. No I/O.

A paper is canonical JSON in a SignedData of the operator's key, bound to what it is for, so that no paper can pass for another.
Central believes the paper, never who carries it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar

import msgspec

from padkit_central.kits import lifecycle
from padkit_contract.cms import signed
from padkit_contract.commands import MAX_TEXT, AnyOrder, Cancel, Notify, Restrict, SetPolicy
from padkit_contract.crypto import sm3
from padkit_contract.envelope import Identity
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused, Invalid
from padkit_contract.trust import Trust
from padkit_contract.x509 import Role, Usage

MAX_KITS = 1000
MAX_PAPER = 128 << 10
MAX_BUSINESSES = 64
FRESH_S = 600  # a paper is handed in within this time, so that none can be kept for later
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

Name = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z_.-]{0,31}$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
Second = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]


class OrderPaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order to kits. `id` is a UUIDv7 and makes a second delivery harmless; moments are seconds since 1970.

    `expires` None takes the kind's usual time, 0 never ends by itself.
    """

    id: str
    entity: Name
    kits: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=MAX_KITS)]
    order: AnyOrder
    reason: Text
    asked_at: Second
    not_before: Second = 0
    expires: Second | None = None


class ApprovalPaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Consent to one order; `digest` is the SM3 (hex) of its whole signed paper, as `GET /v1/orders/{id}` shows it."""

    entity: Name
    command: str
    digest: str
    asked_at: Second


class UnlockPaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The wish for the code of one challenge; two different people sign the same."""

    entity: Name
    kit: Name
    challenge: Annotated[str, msgspec.Meta(max_length=64)]
    reason: Text
    asked_at: Second


class AuthorisePaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an authoriser does with one request. `digest` is what was looked at (`AuthView.digest`), empty to look and to take.

    `reason` is for return and refuse, `parts` for return, `file` (SM3, hex) for a look at one file.
    """

    entity: Name
    authorisation: str
    act: Literal["view", "take", "look", "approve", "return", "refuse"]
    digest: str
    asked_at: Second
    reason: Annotated[str, msgspec.Meta(max_length=MAX_TEXT)] = ""
    parts: Annotated[tuple[str, ...], msgspec.Meta(max_length=MAX_BUSINESSES)] = ()
    file: Annotated[str, msgspec.Meta(max_length=64)] = ""


AnyPaper = OrderPaper | ApprovalPaper | UnlockPaper | AuthorisePaper
IDEOGRAPHIC_SPACE = "\u3000"

Paper = TypeVar("Paper", OrderPaper, ApprovalPaper, UnlockPaper, AuthorisePaper)
CONTEXTS: dict[type[msgspec.Struct], bytes] = {
    OrderPaper: b"padkit order",
    ApprovalPaper: b"padkit approval",
    UnlockPaper: b"padkit unlock",
    AuthorisePaper: b"padkit authorise",
}


@dataclass(frozen=True, slots=True)
class Believed(Generic[Paper]):
    """A paper and who signed it; `digest` is the SM3 (hex) of the whole, `holds_until` the end of the signer's chain."""

    paper: Paper
    by: str
    digest: str
    holds_until: datetime


def sign_paper(paper: AnyPaper, operator: Identity, now: datetime) -> bytes:
    """Return the signed paper (DER)."""
    content = msgspec.json.encode(paper)
    return signed.sign(content, CONTEXTS[type(paper)], operator.certificate, operator.key, now)


def read_paper(raw: bytes, kind: type[Paper], trust: Trust, now: datetime) -> Believed[Paper]:
    """Return the paper when an operator of its entity signed it just now.

    Raises `Invalid` ``paper.time``, and what `believe_paper` does.
    """
    believed = believe_paper(raw, kind, trust, now)
    check_fresh(believed.paper, now)
    return believed


def believe_paper(raw: bytes, kind: type[Paper], trust: Trust, now: datetime) -> Believed[Paper]:
    """Return the paper, whenever it was signed, when it is by somebody who is an operator of its entity at `now`.

    Raises `Invalid` ``paper.size``, ``paper.form``, ``paper.signature``, ``paper.operator``.
    """
    if len(raw) > MAX_PAPER:
        raise Invalid("paper.size", f"{len(raw)} bytes, at most {MAX_PAPER}; order in portions")
    try:
        inner = signed.decode(raw)
        paper = msgspec.json.decode(inner.content, type=kind)
    except (ValueError, CryptoUnfit, RecursionError, msgspec.MsgspecError) as exc:
        raise Invalid("paper.form", f"no signed {kind.__name__}: {exc}") from exc
    if inner.context != CONTEXTS[kind] or msgspec.json.encode(paper) != inner.content:
        raise Invalid("paper.form", f"signed for something else than {kind.__name__}, or not in canonical form")
    try:
        trusted = trust.check(inner.certificate, Usage.SIGNATURE, now)
    except EnvelopeRefused as exc:
        raise Invalid("paper.operator", str(exc)) from exc
    if not inner.signed_by(trusted.key):
        raise Invalid("paper.signature", f"not signed by {inner.certificate.name}")
    if trusted.role is not Role.OPERATOR or trusted.certificate.entity != paper.entity:
        raise Invalid("paper.operator", f"{inner.certificate.name} is no operator of {paper.entity}")
    return Believed(paper, trusted.certificate.name, sm3(raw).hex(), trusted.holds_until)


def check_fresh(paper: AnyPaper, taken: datetime) -> None:
    """Look whether a paper was taken in at about the time it tells. Raises `Invalid` ``paper.time``."""
    if abs(taken.timestamp() - paper.asked_at) > FRESH_S:
        raise Invalid("paper.time", f"asked at {paper.asked_at}, taken in {int(taken.timestamp())}; sign it again")


def check_text(what: str, text: str) -> str:
    """Return a text that people read in lists, on screens and in the trail: 1 to 500 characters in one line.

    Raises `Invalid` ``order.form`` for an empty one, and for characters that move a cursor or turn the writing round.
    """
    if not 1 <= len(text) <= MAX_TEXT or not text.strip():
        raise Invalid("order.form", f"{what}: {len(text)} characters; 1 to {MAX_TEXT} are wanted, not only blanks")
    for place, sign in enumerate(text, 1):
        if not sign.isprintable() and sign != IDEOGRAPHIC_SPACE:
            raise Invalid(
                "order.form", f"{what}: U+{ord(sign):04X} at place {place} is no character to print; leave it out"
            )
    return text


def expiry_of(paper: OrderPaper, taken: datetime) -> int:
    """Return when an order that was taken in at `taken` ends by itself, in seconds since 1970; 0: never."""
    usual = lifecycle.expiry_of(paper.order, max(int(taken.timestamp()), paper.not_before))
    return usual if paper.expires is None else paper.expires


def check_order(paper: OrderPaper, now: datetime) -> None:
    """Look at what the types do not say. Raises `Invalid` ``order.form``."""
    if ID.fullmatch(paper.id) is None:
        raise Invalid("order.form", f"id {paper.id[:64]!r} is no UUIDv7")
    check_text("reason", paper.reason)
    if len(set(paper.kits)) != len(paper.kits):
        raise Invalid("order.form", "a kit is named twice")
    if paper.expires and paper.expires <= max(now.timestamp(), paper.not_before):
        raise Invalid("order.form", "it expires before it begins")
    match paper.order:
        case Notify(text):
            check_text("text", text)
        case Restrict(businesses) if len(businesses) > MAX_BUSINESSES or any(
            not 1 <= len(it) <= 32 for it in businesses
        ):
            raise Invalid("order.form", f"at most {MAX_BUSINESSES} businesses of 1 to 32 characters")
        case SetPolicy(version) if version < 1:
            raise Invalid("order.form", "policy versions count from 1")
        case Cancel(command) if ID.fullmatch(command) is None:
            raise Invalid("order.form", f"{command[:64]!r} is no id of an order")
        case _:
            pass
