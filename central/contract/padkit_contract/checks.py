"""The online checks of a customer: what a kit asks, what the bank's systems found. A kit is told no more than it must know."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import msgspec

from padkit_contract.catalogue import Entry
from padkit_contract.crypto.symmetric import sm3
from padkit_contract.phone import EVIDENCE

CHECK = "customer.check"  # business; the reply's fields hold `CheckAnswer` under ``checked``

CITIZEN = "cip"
CARD = "card_state"  # of the card that the customer brought
LOSS = "loss_no"  # the number of a formal report of loss
LOOKED_UP = frozenset(
    {"acct_no", "lock_reason", LOSS}
)  # what the bank tells of that card, where an entry wants it looked up
SECRET = frozenset({"fraud_list", "gray_list", "aml_screen"})  # which of them said no, no kit is told
DECLINED = "check.declined"
OVER_LIMIT = "account_count.over"
LENIENT = frozenset({"phone_match", "gray_list", "geo"})  # no answer, or a doubt, marks the case and does not stop it


WHO = ("cert_type", "cert_no", "name")
ABOUT: Mapping[str, tuple[str, ...]] = {  # what each is about: of another one it says nothing
    CITIZEN: WHO,
    "account_count": (*WHO, "acct_class"),
    "fraud_list": WHO,
    "gray_list": WHO,
    "aml_screen": WHO,
    "phone_match": (*WHO, "phone"),
    CARD: ("card_no", "cert_no"),
    "geo": (),
    EVIDENCE: ("phone",),
}


def looked_up(entry: Entry) -> frozenset[str]:
    """Return what the check of the card tells of the fields that `entry` has looked up.

    A card that is lost cannot be shown: where its report of loss is looked up, so may be its number.
    """
    wanted = frozenset(it.field for it in entry.inputs if it.source == "lookup")
    known = LOOKED_UP | {"card_no"} if LOSS in wanted else LOOKED_UP
    return wanted & known if CARD in entry.checks else frozenset()


def about_mark(entity: str, serial: str, name: str, fields: Mapping[str, Any]) -> str:
    """Return what central keeps of whom a check was about: enough to see that a case still names the same, not to tell who."""
    told = [entity, serial, name, *(str(fields.get(it, "")) for it in ABOUT[name])]
    return sm3(msgspec.json.encode(["padkit check v1", *told])).hex()


class Verdict(enum.Enum):
    """What a check comes to. Only PASSED and MARKED let a case go on."""

    PASSED = "passed"
    MARKED = "marked"  # goes on, and whoever authorises is told
    FAILED = "failed"
    UNAVAILABLE = "unavailable"


class CheckQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `CHECK`: which of the business's checks to run for the customer of `serial`; `customer` holds catalogue fields."""

    serial: str
    business: str
    names: tuple[str, ...]
    customer: dict[str, Any]

    def __repr__(self) -> str:
        return f"CheckQuestion({self.serial}, {', '.join(self.names)})"


class CheckResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One check: its verdict, a stable dotted `code`, when it was made (ISO 8601, UTC) and the system's own serial.

    `found` holds the catalogue fields of the request that the bank knows and nobody types (`LOOKED_UP`).
    """

    name: str
    verdict: Verdict
    code: str
    at: str
    system_serial: str = ""
    found: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"CheckResult({self.name}, {self.verdict.value}, {self.code}, {self.at})"


class CheckAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The result of each check that was asked for, in that order."""

    results: tuple[CheckResult, ...]
