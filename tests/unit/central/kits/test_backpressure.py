"""A kit that takes nothing: its own connection waits, nobody else's does, and the rows stay true."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest

from padkit_central.kits import Dispatcher, lifecycle
from padkit_central.store import Approval, Asked, Placed, Store, TargetState
from padkit_contract.commands import AnyOrder, Notify, Reauthenticate
from padkit_contract.errors import CryptoUnfit

ENTITY = "demo"


class PlainSealer:
    """Seals nothing: shows which command it would be."""

    def __init__(self) -> None:
        self.broken = ""

    def seal(self, placed: Placed, approvals: Sequence[Approval], now: datetime) -> bytes:
        if placed.target.kit == self.broken:
            raise CryptoUnfit("peer.unknown", "no certificate")
        return f"{placed.target.kit} {placed.target.kind}".encode()


@pytest.fixture
def sealer() -> PlainSealer:
    return PlainSealer()


@pytest.fixture
def dispatcher(store: Store, clock: Any, log: Any, sealer: Any) -> Dispatcher:
    async def compute(work: Callable[[], Any]) -> Any:
        return work()

    async def barred(doors: Iterable[tuple[str, str, str]]) -> Mapping[tuple[str, str, str], str]:
        return {}

    return Dispatcher(
        store.orders, sealer, open_case=store.open_case, barred=barred,
        now=clock.now, compute=compute, pause=asyncio.sleep, log=log,
    )  # fmt: skip


async def put(store: Store, ids: Callable[[], str], order: AnyOrder, *kits: str) -> str:
    asked = Asked(ENTITY, ids(), order, "a test", "ann", b"signed", store.now(), 0, 0, 0)
    await store.orders.ask(asked, kits, lifecycle.ask, lifecycle.queue)
    return asked.command


async def test_a_kit_that_takes_nothing_holds_up_no_other(dispatcher: Dispatcher, store: Store, ids: Any) -> None:
    command = await put(store, ids, Notify("one"), "slow", "quick")
    taken: asyncio.Queue[bytes] = asyncio.Queue()
    stuck = asyncio.Event()

    async def never(sealed: bytes) -> None:
        stuck.set()
        await asyncio.Event().wait()

    serving = [
        asyncio.create_task(dispatcher.serve(dispatcher.join(ENTITY, "slow"), never)),
        asyncio.create_task(dispatcher.serve(dispatcher.join(ENTITY, "quick"), taken.put)),
    ]
    await stuck.wait()
    assert await taken.get() == b"quick notify"
    await dispatcher.sweep()
    found = await store.orders.order(ENTITY, command)
    assert found is not None
    assert {it.state for it in found[1]} == {TargetState.SENT}
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)


async def test_a_connection_that_breaks_leaves_the_row_as_sent(dispatcher: Dispatcher, store: Store, ids: Any) -> None:
    command = await put(store, ids, Notify("one"), "kit")

    async def broken(sealed: bytes) -> None:
        raise ConnectionResetError

    line = dispatcher.join(ENTITY, "kit")
    with pytest.raises(ConnectionResetError):
        await dispatcher.serve(line, broken)
    dispatcher.leave(line)
    assert not dispatcher.connected(ENTITY, "kit")
    (target,) = (await store.orders.place(ENTITY, "kit")).pending
    assert (target.asked.command, target.target.state, target.target.tries) == (command, TargetState.SENT, 1)


async def test_an_older_connection_that_leaves_late_does_not_take_the_newer_away(dispatcher: Dispatcher) -> None:
    older = dispatcher.join(ENTITY, "kit")
    newer = dispatcher.join(ENTITY, "kit")
    assert await older.closed == "connection.replaced"
    dispatcher.leave(older)
    assert dispatcher.connected(ENTITY, "kit")
    assert not newer.closed.done()


async def test_a_kit_that_cannot_be_sealed_for_is_tried_again_and_says_why(
    dispatcher: Dispatcher, store: Store, ids: Any, sealer: PlainSealer, clock: Any
) -> None:
    sealer.broken = "kit"
    await put(store, ids, Notify("one"), "kit")
    assert await dispatcher.next(ENTITY, "kit") is None
    (placed,) = (await store.orders.place(ENTITY, "kit")).pending
    assert (placed.target.state, placed.target.detail) == (TargetState.QUEUED, "peer.unknown")
    sealer.broken = ""
    assert await dispatcher.next(ENTITY, "kit") is None
    clock.go(61)
    assert await dispatcher.next(ENTITY, "kit") == b"kit notify"


async def test_only_who_has_something_to_get_is_woken(dispatcher: Dispatcher, store: Store, ids: Any) -> None:
    busy, idle = dispatcher.join(ENTITY, "busy"), dispatcher.join(ENTITY, "idle")
    await put(store, ids, Reauthenticate(), "busy")
    await dispatcher.sweep()
    assert (busy.woken.is_set(), idle.woken.is_set()) == (True, False)
