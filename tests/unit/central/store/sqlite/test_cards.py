"""Cards are where their kit's ledger says, in whatever order it comes."""

from __future__ import annotations

import pytest

from padkit_central.store import (
    Store,
)
from padkit_contract.errors import Invalid
from padkit_contract.messages import CardState, LedgerEvent, Slip, SlipCard


def event(seq: int, state: CardState, voucher: str = "000001", card_no: str = "6219990000000000010") -> LedgerEvent:
    return LedgerEvent(seq, "B1", voucher, card_no, state, "2026-11-22T08:00:00Z")


async def held(store: Store, card_no: str) -> str:
    card = await store.card("demo", card_no)
    assert card is not None
    return card.reserved_for


async def test_a_slip_is_checked_out_once_and_its_cards_nowhere_else(store: Store, demo_slip: Slip) -> None:
    assert await store.check_out("demo", "kit-1", demo_slip)
    assert not await store.check_out("demo", "kit-1", demo_slip)
    with pytest.raises(Invalid, match="voucher 000001 of batch B1 at kit kit-1"):
        await store.check_out("demo", "kit-2", demo_slip)
    assert await store.slip_of("demo", "kit-1") == demo_slip
    assert await store.slip_of("demo", "kit-2") is None


async def test_a_kit_gets_no_second_card_of_one_voucher_number(store: Store, demo_slip: Slip) -> None:
    """Its ledger names cards by voucher: the new card would be taken for the old one."""
    await store.check_out("demo", "kit-1", demo_slip)
    again = Slip("B2", "DEMO", (SlipCard("000001", "6219990000000000036"),))
    with pytest.raises(Invalid, match="voucher 000001 of batch B1 at kit kit-1"):
        await store.check_out("demo", "kit-1", again)
    assert await store.check_out("demo", "kit-2", again)


@pytest.mark.parametrize(
    "state", [CardState.CAPTURED, CardState.HANDED_OVER, CardState.MISSING, CardState.CAPTURED_LIVE]
)
async def test_a_reservation_ends_when_the_card_left_the_path(store: Store, demo_slip: Slip, state: CardState) -> None:
    card_no = demo_slip.cards[0].card_no
    await store.check_out("demo", "kit-1", demo_slip)
    await store.reserve("demo", card_no, "S1", lambda card: None)
    await store.book("demo", "kit-1", [event(1, CardState.STAGED), event(2, CardState.ISSUED)])
    assert (await held(store, card_no)) == "S1"
    await store.book("demo", "kit-1", [event(3, state)])
    assert (await held(store, card_no)) == ""


async def test_ledger_events_may_come_in_any_order_and_holes_are_named(store: Store, demo_slip: Slip) -> None:
    await store.check_out("demo", "kit-1", demo_slip)
    booked = await store.book("demo", "kit-1", [event(1, CardState.LOADED), event(5, CardState.HANDED_OVER)])
    assert (booked.have, booked.missing, booked.fresh) == (1, (2, 3, 4), (1, 5))
    booked = await store.book("demo", "kit-1", [event(3, CardState.RESERVED), event(2, CardState.STAGED)])
    assert (booked.have, booked.missing) == (3, (4,))
    card = await store.card("demo", demo_slip.cards[0].card_no)
    assert card is not None
    assert card.state is CardState.HANDED_OVER
    booked = await store.book("demo", "kit-1", [event(4, CardState.ISSUED)])
    assert (booked.have, booked.missing) == (5, ())


async def test_a_hostile_number_makes_no_endless_list(store: Store) -> None:
    booked = await store.book("demo", "kit-1", [event(1 << 53, CardState.LOADED)])
    assert len(booked.missing) == 500
    assert booked.have == 0


async def test_the_same_event_again_is_nothing_and_another_under_its_number_a_conflict(
    store: Store, demo_slip: Slip
) -> None:
    await store.check_out("demo", "kit-1", demo_slip)
    await store.book("demo", "kit-1", [event(1, CardState.LOADED)])
    again = await store.book("demo", "kit-1", [event(1, CardState.LOADED)])
    assert (again.fresh, again.conflicts) == ((), ())
    other = await store.book("demo", "kit-1", [event(1, CardState.MISSING)])
    assert (other.fresh, other.conflicts) == ((), (1,))
    assert await store.to_block() == []


async def test_a_card_of_no_slip_is_a_stranger(store: Store, demo_slip: Slip) -> None:
    await store.check_out("demo", "kit-2", demo_slip)
    booked = await store.book("demo", "kit-1", [event(1, CardState.MISSING)])
    assert booked.strangers == (1,)
    assert await store.to_block() == []
