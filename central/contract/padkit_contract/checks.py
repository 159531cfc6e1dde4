"""The online checks of a customer: what a kit asks, what the bank's systems found. A kit is told no more than it must know."""

from __future__ import annotations

import enum
from typing import Any

import msgspec

CHECK = "customer.check"  # business; the reply's fields hold `CheckAnswer` under ``checked``

CITIZEN = "cip"
SECRET = frozenset({"fraud_list", "gray_list", "aml_screen"})  # which of them said no, no kit is told
DECLINED = "check.declined"
OVER_LIMIT = "account_count.over"
LENIENT = frozenset({"phone_match", "gray_list", "geo"})  # no answer, or a doubt, marks the case and does not stop it


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
    """One check: its verdict, a stable dotted `code`, when it was made (ISO 8601, UTC) and the system's own serial."""

    name: str
    verdict: Verdict
    code: str
    at: str
    system_serial: str = ""


class CheckAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The result of each check that was asked for, in that order."""

    results: tuple[CheckResult, ...]
