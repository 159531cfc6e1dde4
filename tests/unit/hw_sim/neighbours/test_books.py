from __future__ import annotations

import datetime as dt

from padkit_sim.card_number import CardNumber
from padkit_sim.neighbours.books import (
    Account,
    AccountState,
    Block,
    Books,
    DaySet,
    Event,
    Fenced,
    SerialPage,
    Settled,
    Tampered,
)
from padkit_sim.neighbours.txn import CoreRefusal, Service, accepted, refused

CARD = CardNumber("6200000000000000000")
ACCOUNT = Account(
    entity="E1",
    serial="S1",
    attempt=2,
    card_no=CARD,
    acct_no="80",
    cust_no="C1",
    acct_class="I",
    person="p",
    cert_no_masked="…2X",
    open_date=dt.date(2026, 11, 22),
    core_serial="1",
    state=AccountState.LIVE,
)
WEAK = Settled(Service.OPEN, "E1", "S1", 1, "d", refused(CoreRefusal("2051", "weak", not_executed=True)))
OPENED = Settled(Service.OPEN, "E1", "S1", 2, "d", accepted({}), account=ACCOUNT)
BLOCKED = Settled(Service.BLOCK, "E1", "B1", 1, "d", accepted({}), block=Block(CARD, "missing"))
EVENTS: list[Event] = [WEAK, OPENED, BLOCKED, Fenced("E1", "S2", 1), DaySet(dt.date(2026, 11, 23))]


def books(*events: Event) -> Books:
    made = Books()
    for event in events:
        made.apply(event)
    return made


def test_the_same_events_make_the_same_books() -> None:
    assert books(*EVENTS) == books(*EVENTS)


def test_a_page_knows_its_success_its_last_result_and_its_highest_attempt() -> None:
    page = books(*EVENTS).page("E1", "S1")
    assert (page.success, page.last, page.highest) == (OPENED, OPENED, 2)
    assert WEAK.ends_serial is False


def test_a_fence_counts_as_the_highest_attempt() -> None:
    assert books(Fenced("E1", "S1", 5), WEAK).page("E1", "S1").highest == 5


def test_asking_for_an_unknown_serial_leaves_no_page_behind() -> None:
    empty = Books()
    assert empty.page("E1", "S1") == SerialPage()
    assert not empty.pages


def test_a_person_is_known_by_entity_and_digest() -> None:
    held = books(OPENED)
    assert held.customer("E1", "p") == "C1"
    assert held.customer("E2", "p") is None


def test_a_block_keeps_its_first_reason() -> None:
    again = Settled(Service.BLOCK, "E1", "B2", 1, "d", accepted({}), block=Block(CARD, "later"))
    assert books(BLOCKED, again).blocked[CARD].reason == "missing"


def test_the_day_is_given_back_to_the_clock() -> None:
    assert books(DaySet(dt.date(2026, 1, 1)), DaySet(None)).day is None


def test_tampering_changes_or_removes_one_account() -> None:
    assert books(OPENED, Tampered(CARD, AccountState.CLOSED)).accounts[CARD].state is AccountState.CLOSED
    assert not books(OPENED, Tampered(CARD, None)).accounts


def test_tampering_with_an_account_that_is_not_there_changes_nothing() -> None:
    assert not books(Tampered(CARD, AccountState.LIVE)).accounts
