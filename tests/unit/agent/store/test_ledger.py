from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from padkit_agent.store import KeyVault, KitStore, OutboxRow
from padkit_contract.messages import CardState, LedgerEvent
from padkit_sdk.errors import Refused

from .rows import line, step

MakeMessage = Callable[[tuple[LedgerEvent, ...]], OutboxRow]


async def test_lines_are_numbered_without_holes_whoever_writes_them(
    store: KitStore, ledger_message: MakeMessage
) -> None:
    await store.book([line("1"), line("2")], ledger_message)
    await store.step(step(), lines=[line("1", CardState.STAGED)], ledger_message=ledger_message)
    await store.step(step(phase="CONSENTED"), ledger_message=ledger_message)
    await store.step(step(), lines=[line("1", CardState.CAPTURED)], ledger_message=ledger_message)
    assert [it.seq for it in await store.ledger()] == [1, 2, 3, 4]


async def test_a_line_and_its_message_to_central_are_one(store: KitStore, ledger_message: MakeMessage) -> None:
    (event,) = await store.book([line("1")], ledger_message)
    (due,) = await store.due(10)
    assert (event.seq, due.envelope) == (1, "ledger-1")


async def test_a_job_that_fails_leaves_no_hole_behind(store: KitStore, ledger_message: MakeMessage) -> None:
    def unwilling(_events: tuple[LedgerEvent, ...]) -> OutboxRow:
        raise RuntimeError("no message")

    with pytest.raises(RuntimeError, match="no message"):
        await store.book([line("1")], unwilling)
    await store.book([line("2")], ledger_message)
    assert [(it.seq, it.voucher) for it in await store.ledger()] == [(1, "2")]


async def test_each_card_is_where_its_last_line_says(store: KitStore, ledger_message: MakeMessage) -> None:
    await store.book([line("1"), line("2"), line("1", CardState.STAGED)], ledger_message)
    assert await store.states() == {"1": CardState.STAGED, "2": CardState.LOADED}
    assert [(it.voucher, it.state) for it in await store.ledger(last_only=True)] == [
        ("2", CardState.LOADED),
        ("1", CardState.STAGED),
    ]


async def tampered(path: Path, vault: KeyVault, ledger_message: MakeMessage, state: str) -> KitStore:
    store = KitStore.open(path, vault, max_mb=64)
    await store.book([line("1")], ledger_message)
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE ledger SET state = ?", (state,))
    connection.close()
    return KitStore.open(path, vault, max_mb=64)


async def test_a_changed_column_shows_beside_what_was_booked(
    path: Path, vault: KeyVault, ledger_message: MakeMessage
) -> None:
    store = await tampered(path, vault, ledger_message, "handed_over")
    (event,) = await store.ledger()
    assert event.state is CardState.HANDED_OVER
    assert event.reason == "column says handed_over, sealed says otherwise"
    store.close()


async def test_a_column_that_is_no_state_is_refused(path: Path, vault: KeyVault, ledger_message: MakeMessage) -> None:
    store = await tampered(path, vault, ledger_message, "eaten")
    for read in (store.ledger, store.states):
        with pytest.raises(Refused, match="'eaten' is no state of a card"):
            await read()
    store.close()
