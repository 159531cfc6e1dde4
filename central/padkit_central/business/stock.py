"""The rules of the valuable blanks (重空): which card may be reserved, opened, reversed, and by whom. No I/O here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from padkit_central.store import OPEN, AccountState, StockCard, Submission, SubmissionState
from padkit_contract.catalogue import is_card_number
from padkit_contract.errors import Invalid
from padkit_contract.messages import CardState, Slip

NAME = re.compile(r"[0-9A-Za-z_-]{1,32}")
MAX_CARDS = 1000
UNISSUED = frozenset({None, CardState.LOADED, CardState.STAGED, CardState.RESERVED})


def check_slip(slip: Slip) -> None:
    """See that a check-out slip names real cards, each once. Raises `Invalid` ``slip.*``."""
    if not 1 <= len(slip.cards) <= MAX_CARDS:
        raise Invalid("slip.cards", f"{len(slip.cards)} cards; a slip has 1 to {MAX_CARDS}")
    for name in (slip.batch, slip.product, *(card.voucher for card in slip.cards)):
        if NAME.fullmatch(name) is None:
            raise Invalid("slip.name", f"{name[:64]!r}: 1 to 32 letters, digits, _ or - are wanted")
    for card in slip.cards:
        if not is_card_number(card.card_no):
            raise Invalid(
                "slip.card_no", f"voucher {card.voucher}: no card number (12 to 19 digits, Luhn); read it again"
            )
    for numbers in ([card.voucher for card in slip.cards], [card.card_no for card in slip.cards]):
        if len(set(numbers)) != len(numbers):
            raise Invalid("slip.twice", "a voucher or card number is on the slip twice; each card has its own")


def check_usable(card: StockCard | None, kit: str) -> StockCard:
    """Return the card when it is an unissued one of this kit's slip. Raises `Invalid` ``stock.*``."""
    if card is None:
        raise Invalid("stock.unknown", "this card is on no check-out slip; capture it and tell the keeper")
    if card.kit != kit:
        raise Invalid(
            "stock.foreign", f"voucher {card.voucher} was given to another kit; capture it and tell the keeper"
        )
    if card.blocked or card.account is not AccountState.NONE or card.state not in UNISSUED:
        state = card.state.value if card.state else "checked out"
        raise Invalid(
            "stock.used", f"voucher {card.voucher} is {state}, account {card.account.value}; take another card"
        )
    return card


def check_named(card: StockCard, fields: Mapping[str, Any]) -> None:
    """See that a request names the card as its slip does. Raises `Invalid` ``stock.voucher`` or ``stock.product``."""
    for name, value, rule in (
        ("voucher_serial", card.voucher, "stock.voucher"),
        ("voucher_batch", card.batch, "stock.voucher"),
        ("card_product", card.product, "stock.product"),
    ):
        if fields.get(name, value) != value:
            raise Invalid(rule, f"{name} {str(fields[name])[:64]!r}: the slip says {value!r} for this card")


def check_reservation(card: StockCard, serial: str) -> None:
    """See that nobody else holds the card. Raises `Invalid` ``stock.reserved``."""
    if card.reserved_for not in ("", serial):
        raise Invalid("stock.reserved", f"voucher {card.voucher} is reserved for {card.reserved_for}; release it first")


def check_reserved(card: StockCard, serial: str) -> None:
    """See that the card is reserved for this serial. Raises `Invalid` ``stock.reserved``."""
    check_reservation(card, serial)
    if not card.reserved_for:
        raise Invalid("stock.reserved", f"voucher {card.voucher} is not reserved for {serial}; reserve it first")


def check_attempt(earlier: Sequence[Submission], new: Submission) -> None:
    """See that `new` may follow the attempts of its serial that there are. Raises `Invalid` ``serial.*``, ``attempt.*``."""
    for each in earlier:
        if (each.kit, each.service) != (new.kit, new.service):
            raise Invalid("serial.reused", f"serial {new.serial} belongs to another business; make a new one")
        if each.state in OPEN:
            raise Invalid("attempt.open", f"attempt {each.attempt} of {new.serial} has no certain end yet; inquire")
        if each.state is SubmissionState.OK:
            raise Invalid("serial.done", f"{new.serial} succeeded in attempt {each.attempt}; inquire")
        if each.state is SubmissionState.REFUSED:
            raise Invalid("serial.ended", f"{new.serial} was refused in attempt {each.attempt}; begin anew")
        if each.attempt > new.attempt:
            raise Invalid("attempt.late", f"attempt {each.attempt} of {new.serial} came before attempt {new.attempt}")
