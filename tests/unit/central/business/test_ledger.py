"""Cards on the road as kits report them: reserved, released, booked, lost and blocked."""

from __future__ import annotations

from typing import Any

from padkit_contract.messages import (
    CARD_LEDGER,
    CARD_RESERVE,
    CardState,
    LedgerEvent,
    LedgerUpload,
    Outcome,
    Reply,
    Request,
)

CARD, OTHER = "6219990000000000010", "6219990000000000028"


async def ask(kit: Any, business: str, serial: str = "S1", **fields: str) -> Reply:
    reply: Reply = await kit.ask(business, Request(serial, 1, kit.clock.now().isoformat(), fields))
    return reply


def event(seq: int, state: CardState, voucher: str = "000001", card_no: str = CARD) -> LedgerEvent:
    return LedgerEvent(seq, "B1", voucher, card_no, state, "2026-11-22T08:00:00Z")


async def upload(kit: Any, *events: LedgerEvent) -> Reply:
    reply: Reply = await kit.ask(CARD_LEDGER, LedgerUpload(events))
    return reply


async def test_a_card_is_reserved_for_one_serial_until_the_ledger_says_it_left(prepared: Any) -> None:
    async with prepared.kit() as kit:
        first = await ask(kit, CARD_RESERVE, card_no=CARD, voucher_serial="000001")
        again = await ask(kit, CARD_RESERVE, card_no=CARD)
        other = await ask(kit, CARD_RESERVE, "S2", card_no=CARD)
        await upload(kit, event(1, CardState.CAPTURED))
        later = await ask(kit, CARD_RESERVE, card_no=CARD)
    assert (first.outcome, first.fields["voucher_serial"], first.fields["card_product"]) == (
        Outcome.OK,
        "000001",
        "DEMO",
    )
    assert again == first
    assert (other.outcome, other.code) == (Outcome.INVALID, "stock.reserved")
    assert (later.outcome, later.code) == (Outcome.INVALID, "stock.used")


async def test_a_foreign_card_is_refused(prepared: Any) -> None:
    async with prepared.kit() as kit:
        unknown = await ask(kit, CARD_RESERVE, card_no="6219990000000000036")
        wrong = await ask(kit, CARD_RESERVE, card_no=CARD, voucher_serial="000002")
        extra = await ask(kit, CARD_RESERVE, card_no=CARD, colour="red")
        nothing = await ask(kit, CARD_RESERVE)
    async with prepared.kit("kit-2") as thief:
        foreign = await ask(thief, CARD_RESERVE, card_no=CARD)
    codes = [each.code for each in (unknown, wrong, extra, nothing, foreign)]
    assert codes == ["stock.unknown", "stock.voucher", "field.unknown", "field.missing", "stock.foreign"]


async def test_holes_are_named_until_they_are_filled(prepared: Any) -> None:
    async with prepared.kit() as kit:
        first = await upload(kit, event(1, CardState.LOADED), event(4, CardState.STAGED))
        second = await upload(kit, event(2, CardState.LOADED, "000002", OTHER), event(3, CardState.LOADED))
    assert first.fields == {"have": 1, "missing": [2, 3]}
    assert second.fields == {"have": 4, "missing": []}


async def test_a_missing_card_is_blocked_at_once_and_gets_a_case(prepared: Any, core: Any, audit: Any) -> None:
    async with prepared.kit() as kit:
        reply = await upload(kit, event(1, CardState.MISSING))
    assert reply.outcome is Outcome.OK
    assert core.blocked == {CARD}
    (case,) = (await audit(prepared)).cases
    assert (case.id, case.voucher) == ("missing:B1:000001", "000001")


async def test_a_block_that_did_not_get_through_is_tried_again_after_a_start(
    prepared: Any, core: Any, start: Any, audit: Any
) -> None:
    core.faults.append("drop_request")
    async with prepared.kit() as kit:
        await upload(kit, event(1, CardState.MISSING))
    assert core.blocked == set()
    async with start(database=prepared.config.database) as again, again.kit() as kit:
        await upload(kit, event(1, CardState.MISSING), event(2, CardState.MISSING, "000002", OTHER))
    books = await audit(prepared)
    assert [card.blocked for card in books.cards] == [True, True]
    assert core.blocked == {CARD, OTHER}


async def test_conflicts_and_strangers_become_cases(prepared: Any, audit: Any) -> None:
    async with prepared.kit() as kit:
        await upload(kit, event(1, CardState.LOADED))
        await upload(kit, event(1, CardState.STAGED), event(2, CardState.LOADED, "000009"))
    cases = (await audit(prepared)).cases
    assert [case.id for case in cases] == ["ledger.conflict:1", "ledger.stranger:2"]


async def test_an_upload_out_of_bounds_is_refused(prepared: Any) -> None:
    async with prepared.kit() as kit:
        zero = await upload(kit, event(0, CardState.LOADED))
        many = await upload(kit, *(event(seq, CardState.LOADED) for seq in range(1, 1002)))
    assert (zero.code, many.code) == ("ledger.seq", "ledger.size")
