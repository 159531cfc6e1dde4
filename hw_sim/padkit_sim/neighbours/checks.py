"""The bank's lists and the citizen register as the core mock plays them: what is asked, what each may answer. No I/O here."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from typing import Annotated

import msgspec

from padkit_sim.card_number import CardNumber, well_formed
from padkit_sim.neighbours.books import Account, AccountState, Books, person
from padkit_sim.neighbours.txn import MAX_BODY, MAX_TEXT, Code, CoreRefusal, Entity, Scalar, Serial


class Check(enum.Enum):
    """The checks there are (catalogue, dictionaries.checks)."""

    CIP = "cip"
    ACCOUNT_COUNT = "account_count"
    FRAUD_LIST = "fraud_list"
    GRAY_LIST = "gray_list"
    AML_SCREEN = "aml_screen"
    PHONE_MATCH = "phone_match"
    CARD_STATE = "card_state"


DOWN = "down"  # no answer: the fault `cip.down` of the vocabulary, for every check
OVER = "over"
FINDINGS: Mapping[Check, tuple[str, ...]] = {  # the usual one first
    Check.CIP: ("consistent", "name_mismatch", "no_such_number", "no_photo"),
    Check.ACCOUNT_COUNT: ("within", OVER),
    Check.FRAUD_LIST: ("clear", "hit"),
    Check.GRAY_LIST: ("clear", "hit"),
    Check.AML_SCREEN: ("clear", "hit"),
    Check.PHONE_MATCH: ("same_person", "other_person"),
    Check.CARD_STATE: (
        "normal",
        "pin_locked",
        "dormant",
        "lost",
        "controlled",
        "replaced",
        "no_such_card",
        "other_person",
    ),
}


class CheckRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /check``."""

    check: Check
    entity: Entity
    serial: Serial
    fields: dict[str, Scalar]

    def __repr__(self) -> str:
        return f"CheckRequest({self.check.value}, {self.entity}, {self.serial}, {sorted(self.fields)})"


class CheckFinding(msgspec.Struct, frozen=True):
    """The answer: what was found, the system's own serial, and of a card what the bank knows of it."""

    finding: str
    system_serial: str
    fields: dict[str, str] = {}


class SetCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="check"):
    """A word of ``POST /control``: from now on this check finds that, or is ``down``."""

    check: Check
    finding: Annotated[str, msgspec.Meta(max_length=32)]


class Checks:
    """Every check finds the usual until it is told otherwise."""

    def __init__(self) -> None:
        self._told: dict[Check, str] = {}
        self._asked = 0

    def tell(self, word: SetCheck) -> None:
        """Set what a check finds. Raises `ValueError` for a finding that it cannot make."""
        known = (*FINDINGS[word.check], DOWN)
        if word.finding not in known:
            raise ValueError(f"{word.check.value}: {word.finding!r} is no finding of it; say one of {', '.join(known)}")
        self._told[word.check] = word.finding

    def clear(self) -> None:
        """Let every check find the usual again."""
        self._told.clear()

    def find(self, request: CheckRequest, books: Books) -> CheckFinding | None:
        """Return what is found; None when the system is down. Of a card the books tell, unless a word told otherwise."""
        told: dict[str, str] = {}
        usual = FINDINGS[request.check][0]
        if request.check is Check.CARD_STATE:
            usual, told = _card(request, books)
        finding = self._told.get(request.check, usual)
        if finding == DOWN:
            return None
        if finding == OVER and request.fields.get("acct_class") != "I":
            finding = FINDINGS[request.check][0]  # the limit told is that of class I
        self._asked += 1
        mark = hashlib.sha256(f"{request.entity}:{request.serial}:{self._asked}".encode()).hexdigest()[:10]
        return CheckFinding(finding, f"CHK{mark.upper()}", told)


def _card(request: CheckRequest, books: Books) -> tuple[str, dict[str, str]]:
    number = str(request.fields.get("card_no", ""))
    account = books.accounts.get(CardNumber(number)) if well_formed(number) else None
    if not number:
        account = _reported_lost(request, books)
    if account is not None and (account.entity, account.state) == (request.entity, AccountState.REPLACED):
        return "replaced", {}
    if account is None or (account.entity, account.state) != (request.entity, AccountState.LIVE):
        return "no_such_card", {}
    cert_no = str(request.fields.get("cert_no", ""))
    if cert_no and account.person != person(request.entity, str(request.fields.get("cert_type", "")), cert_no):
        return "other_person", {}
    told = {"card_no": account.card_no.digits, "acct_no": account.acct_no, "lock_reason": account.condition}
    return account.condition, {**told, "loss_no": account.loss_no} if account.loss_no else told


def _reported_lost(request: CheckRequest, books: Books) -> Account | None:
    """Return the account whose card this person has lost: nobody can show such a card."""
    cert_no, cert_type = str(request.fields.get("cert_no", "")), str(request.fields.get("cert_type", ""))
    wanted = (request.entity, person(request.entity, cert_type, cert_no), AccountState.LIVE, "lost")
    lost = (it for it in books.accounts.values() if (it.entity, it.person, it.state, it.held) == wanted)
    return next(lost, None)


def parse_check(raw: bytes) -> CheckRequest:
    """Read a question from hostile bytes. Raises `CoreRefusal` 2001 naming the place, never a value."""
    if len(raw) > MAX_BODY:
        raise CoreRefusal(Code.UNREADABLE, f"question of {len(raw)} bytes, at most {MAX_BODY}; send less")
    try:
        return msgspec.json.decode(raw, type=CheckRequest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        told = f"question not readable: {str(exc)[:MAX_TEXT]}; send the documented form"
        raise CoreRefusal(Code.UNREADABLE, told) from exc
