"""Requests to the core: written down once, ended once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from padkit_central.store import (
    AccountState,
    Settlement,
    StockCard,
    Store,
    Submission,
    SubmissionState,
)
from padkit_contract.errors import Invalid
from padkit_contract.messages import Slip

S = SubmissionState


def attempt(number: int = 1, service: str = "CARD.OPEN", card_no: str = "") -> Submission:
    return Submission("demo", "S1", number, "kit-1", service, "d", card_no)


def anything(earlier: Sequence[Submission], card: StockCard | None) -> None: ...


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
