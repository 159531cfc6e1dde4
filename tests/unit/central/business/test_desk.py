"""One poison item is set aside; nothing accepted is lost; a restart goes on where it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from padkit_central.business import Filing, Opener, Transactions
from padkit_central.business.ask import Ask
from padkit_central.store import Point, StockCard, Store, StoreFailed, Submission
from padkit_contract import messages
from padkit_contract.chain import START
from padkit_contract.messages import (
    C3_SUFFIX,
    CARD_OPEN,
    CASE,
    INQUIRY,
    REVERSAL,
    C3Part,
    Case,
    Outcome,
    Reply,
    Request,
)

CASE_BODY = messages.encode(Case("c1", "f1", "r", "t"))
CARD = "6219990000000000010"
PIN = messages.encode(C3Part(("new_pin_block",), b"sealed for the HSM"))


def broken(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
    async def fail(self: object, ask: Ask) -> Reply:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(owner, name, fail)


async def test_a_handler_that_breaks_sets_its_envelope_aside_and_no_other(
    start: Any, monkeypatch: pytest.MonkeyPatch, log: Any
) -> None:
    broken(monkeypatch, Filing, "evidence")
    async with start() as central, central.kit() as kit:
        envelope = kit.ids()
        first = await kit.post(kit.sealed(messages.EVIDENCE, b"{}", envelope))
        again = await kit.post(kit.sealed(messages.EVIDENCE, b"{}", envelope))
        healthy = await kit.post(kit.sealed(CASE, CASE_BODY))
    assert first == again
    reply = kit.opened(first[1])
    assert (reply.outcome, reply.code) == (Outcome.REFUSED, "central.failed")
    assert kit.opened(healthy[1]).outcome is Outcome.OK
    assert "envelope.set_aside" in [line["event"] for line in log.lines]
    assert "fault of ours" not in reply.message


@pytest.mark.parametrize(
    ("business", "handler"), [(CARD_OPEN, "function"), (REVERSAL, "reverse"), (INQUIRY, "inquire")]
)
async def test_for_the_core_s_business_a_broken_handler_means_unknown(
    start: Any, monkeypatch: pytest.MonkeyPatch, business: str, handler: str
) -> None:
    """A refusal would be believed: the kit would capture a card whose account may live."""
    broken(monkeypatch, Transactions, handler)
    async with start() as central, central.kit() as kit:
        _, raw = await kit.post(kit.sealed(business, b"{}"))
    assert kit.opened(raw).outcome is Outcome.UNKNOWN


async def test_an_envelope_that_breaks_the_opener_is_set_aside_and_may_come_again(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object, *args: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    async with start() as central, central.kit() as kit:
        envelope = kit.ids()
        with monkeypatch.context() as patched:
            patched.setattr(Opener, "open", fail)
            assert (await kit.post(kit.sealed(CASE, CASE_BODY, envelope)))[0] == 400
        assert (await kit.post(kit.sealed(CASE, CASE_BODY, envelope)))[0] == 200


async def test_a_store_that_fails_once_loses_nothing(start: Any) -> None:
    """The reply cannot be written the first time: the kit hears busy, comes again, and gets it."""

    class Flaky(Store):
        failures = 1

        def commit(self, points: frozenset[Point]) -> None:
            if Point.REPLY in points and self.failures:
                Flaky.failures -= 1
                raise StoreFailed("disk full")
            super().commit(points)

    async with start(store_factory=Flaky) as central, central.kit() as kit:
        envelope = kit.ids()
        first, _ = await kit.post(kit.sealed(CASE, CASE_BODY, envelope))
        second, raw = await kit.post(kit.sealed(CASE, CASE_BODY, envelope))
    assert (first, second) == (503, 200)
    assert kit.opened(raw).outcome is Outcome.OK


@pytest.mark.parametrize("made", [False, True])
async def test_a_chain_that_fails_or_is_cut_off_once_it_is_booked_names_nobody(
    start: Any, audit: Any, *, made: bool
) -> None:
    """The record is booked before anything is done with it; when it is worked on again it stands where it stood."""

    class Flaky(Store):
        failures = 1

        def commit(self, points: frozenset[Point]) -> None:
            fails = Point.CHAIN in points and bool(Flaky.failures)
            if made or not fails:
                super().commit(points)
            if fails:
                Flaky.failures -= 1
                raise StoreFailed("power cut")

    async with start(store_factory=Flaky) as central, central.kit() as kit:
        envelope = kit.ids()
        first, _ = await kit.post(kit.sealed(CASE, CASE_BODY, envelope))
        second, raw = await kit.post(kit.sealed(CASE, CASE_BODY, envelope))
    assert (first, second) == (503, 200)
    assert kit.opened(raw).outcome is Outcome.OK
    assert [case.id for case in (await audit(central)).cases] == ["c1"]


async def test_a_record_that_does_not_fit_is_refused_sealed_and_nothing_is_done_with_it(start: Any, audit: Any) -> None:
    async with start() as central, central.kit() as kit:
        assert (await kit.post(kit.sealed(CASE, CASE_BODY)))[0] == 200
        replies = []
        for place in ({"sequence": 0, "previous": ""}, {"sequence": 1, "previous": START}):
            status, raw = await kit.post(kit.sealed(CASE, CASE_BODY, **place))
            assert status == 200
            replies.append((kit.opened(raw).outcome, kit.opened(raw).code))
        suspended, _ = await kit.post(kit.sealed(CASE, CASE_BODY))
    assert replies == [(Outcome.INVALID, "chain.outside"), (Outcome.INVALID, "chain.fork")]
    assert suspended == 403
    assert [case.reason for case in (await audit(central)).cases] == ["r", "chain.outside", "chain.fork"]


async def test_a_hole_is_named_when_it_is_old(start: Any, audit: Any) -> None:
    async with start() as central, central.kit() as kit:
        kit.sealed(CASE, CASE_BODY)  # never sent
        assert (await kit.post(kit.sealed(CASE, CASE_BODY)))[0] == 200
    central.clock.go(25 * 3600)
    async with start() as again:
        while not (gaps := [it for it in (await audit(again)).cases if it.reason == "chain.gap"]):
            pass  # each look goes through a thread of its own
    assert [(it.id, it.detail.split(";")[0]) for it in gaps] == [("chain.gap:1", "record 1: 1 never came")]


async def test_an_intake_that_cannot_be_written_is_busy_not_a_receipt(start: Any) -> None:
    class Full(Store):
        def commit(self, points: frozenset[Point]) -> None:
            if Point.INTAKE in points:
                raise StoreFailed("disk full")
            super().commit(points)

    async with start(store_factory=Full) as central, central.kit() as kit:
        status, _ = await kit.post(kit.sealed(CASE, CASE_BODY))
    assert status == 503


def waiting_only(config: Any) -> Any:
    intake = msgspec.structs.replace(config.intake, answer_wait_s=0)
    return {"intake": intake, "processing": msgspec.structs.replace(config.processing, workers=0)}


async def test_what_waits_on_disk_is_taken_up_after_a_start(start: Any, config: Any) -> None:
    async with start(**waiting_only(config)) as central, central.kit() as kit:
        envelope = kit.ids()
        assert await kit.post(kit.sealed(CASE, CASE_BODY, envelope)) == (202, b"")
    async with start() as central, central.kit() as kit:
        status, raw = await kit.post(kit.sealed(CASE, CASE_BODY, envelope))
    assert status == 200
    assert kit.opened(raw).outcome is Outcome.OK


async def test_an_envelope_that_ran_out_while_it_waited_here_is_still_good(start: Any, config: Any, clock: Any) -> None:
    async with start(**waiting_only(config)) as central, central.kit() as kit:
        envelope = kit.ids()
        await kit.post(kit.sealed(CASE, CASE_BODY, envelope, not_after=int(clock.now().timestamp()) + 10))
    clock.go(3600)
    async with start() as central, central.kit() as kit:
        status, _ = await kit.post(kit.sealed(CASE, CASE_BODY, envelope))
    assert status == 200


async def test_an_opening_whose_pin_block_was_lost_with_a_restart_ends_not_executed(
    start: Any, config: Any, prepare: Any, core: Any, opening: Callable[..., Request]
) -> None:
    async with start() as central, central.kit() as kit:
        await prepare(central)
        await kit.ask(messages.CARD_RESERVE, Request("S1", 1, "", {"card_no": CARD}))
    async with start(**waiting_only(config)) as central, central.kit() as kit:
        envelope, body = kit.ids(), messages.encode(opening())
        c3 = kit.sealed(CARD_OPEN + C3_SUFFIX, PIN, envelope)
        assert await kit.post(kit.sealed(CARD_OPEN, body, envelope), c3) == (202, b"")
    assert b"for the HSM" not in config.database.read_bytes()
    async with start() as central, central.kit() as kit:
        status, raw = await kit.post(kit.sealed(CARD_OPEN, body, envelope), c3)
        again = await kit.ask(CARD_OPEN, opening(attempt=2), {"new_pin_block": "00"})
    reply = kit.opened(raw)
    assert (status, reply.outcome, reply.code) == (200, Outcome.NOT_EXECUTED, "c3.lost")
    assert again.outcome is Outcome.OK
    assert [each["attempt"] for each in core.calls("CARD.OPEN")] == [2]


def anything(earlier: Sequence[Submission], card: StockCard | None) -> None: ...


@pytest.mark.parametrize("happened", [True, False])
async def test_a_sent_row_is_asked_for_after_a_start_and_never_sent_again(
    start: Any, store: Store, core: Any, happened: bool
) -> None:
    await store.send(Submission("demo", "S1", 1, "kit-1", "CARD.OPEN", "d"), "i", anything)
    if happened:
        core.results["S1", 1] = core._execute({"service": "CARD.OPEN", "serial": "S1", "fields": {"card_no": CARD}})
    async with start() as central, central.kit() as kit:
        fields = {"orig_channel_serial": "S1", "fence": False}
        reply = await kit.ask(messages.INQUIRY, Request("S1", 1, "", fields))
    assert reply.outcome in ((Outcome.OK,) if happened else (Outcome.NOT_FOUND,))
    assert core.calls("CARD.OPEN") == []
    connection = sqlite3.connect(central.config.database)
    (state,) = connection.execute("select state from submission").fetchone()
    connection.close()
    assert state == ("ok" if happened else "not_executed")
