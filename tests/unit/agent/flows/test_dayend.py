"""The end of the day: the whole ledger goes out again, in parts, and the report says what central has."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from padkit_agent.core.clock import Clock
from padkit_agent.flows import DayEnd, dayend
from padkit_agent.flows.post import Post
from padkit_agent.store import KeyVault, KitStore, LedgerRow
from padkit_contract.messages import CARD_LEDGER, CardState, LedgerUpload, Outcome, Reply, decode

from .kit import FakeSecrecy

AT = "2026-11-22T18:00:00.000Z"


class Central:
    """A courier whose far end answers as told; None is silence."""

    def __init__(self, *replies: Reply | None) -> None:
        self.replies = list(replies)
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1

    async def reply(self, envelope: str, *, timeout_s: float | None) -> Reply | None:
        return self.replies.pop(0)


def ok(have: int, *missing: int) -> Reply:
    return Reply(Outcome.OK, fields={"have": have, "missing": list(missing)})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[KitStore]:
    chance = itertools.count(1)
    vault = KeyVault(b"TEST ONLY 16 by.", lambda size: next(chance).to_bytes(size, "big"))
    opened = KitStore.open(tmp_path / "kit.db", vault, max_mb=64)
    yield opened
    opened.close()


def day_end(store: KitStore, central: Central) -> DayEnd:
    numbers = itertools.count(1)

    async def never(_: float) -> None:
        raise AssertionError("nothing sleeps here")

    clock = Clock(lambda: 1.0, lambda: 1.0, never)
    return DayEnd(store, Post(central, FakeSecrecy(), clock, lambda: f"E{next(numbers)}"), central)


async def load(store: KitStore, count: int) -> None:
    rows = [
        LedgerRow("B1", f"{n:06d}", "6219990000000000010", CardState.LOADED, True, "slip", "", AT) for n in range(count)
    ]
    await store.book(rows, None)


async def test_every_line_goes_out_again_in_order_and_in_parts(store: KitStore, monkeypatch) -> None:
    monkeypatch.setattr(dayend, "LINES_AT_ONCE", 2)
    await load(store, 5)
    central = Central(ok(2), ok(4), ok(5))
    report = await day_end(store, central).run()
    due = await store.due(10)
    assert [row.business for row in due] == [CARD_LEDGER] * 3
    assert [[event.seq for event in decode(row.body, LedgerUpload).events] for row in due] == [[1, 2], [3, 4], [5]]
    assert (report.lines, report.messages, report.waiting, report.have, report.missing) == (5, 3, 0, 5, ())
    assert central.woken == 1


async def test_twice_is_the_same_as_once(store: KitStore) -> None:
    await load(store, 3)
    ending = day_end(store, Central(ok(3), ok(3)))
    assert await ending.run() == await ending.run()
    first, second = await store.due(10)
    assert first.body == second.body


async def test_no_answer_is_told_and_the_message_stays_in_the_outbox(store: KitStore) -> None:
    await load(store, 1)
    report = await day_end(store, Central(None)).run()
    assert (report.messages, report.waiting, report.have) == (1, 1, 0)
    assert await store.unsent() == 1


async def test_what_central_lacks_or_refuses_is_told(store: KitStore, monkeypatch) -> None:
    monkeypatch.setattr(dayend, "LINES_AT_ONCE", 1)
    await load(store, 2)
    refusal = Reply(Outcome.INVALID, "ledger.seq", "events count from 1")
    report = await day_end(store, Central(ok(1, 2, 3), refusal)).run()
    assert report.missing == (2, 3)
    assert report.refused == ("ledger.seq: events count from 1",)


async def test_an_empty_ledger_sends_nothing(store: KitStore) -> None:
    report = await day_end(store, Central()).run()
    assert (report.lines, report.messages) == (0, 0)
    assert await store.unsent() == 0
