"""The core bank's books: accounts, blocked cards and serials, changed only by events. No I/O and no rules here.

An event is what is written down before an answer goes out; applying all events again gives the same books.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
from dataclasses import dataclass, field
from typing import assert_never

import msgspec

from padkit_sim.card_number import CardNumber
from padkit_sim.neighbours.txn import Answer, Service

PIN_TRIES = 3
LOST_BY_PHONE = "lost_by_phone"
HELD = frozenset({"dormant", "lost", "controlled"})


class AccountState(enum.Enum):
    """What an account is. A blocked card is noted apart from it."""

    LIVE = "live"
    REVERSED = "reversed"
    CLOSED = "closed"
    REPLACED = "replaced"  # its account goes on under another card


class Account(msgspec.Struct, frozen=True):
    """One account and the card that belongs to it. `person` is a digest; the identity number itself is not kept."""

    entity: str
    serial: str
    attempt: int
    card_no: CardNumber
    acct_no: str
    cust_no: str
    acct_class: str
    person: str
    cert_no_masked: str
    open_date: dt.date
    core_serial: str
    state: AccountState
    pin: str = ""  # a digest of the block that was set last; blocks of one PIN and card are the same here (format 0)
    wrong: int = 0  # wrong PINs in a row; from `PIN_TRIES` on the card is locked
    held: str = ""  # one of `HELD`
    loss_no: str = ""  # of a formal report of loss; one made by telephone has none

    @property
    def locked(self) -> bool:
        return self.wrong >= PIN_TRIES

    @property
    def condition(self) -> str:
        """What a check of the card finds."""
        return self.held or ("pin_locked" if self.locked else "normal")


RESIDENT_ID = "110001"  # whose number it is where a request names no kind of document


def person(entity: str, cert_type: str, cert_no: str) -> str:
    """Return a digest that names a person at an entity without showing the identity number."""
    return hashlib.sha256("\0".join((entity, cert_type or RESIDENT_ID, cert_no)).encode()).hexdigest()


class Block(msgspec.Struct, frozen=True):
    """A card number that must never work, whether it has an account or not."""

    card_no: CardNumber
    reason: str


class Settled(msgspec.Struct, frozen=True, tag="settled"):
    """A transaction has its result: what was answered, and the account, the one it replaces or block as it is afterwards."""

    service: Service
    entity: str
    serial: str
    attempt: int
    digest: str
    answer: Answer
    account: Account | None = None
    block: Block | None = None
    replaced: Account | None = None

    @property
    def ends_serial(self) -> bool:
        """Tell whether no later attempt of this serial may be executed."""
        return not self.answer.not_executed


class Fenced(msgspec.Struct, frozen=True, tag="fenced"):
    """Attempts up to and including `closed` of a serial are never executed any more."""

    entity: str
    serial: str
    closed: int


class DaySet(msgspec.Struct, frozen=True, tag="day"):
    """The core day is this one whatever the clock says; None gives it back to the clock."""

    day: dt.date | None


class Tampered(msgspec.Struct, frozen=True, tag="tampered"):
    """Somebody changed the books behind the bank's back; `state` None takes the account away."""

    card_no: CardNumber
    state: AccountState | None


class CardSet(msgspec.Struct, frozen=True, tag="card"):
    """A card is in another condition from now on, whoever saw to that: one of `HELD`, ``pin_locked`` or ``normal``.

    A card that is ``lost`` has been reported so formally, in person; ``lost_by_phone`` is held without a number.
    """

    card_no: CardNumber
    condition: str


Event = Settled | Fenced | DaySet | Tampered | CardSet


@dataclass(slots=True)
class SerialPage:
    """What the bank knows of one channel serial."""

    closed: int = 0
    results: dict[int, Settled] = field(default_factory=dict)

    @property
    def highest(self) -> int:
        """The highest attempt that has a result or is closed; 0 when there is none."""
        return max(self.closed, *self.results) if self.results else self.closed

    @property
    def last(self) -> Settled | None:
        """The result of the highest attempt that has one."""
        return self.results[max(self.results)] if self.results else None

    @property
    def success(self) -> Settled | None:
        """The one success of this serial, if there is one."""
        return next((done for done in self.results.values() if done.answer.ok), None)


@dataclass(slots=True)
class Books:
    """Everything the bank remembers."""

    accounts: dict[CardNumber, Account] = field(default_factory=dict)
    blocked: dict[CardNumber, Block] = field(default_factory=dict)
    pages: dict[tuple[str, str], SerialPage] = field(default_factory=dict)
    day: dt.date | None = None
    settled: int = 0

    def page(self, entity: str, serial: str) -> SerialPage:
        """Return what is known of a serial; an unknown one has an empty page, which is not kept."""
        return self.pages.get((entity, serial)) or SerialPage()

    def customer(self, entity: str, person: str) -> str | None:
        """Return the customer number a person has at an entity."""
        held = (a.cust_no for a in self.accounts.values() if (a.entity, a.person) == (entity, person))
        return next(held, None)

    def apply(self, event: Event) -> None:
        """Change the books as the event says."""
        match event:
            case Settled():
                self._settle(event)
            case Fenced(entity, serial, closed):
                self.pages.setdefault((entity, serial), SerialPage()).closed = closed
            case DaySet(day):
                self.day = day
            case Tampered():
                self._tamper(event)
            case CardSet(card_no, condition):
                by_phone = condition == LOST_BY_PHONE
                held = "lost" if by_phone else condition if condition in HELD else ""
                number = f"L{self.settled:06d}{card_no.digits[-4:]}" if condition == "lost" else ""
                wrong = PIN_TRIES if condition == "pin_locked" else 0
                account = self.accounts[card_no]
                self.accounts[card_no] = msgspec.structs.replace(account, held=held, wrong=wrong, loss_no=number)
            case _:
                assert_never(event)

    def _settle(self, event: Settled) -> None:
        self.pages.setdefault((event.entity, event.serial), SerialPage()).results[event.attempt] = event
        self.settled += 1
        if event.replaced is not None:
            self.accounts[event.replaced.card_no] = event.replaced
        if event.account is not None:
            self.accounts[event.account.card_no] = event.account
        if event.block is not None:
            self.blocked.setdefault(event.block.card_no, event.block)

    def _tamper(self, event: Tampered) -> None:
        account = self.accounts.pop(event.card_no, None)
        if account is not None and event.state is not None:
            self.accounts[event.card_no] = msgspec.structs.replace(account, state=event.state)
