"""Which card may be used, for what, by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from padkit_central.business.stock import (
    check_attempt,
    check_named,
    check_reservation,
    check_reserved,
    check_slip,
    check_usable,
)
from padkit_central.store import AccountState, StockCard, Submission, SubmissionState
from padkit_contract.errors import Invalid
from padkit_contract.messages import CardState, Slip, SlipCard

CARD = StockCard("demo", "kit-1", "B1", "000001", "DEMO", "6219990000000000010", CardState.STAGED)
NEW = Submission("demo", "S1", 2, "kit-1", "CARD.OPEN", "d")


def reason(act: Callable[[], object]) -> str:
    with pytest.raises(Invalid) as caught:
        act()
    assert CARD.card_no not in str(caught.value)
    return caught.value.reason


@pytest.mark.parametrize("state", [None, CardState.LOADED, CardState.STAGED, CardState.RESERVED])
def test_an_unissued_card_of_this_kit_may_be_used(state: CardState | None) -> None:
    assert check_usable(replace(CARD, state=state), "kit-1").voucher == "000001"


@pytest.mark.parametrize(
    "state", sorted(set(CardState) - {CardState.LOADED, CardState.STAGED, CardState.RESERVED}, key=str)
)
def test_a_card_that_left_the_path_may_not(state: CardState) -> None:
    assert reason(lambda: check_usable(replace(CARD, state=state), "kit-1")) == "stock.used"


def test_a_card_that_is_nobody_s_or_somebody_else_s_may_not() -> None:
    assert reason(lambda: check_usable(None, "kit-1")) == "stock.unknown"
    assert reason(lambda: check_usable(CARD, "kit-2")) == "stock.foreign"
    assert reason(lambda: check_usable(replace(CARD, blocked=True), "kit-1")) == "stock.used"
    assert reason(lambda: check_usable(replace(CARD, account=AccountState.REVERSED), "kit-1")) == "stock.used"


def test_a_request_names_the_card_as_the_slip_does() -> None:
    check_named(CARD, {"voucher_serial": "000001", "voucher_batch": "B1", "card_product": "DEMO"})
    check_named(CARD, {})
    assert reason(lambda: check_named(CARD, {"voucher_serial": "000002"})) == "stock.voucher"
    assert reason(lambda: check_named(CARD, {"card_product": "GOLD"})) == "stock.product"


def test_a_card_is_held_for_one_serial() -> None:
    check_reservation(CARD, "S1")
    check_reserved(replace(CARD, reserved_for="S1"), "S1")
    assert reason(lambda: check_reserved(CARD, "S1")) == "stock.reserved"
    assert reason(lambda: check_reservation(replace(CARD, reserved_for="S2"), "S1")) == "stock.reserved"


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        (replace(NEW, attempt=1, state=SubmissionState.SENT), "attempt.open"),
        (replace(NEW, attempt=1, state=SubmissionState.UNKNOWN), "attempt.open"),
        (replace(NEW, attempt=1, state=SubmissionState.OK), "serial.done"),
        (replace(NEW, attempt=1, state=SubmissionState.REFUSED), "serial.ended"),
        (replace(NEW, attempt=3, state=SubmissionState.NOT_EXECUTED), "attempt.late"),
        (replace(NEW, attempt=1, kit="kit-2", state=SubmissionState.NOT_EXECUTED), "serial.reused"),
        (replace(NEW, attempt=1, service="TXN.REVERSE", state=SubmissionState.NOT_EXECUTED), "serial.reused"),
    ],
)
def test_another_attempt_follows_only_one_that_did_not_happen(earlier: Submission, expected: str) -> None:
    assert reason(lambda: check_attempt([earlier], NEW)) == expected


def test_the_next_attempt_after_a_certain_nothing_is_fine() -> None:
    check_attempt([], NEW)
    check_attempt([replace(NEW, attempt=1, state=SubmissionState.NOT_EXECUTED)], NEW)


def test_a_good_slip_passes(demo_slip: Slip) -> None:
    check_slip(demo_slip)


@pytest.mark.parametrize(
    ("slip", "expected"),
    [
        (Slip("B1", "DEMO", ()), "slip.cards"),
        (Slip("B 1", "DEMO", (SlipCard("1", CARD.card_no),)), "slip.name"),
        (Slip("B1", "DEMO", (SlipCard("", CARD.card_no),)), "slip.name"),
        (Slip("B1", "DEMO", (SlipCard("1", "6219990000000000011"),)), "slip.card_no"),
        (Slip("B1", "DEMO", (SlipCard("1", CARD.card_no), SlipCard("2", CARD.card_no))), "slip.twice"),
        (Slip("B1", "DEMO", (SlipCard("1", CARD.card_no), SlipCard("1", "6219990000000000028"))), "slip.twice"),
    ],
)
def test_a_slip_that_cannot_be_right_is_refused(slip: Slip, expected: str) -> None:
    assert reason(lambda: check_slip(slip)) == expected
