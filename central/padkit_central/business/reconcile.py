"""The end-of-day compare of central's ledger with the core's books: what differs, and what is done about it. Pure."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from padkit_central.store import AccountState, Books, StockCard
from padkit_contract.crypto import sm3
from padkit_contract.messages import CardState


class Rule(enum.Enum):
    """What can differ. The value names the case."""

    STRANGER = "core.stranger"
    UNDER_WAY = "core.under_way"
    NOT_HANDED_OVER = "core.not_handed_over"
    LOST_EVENT = "central.lost_event"
    LOST_LEDGER = "central.lost_ledger"
    MISSING = "card.missing"
    NO_ACCOUNT = "core.no_account"


class Remedy(enum.Enum):
    """What heals it. A case is opened for each block; what the kit can send again is not central's to decide."""

    BLOCK = "block"
    REPAIR = "repair"
    RESEND = "end the kit's day"


TEXTS = {
    Rule.STRANGER: "the core has an account for a card that is on no slip",
    Rule.UNDER_WAY: "the account's card is reserved for this very business, and the kit has not said how it ended",
    Rule.NOT_HANDED_OVER: "the core has a live account for a card that nobody handed over",
    Rule.LOST_EVENT: "the core opened this card, central did not learn it; the kit's evidence says so, too",
    Rule.LOST_LEDGER: "the kit's evidence says that the customer has the card, its ledger lines are not here",
    Rule.MISSING: "the kit's ledger calls the card missing, the core has not blocked it",
    Rule.NO_ACCOUNT: "the card left the box and the core has no live account for it",
}


@dataclass(frozen=True, slots=True)
class Account:
    """One live account of the core."""

    entity: str
    card_no: str
    serial: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference. `card` has empty names when no slip knows it; `serial` is that of the account it is about, if any."""

    rule: Rule
    remedy: Remedy
    card: StockCard
    serial: str = ""

    @property
    def case_id(self) -> str:
        """The id of the case, the same whenever the same is found."""
        name = self.card.voucher or sm3(self.card.card_no.encode()).hex()[:16]
        return f"{self.rule.value}:{self.card.batch}:{name}"

    def public(self) -> dict[str, str]:
        """Return what programs are told: stable words, of the card number four digits."""
        return {
            "rule": self.rule.value,
            "remedy": self.remedy.value,
            "entity": self.card.entity,
            "kit": self.card.kit,
            "batch": self.card.batch,
            "voucher": self.card.voucher,
            "ends_with": self.card.card_no[-4:],
            "text": TEXTS[self.rule],
        }

    def __str__(self) -> str:
        who = f"voucher {self.card.voucher} of kit {self.card.kit}" if self.card.voucher else "a card"
        return f"{who}, ending {self.card.card_no[-4:]}: {TEXTS[self.rule]} -> {self.remedy.value}"


def compare(books: Books, live: Collection[Account], blocked: Collection[str]) -> list[Finding]:
    """Return what differs; a card that the core has blocked already is done with."""
    found = [*_accounts(books, live), *_cards(books.cards, {(each.entity, each.card_no) for each in live})]
    return [each for each in found if each.remedy is not Remedy.BLOCK or each.card.card_no not in blocked]


def _accounts(books: Books, live: Iterable[Account]) -> Iterator[Finding]:
    cards = {(card.entity, card.card_no): card for card in books.cards}
    for account in live:
        card = cards.get((account.entity, account.card_no))
        if card is None:
            unknown = StockCard(account.entity, kit="", batch="", voucher="", product="", card_no=account.card_no)
            yield Finding(Rule.STRANGER, Remedy.BLOCK, unknown)
        elif card.state is CardState.MISSING:
            continue  # found as a card
        elif card.state is not CardState.HANDED_OVER and (account.entity, account.serial) in books.taken:
            yield Finding(Rule.LOST_LEDGER, Remedy.RESEND, card, account.serial)
        elif card.reserved_for == account.serial and (account.entity, account.serial) not in books.ended:
            yield Finding(Rule.UNDER_WAY, Remedy.RESEND, card, account.serial)
        elif card.state is not CardState.HANDED_OVER:
            yield Finding(Rule.NOT_HANDED_OVER, Remedy.BLOCK, card)
        elif card.account is not AccountState.LIVE:
            told = (account.entity, account.serial) in books.core_ok
            yield (
                Finding(Rule.LOST_EVENT, Remedy.REPAIR, card, account.serial)
                if told
                else Finding(Rule.NOT_HANDED_OVER, Remedy.BLOCK, card)
            )


def _cards(cards: Iterable[StockCard], live: Collection[tuple[str, str]]) -> Iterator[Finding]:
    for card in cards:
        if card.state is CardState.MISSING:
            yield Finding(Rule.MISSING, Remedy.BLOCK, card)
        elif card.account is AccountState.REPLACED:
            continue
        elif card.state is CardState.HANDED_OVER and (card.entity, card.card_no) not in live:
            yield Finding(Rule.NO_ACCOUNT, Remedy.BLOCK, card)
