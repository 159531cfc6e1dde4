"""One way to ask the core bank something, and a bank whose clock stands still. TEST ONLY numbers and names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from padkit_sim.neighbours.bank import Bank, Rules
from padkit_sim.neighbours.books import Books
from padkit_sim.neighbours.txn import Answer, CoreRefusal, Request, Scalar

CARD = "6200000000000000000"
OPENING: dict[str, Scalar] = {
    "cert_type": "110001",
    "cert_no": "11010519491231002X",
    "name": "测试甲",
    "phone": "13800000000",
    "acct_class": "I",
    "card_product": "DEBIT",
    "card_no": CARD,
    "voucher_serial": "000001",
    "new_pin_block": "TEST ONLY block",
    "open_purpose": "farming",
    "tax_residency": "cn_only",
    "limit_day": "5000.00",
    "agent_flag": False,
}


def card(number: int) -> str:
    """A 16-digit card number with a right check digit."""
    body = f"62000000{number:07d}"
    total = sum(
        sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10)) for place, digit in enumerate(reversed(body))
    )
    return body + str(-total % 10)


@pytest.fixture
def ask() -> Callable[..., Request]:
    """Make a request; an opening has every field it needs unless told otherwise."""

    def make(service: str, serial: str = "S1", attempt: int = 1, entity: str = "E1", **fields: Scalar) -> Request:
        told = {**OPENING, **fields} if service == "CARD.OPEN" else fields
        return Request(service, entity, serial, attempt, told)

    return make


@pytest.fixture
def card_of() -> Callable[[int], str]:
    return card


class Core:
    """A bank whose decisions are applied at once; `at` is the moment it believes in."""

    def __init__(self) -> None:
        self.at = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)
        self.books = Books()
        self.bank = Bank(self.books, lambda: self.at, Rules())

    def __call__(self, request: Request, *, forced: CoreRefusal | None = None) -> Answer:
        decision = self.bank.decide(request, forced=forced)
        if decision.event is not None:
            self.books.apply(decision.event)
        return decision.answer


@pytest.fixture
def core() -> Core:
    return Core()
