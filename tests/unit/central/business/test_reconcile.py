"""What the end-of-day compare finds, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from padkit_central.business.reconcile import Account, Remedy, Rule, compare
from padkit_central.store import AccountState, Books, StockCard
from padkit_contract.messages import CardState

CARD = StockCard(
    "demo", "kit-1", "B1", "000001", "DEMO", "6219990000000000010", CardState.HANDED_OVER, AccountState.LIVE
)
LIVE = Account("demo", CARD.card_no, "S1")


def books(*cards: StockCard, core_ok: frozenset[tuple[str, str]] = frozenset()) -> Books:
    return Books(cards, (), (), core_ok)


def test_a_handed_over_card_with_its_account_is_right() -> None:
    assert compare(books(CARD), [LIVE], set()) == []


def test_an_unissued_card_without_account_is_right() -> None:
    assert compare(books(replace(CARD, state=CardState.LOADED, account=AccountState.NONE)), [], set()) == []


def test_of_a_card_that_another_one_replaced_no_account_is_expected() -> None:
    assert compare(books(replace(CARD, account=AccountState.REPLACED)), [], set()) == []


@pytest.mark.parametrize(
    ("card", "live", "rule"),
    [
        (replace(CARD, state=CardState.CAPTURED_LIVE), [LIVE], Rule.NOT_HANDED_OVER),
        (replace(CARD, state=None), [LIVE], Rule.NOT_HANDED_OVER),
        (replace(CARD, account=AccountState.NONE), [LIVE], Rule.NOT_HANDED_OVER),
        (replace(CARD, state=CardState.MISSING), [LIVE], Rule.MISSING),
        (replace(CARD, state=CardState.MISSING), [], Rule.MISSING),
        (CARD, [], Rule.NO_ACCOUNT),
        (replace(CARD, card_no="6219990000000000028", state=CardState.LOADED), [LIVE], Rule.STRANGER),
    ],
)
def test_what_differs_is_found_once_and_blocked(card: StockCard, live: list[Account], rule: Rule) -> None:
    (found,) = compare(books(card), live, set())
    assert (found.rule, found.remedy) == (rule, Remedy.BLOCK)
    assert CARD.card_no not in str(found)
    assert compare(books(card), live, {found.card.card_no}) == []


def test_what_only_central_did_not_learn_is_repaired_by_the_kit_s_evidence() -> None:
    forgot = books(replace(CARD, account=AccountState.NONE), core_ok=frozenset({("demo", "S1")}))
    (found,) = compare(forgot, [LIVE], set())
    assert (found.rule, found.remedy) == (Rule.LOST_EVENT, Remedy.REPAIR)


def test_a_card_that_the_customer_has_by_the_kit_s_evidence_is_not_blocked_for_lost_ledger_lines() -> None:
    taken = frozenset({("demo", "S1")})
    forgot = replace(books(replace(CARD, state=CardState.LOADED), core_ok=taken), taken=taken)
    (found,) = compare(forgot, [LIVE], set())
    assert (found.rule, found.remedy, found.serial) == (Rule.LOST_LEDGER, Remedy.RESEND, "S1")
    assert "end the kit's day" in str(found)
    assert compare(forgot, [LIVE], {CARD.card_no}) == [found]


@pytest.mark.parametrize("state", [CardState.LOADED, CardState.RESERVED, CardState.ISSUED])
def test_a_card_whose_business_the_kit_has_not_ended_is_not_blocked(state: CardState) -> None:
    """Its customer may be about to take it, or has it, and the kit has no network."""
    under_way = books(replace(CARD, state=state, reserved_for="S1"))
    (found,) = compare(under_way, [LIVE], set())
    assert (found.rule, found.remedy, found.serial) == (Rule.UNDER_WAY, Remedy.RESEND, "S1")
    (found,) = compare(replace(under_way, ended=frozenset({("demo", "S1")})), [LIVE], set())
    assert (found.rule, found.remedy) == (Rule.NOT_HANDED_OVER, Remedy.BLOCK)
    (found,) = compare(books(replace(CARD, state=state, reserved_for="S2")), [LIVE], set())
    assert (found.rule, found.remedy) == (Rule.NOT_HANDED_OVER, Remedy.BLOCK)


def test_the_same_difference_has_the_same_case() -> None:
    (first,) = compare(books(CARD), [], set())
    (second,) = compare(books(CARD), [], set())
    assert first.case_id == second.case_id == "core.no_account:B1:000001"
