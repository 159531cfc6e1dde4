"""Row first, call once, ask when the end is not known."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from padkit_central.gateway import CoreClient, Gateway
from padkit_central.store import AccountState, Point, Settlement, StockCard, Store, Submission, SubmissionState
from padkit_contract.errors import Invalid
from padkit_contract.messages import Outcome

S = SubmissionState
FIELDS = {"card_no": "6219990000000000010"}


def attempt(number: int = 1, digest: str = "d") -> Submission:
    return Submission("demo", "S1", number, "kit-1", "CARD.OPEN", digest, FIELDS["card_no"])


def anything(earlier: Sequence[Submission], card: StockCard | None) -> None: ...


@pytest.fixture
async def gateway(store: Store, core: Any, log: Any) -> AsyncIterator[Gateway]:
    client = CoreClient(core.url, timeout_s=5.0)
    yield Gateway(store, client, log=log)
    await client.close()


async def submit(gateway: Gateway, new: Submission) -> Submission:
    return await gateway.submit(new, FIELDS, intake_id="i", check=anything)


async def test_the_row_is_on_disk_before_the_core_hears_of_it(gateway: Gateway, store: Store, core: Any) -> None:
    commits: list[tuple[Point, int]] = []
    commit = store.commit

    def watch(points: frozenset[Point]) -> None:
        commit(points)
        commits.extend((point, len(core.seen)) for point in points)

    store.commit = watch  # type: ignore[method-assign]
    done = await submit(gateway, attempt())
    assert done.state is S.OK
    assert commits == [(Point.SENT, 0), (Point.RESULT, 1)]


async def test_two_who_bring_the_same_request_make_one_call(gateway: Gateway, core: Any) -> None:
    first, second = await asyncio.gather(submit(gateway, attempt()), submit(gateway, attempt()))
    assert first == second
    assert len(core.seen) == 1


async def test_a_second_content_under_the_same_attempt_is_refused_while_the_first_is_under_way(
    gateway: Gateway, core: Any
) -> None:
    results = await asyncio.gather(
        submit(gateway, attempt()), submit(gateway, attempt(digest="other")), return_exceptions=True
    )
    assert isinstance(results[1], Invalid)
    assert results[1].reason == "serial.reused"
    assert len(core.seen) == 1


async def test_what_a_check_refuses_is_never_sent_and_nobody_waits_for_it(gateway: Gateway, core: Any) -> None:
    def never(earlier: Sequence[Submission], card: StockCard | None) -> None:
        raise Invalid("stock.used", "no")

    both = (gateway.submit(attempt(), FIELDS, intake_id="i", check=never) for _ in range(2))
    results = await asyncio.gather(*both, return_exceptions=True)
    assert [type(each) for each in results] == [Invalid, Invalid]
    assert core.seen == []


async def test_a_repeat_of_an_unknown_attempt_asks_and_closes(gateway: Gateway, core: Any) -> None:
    core.faults.append("drop_request")
    assert (await submit(gateway, attempt())).state is S.UNKNOWN
    again = await submit(gateway, attempt())
    assert again.state is S.NOT_EXECUTED
    assert core.closed == {"S1": 1}
    assert len(core.calls("CARD.OPEN")) == 1


async def test_an_end_is_never_left(gateway: Gateway, store: Store, core: Any) -> None:
    done = await submit(gateway, attempt())
    still = await store.settle(done, Settlement(S.UNKNOWN, "late"))
    assert still.state is S.OK


async def test_after_a_restart_sent_is_unknown_until_the_core_was_asked(
    gateway: Gateway, store: Store, core: Any
) -> None:
    await store.send(attempt(), "i", anything)
    await gateway.recover()
    (row,) = await store.attempts("demo", "S1")
    assert (row.state, row.code) == (S.UNKNOWN, "central.restart")
    await gateway.sweep()
    (row,) = await store.attempts("demo", "S1")
    assert row.state is S.NOT_EXECUTED
    assert [each["service"] for each in core.seen] == ["TXN.INQUIRY"]
    assert core.seen[0]["fields"] == {"orig_channel_serial": "S1", "fence": True}


async def test_giving_up_ends_an_attempt_that_was_never_sent(gateway: Gateway, core: Any) -> None:
    ended = await gateway.give_up(attempt(), "c3.lost", intake_id="i", check=anything)
    assert (ended.state, ended.code) == (S.NOT_EXECUTED, "c3.lost")
    assert (await submit(gateway, attempt())).state is S.NOT_EXECUTED
    assert core.seen == []


async def test_giving_up_what_was_sent_tells_how_that_ended(gateway: Gateway, core: Any) -> None:
    await submit(gateway, attempt())
    assert (await gateway.give_up(attempt(), "c3.lost", intake_id="i", check=anything)).state is S.OK


async def test_a_silent_core_tells_nothing_new(store: Store, log: Any) -> None:
    client = CoreClient("http://127.0.0.1:9", timeout_s=1.0)
    gateway = Gateway(store, client, log=log)
    assert await gateway.ask("demo", "S1", 1, fence=True) is None
    await client.close()


async def test_an_inquiry_settles_what_was_open(gateway: Gateway, store: Store, core: Any) -> None:
    core.faults.append("drop_reply")
    await submit(gateway, attempt())
    told = await gateway.ask("demo", "S1", 1, fence=False)
    assert told is not None
    assert told.outcome is Outcome.OK
    (row,) = await store.attempts("demo", "S1")
    assert (row.state, row.fields["acct_no"]) == (S.OK, "8000000001")


async def test_a_block_is_asked_for_once_and_again_only_when_it_did_not_happen(gateway: Gateway, core: Any) -> None:
    card = StockCard("demo", "kit-1", "B1", "000001", "DEMO", FIELDS["card_no"], account=AccountState.LIVE)
    core.faults.append("drop_request")
    assert (await gateway.block(card, "missing")).state is S.UNKNOWN
    assert (await gateway.block(card, "missing")).state is S.OK
    assert (await gateway.block(card, "missing")).state is S.OK
    assert [each["attempt"] for each in core.calls("CARD.BLOCK")] == [1, 2]
    assert core.blocked == {FIELDS["card_no"]}
    assert FIELDS["card_no"] not in core.calls("CARD.BLOCK")[0]["serial"]
