"""The store on SQLite: envelopes once, attempts forward only, cards by their ledger, and what is there after a crash."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from padkit_central.store import (
    AccountState,
    Arrival,
    IntakeState,
    OpenCase,
    Point,
    PolicyVersion,
    Settlement,
    StockCard,
    Store,
    StoreFailed,
    Submission,
    SubmissionState,
    read_books,
)
from padkit_contract.errors import Invalid
from padkit_contract.messages import CardState, LedgerEvent, Slip

S = SubmissionState


def arrival(number: int, kit: str = "kit-1", envelope: str = "") -> Arrival:
    return Arrival(f"{number:08d}", "demo", kit, envelope or f"e{number}", "ACC-01", number, "now", b"sealed")


def attempt(number: int = 1, service: str = "CARD.OPEN", card_no: str = "") -> Submission:
    return Submission("demo", "S1", number, "kit-1", service, "d", card_no)


def anything(earlier: Sequence[Submission], card: StockCard | None) -> None: ...


def event(seq: int, state: CardState, voucher: str = "000001", card_no: str = "6219990000000000010") -> LedgerEvent:
    return LedgerEvent(seq, "B1", voucher, card_no, state, "2026-11-22T08:00:00Z")


async def test_an_envelope_is_new_once_per_kit(store: Store) -> None:
    assert await store.admit(arrival(1)) is None
    known = await store.admit(arrival(2, envelope="e1"))
    assert known is not None
    assert (known.id, known.state, known.reply) == ("00000001", IntakeState.WAITING, b"")
    assert await store.admit(arrival(3, kit="kit-2", envelope="e1")) is None


async def test_a_repeat_in_the_same_group_is_a_repeat(store: Store) -> None:
    results = await asyncio.gather(*(store.admit(arrival(number, envelope="same")) for number in range(50)))
    assert [result is None for result in results].count(True) == 1


async def test_a_reply_is_kept_for_repeats_and_never_changed(store: Store) -> None:
    await store.admit(arrival(1))
    await store.answer("00000001", b"first")
    await store.answer("00000001", b"second")
    await store.set_aside("00000001", "late", b"third")
    known = await store.admit(arrival(2, envelope="e1"))
    assert known is not None
    assert (known.state, known.reply) == (IntakeState.ANSWERED, b"first")
    assert await store.waiting("", 10) == []


async def test_what_waits_comes_in_pages_in_its_order(store: Store) -> None:
    for number in (1, 2, 3):
        await store.admit(arrival(number))
    assert [each.id for each in await store.waiting("", 2)] == ["00000001", "00000002"]
    (last,) = await store.waiting("00000002", 2)
    assert last == arrival(3)


async def test_a_quarantined_envelope_frees_its_id(store: Store) -> None:
    await store.admit(arrival(1))
    await store.quarantine(arrival(1), "digest", "envelope.tag")
    assert await store.admit(arrival(2, envelope="e1")) is None


async def test_quarantine_of_one_kit_has_an_end(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("padkit_central.store.sqlite.intake.MAX_QUARANTINE", 3)
    for number in range(5):
        await store.quarantine(arrival(number), f"digest{number}", "envelope.tag")
    with sqlite3.connect(tmp_path / "central.db") as connection:
        kept = connection.execute("select id from quarantine order by id").fetchall()
    connection.close()
    assert kept == [("00000002",), ("00000003",), ("00000004",)]


async def test_an_attempt_is_written_down_once(store: Store) -> None:
    assert await store.send(attempt(), "i", anything) is None
    earlier = await store.send(attempt(), "i", anything)
    assert earlier is not None
    assert earlier.state is S.SENT
    assert earlier.sent_at


async def test_a_check_sees_all_attempts_and_the_card_in_the_same_transaction(store: Store, demo_slip: Slip) -> None:
    seen: list[tuple[int, StockCard | None]] = []

    def look(earlier: Sequence[Submission], card: StockCard | None) -> None:
        seen.append((len(earlier), card))

    await store.check_out("demo", "kit-1", demo_slip)
    await store.send(attempt(1, card_no=demo_slip.cards[0].card_no), "i", look)
    await store.send(attempt(2), "i", look)
    assert [(count, card and card.voucher) for count, card in seen] == [(0, "000001"), (1, None)]


async def test_what_a_check_refuses_leaves_nothing_behind(store: Store) -> None:
    def never(earlier: Sequence[Submission], card: StockCard | None) -> None:
        raise Invalid("no", "no")

    with pytest.raises(Invalid):
        await store.send(attempt(), "i", never)
    assert await store.attempts("demo", "S1") == []


@pytest.mark.parametrize("end", [S.OK, S.REFUSED, S.NOT_EXECUTED])
async def test_an_end_is_never_left(store: Store, end: SubmissionState) -> None:
    await store.send(attempt(), "i", anything)
    await store.settle(attempt(), Settlement(S.UNKNOWN, "4001"))
    await store.settle(attempt(), Settlement(end, "1", "m", {"a": 1}))
    for state in S:
        still = await store.settle(attempt(), Settlement(state, "2"))
        assert (still.state, still.code, still.fields) == (end, "1", {"a": 1})
    assert await store.unsettled(S.SENT, S.UNKNOWN) == []


async def test_a_success_is_noted_on_its_card(store: Store, demo_slip: Slip) -> None:
    card_no = demo_slip.cards[0].card_no
    await store.check_out("demo", "kit-1", demo_slip)
    services = {
        "CARD.OPEN": AccountState.LIVE,
        "TXN.REVERSE": AccountState.REVERSED,
        "CARD.BLOCK": AccountState.REVERSED,
    }
    for number, (service, account) in enumerate(services.items(), start=1):
        new = attempt(number, service, card_no)
        await store.send(new, "i", anything)
        await store.settle(new, Settlement(S.OK, "0000"))
        card = await store.card("demo", card_no)
        assert card is not None
        assert card.account is account
    assert card.blocked


async def test_a_slip_is_checked_out_once_and_its_cards_nowhere_else(store: Store, demo_slip: Slip) -> None:
    assert await store.check_out("demo", "kit-1", demo_slip)
    assert not await store.check_out("demo", "kit-1", demo_slip)
    with pytest.raises(Invalid, match="voucher 000001 of batch B1 at kit kit-1"):
        await store.check_out("demo", "kit-2", demo_slip)
    assert await store.slip_of("demo", "kit-1") == demo_slip
    assert await store.slip_of("demo", "kit-2") is None


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


async def held(store: Store, card_no: str) -> str:
    card = await store.card("demo", card_no)
    assert card is not None
    return card.reserved_for


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


async def test_policies_follow_each_other(store: Store) -> None:
    await store.put_policy(PolicyVersion("demo", 1, b"one", "t1"))
    await store.put_policy(PolicyVersion("demo", 2, b"two", "t2"))
    assert await store.policy("demo") == PolicyVersion("demo", 2, b"two", "t2")
    assert await store.policy("demo", 1) == PolicyVersion("demo", 1, b"one", "t1", "t2")
    assert await store.policy("other") is None
    assert [each.version for each in await store.policies("demo")] == [1, 2]


async def test_the_audit_door_reads_beside_the_writer(store: Store, demo_slip: Slip, tmp_path: Path) -> None:
    await store.check_out("demo", "kit-1", demo_slip)
    await store.send(attempt(), "i", anything)
    await store.open_case(OpenCase("demo", "kit-1", "c1", "lost", "now"))
    await store.open_case(OpenCase("demo", "kit-1", "c1", "again", "later"))
    package = b'{"flow":"f","serial":"S1","catalogue":"ACC-01","items":[],"history":["t CORE_OK"]}'
    await store.file_evidence("demo", "kit-1", "f", "digest", package)
    books = await asyncio.to_thread(read_books, tmp_path / "central.db")
    assert [card.voucher for card in books.cards] == ["000001", "000002"]
    assert [each.serial for each in books.submissions] == ["S1"]
    assert [case.reason for case in books.cases] == ["lost"]
    assert books.core_ok == {("demo", "S1")}


def test_the_audit_door_says_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match="is not there"):
        read_books(tmp_path / "none.db")


async def test_a_full_disk_is_said_and_heals(store: Store) -> None:
    """The page limit is SQLite's own; nothing is patched."""
    pages = await store._writer.write(
        Point.PAPER, lambda connection: connection.execute("pragma page_count").fetchone()
    )

    def limit(to: int) -> Callable[[sqlite3.Connection], None]:
        return lambda connection: connection.execute(f"pragma max_page_count={to}").fetchone()

    await store._writer.write(Point.PAPER, limit(pages[0]))
    big = Arrival("1", "demo", "kit-1", "e", "ACC-01", 1, "now", b"x" * 100_000)
    with pytest.raises(StoreFailed, match="full"):
        await store.admit(big)
    await store._writer.write(Point.PAPER, limit(1 << 30))
    assert await store.admit(big) is None


async def test_what_was_acknowledged_is_there_when_the_file_is_opened_anew(
    store: Store, ids: Callable[[], str], tmp_path: Path
) -> None:
    await store.admit(arrival(1))
    second = Store(tmp_path / "central.db", ids=ids, at=lambda: "now")
    assert [each.id for each in await second.waiting("", 10)] == ["00000001"]
    await second.stop()
