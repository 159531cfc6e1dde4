"""The command journal and the kit's record: together on disk, sealed, and lost only in a way that is noticed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from padkit_agent.store import KeyVault, KitStore, OrderRow
from padkit_agent.store.orders import Books

from .released import build_version_1
from .rows import AT, message, step

ROW = OrderRow(7, "c-7", "received", AT, b"a command of central")


async def record_of(path: Path, vault: KeyVault) -> bytes | None:
    store = KitStore.open(path, vault, max_mb=8, record=b"fresh")
    try:
        return await store.books(Books.record)
    finally:
        store.close()


async def test_a_new_store_begins_with_the_record_it_was_given(path: Path, vault: KeyVault) -> None:
    assert await record_of(path, vault) == b"fresh"


async def test_an_older_store_gets_it_together_with_the_table(path: Path, vault: KeyVault) -> None:
    build_version_1(path, vault)
    assert await record_of(path, vault) == b"fresh"


@pytest.mark.parametrize("how", ["DELETE FROM fact", "UPDATE fact SET sealed = x'00'"])
async def test_a_record_that_was_removed_or_damaged_is_lost(path: Path, vault: KeyVault, how: str) -> None:
    assert await record_of(path, vault)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(how)
    connection.close()
    assert await record_of(path, vault) is None


async def test_row_record_and_message_are_written_together_or_not_at_all(store: KitStore) -> None:
    def half(books: Books) -> None:
        books.put_order(ROW)
        books.put_record(b"new")
        books.queue(message("ack-1", business="command.ack"))
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        await store.books(half)
    assert await store.books(lambda it: (it.order("c-7"), it.record(), it.waits("ack-1"))) == (None, b"{}", False)


async def test_a_command_is_kept_and_moves_on(store: KitStore) -> None:
    def write(books: Books) -> None:
        books.put_order(ROW)
        books.put_order(OrderRow(8, "c-8", "applied", AT, b"another"))

    await store.books(write)
    assert await store.books(lambda it: it.orders(held_only=True)) == (ROW,)
    done = OrderRow(7, "c-7", "applied", AT, b"a command and its end")
    await store.books(lambda it: it.put_order(done))
    assert await store.books(lambda it: it.order("c-7")) == done
    assert [it.id for it in await store.books(lambda it: it.orders())] == ["c-7", "c-8"]
    assert await store.books(lambda it: (it.taken(7), it.taken(9))) == (True, False)


async def test_the_command_is_sealed(store: KitStore, path: Path) -> None:
    await store.books(lambda it: it.put_order(ROW))
    assert all(ROW.body not in file.read_bytes() for file in path.parent.iterdir())


async def test_flows_and_messages_are_counted_for_whoever_wipes(store: KitStore) -> None:
    await store.step(step("F1"), messages=[message("e1"), message("e2"), message("a1", business="command.ack")])
    await store.step(step("F2", ended=True))
    assert await store.books(Books.flows) == ("F1",)
    assert await store.books(lambda it: it.unsent(but=("command.ack",))) == {"ACC-01": 2}
    await store.put_fact("escrow", b"key")
    assert await store.books(lambda it: (it.fact("escrow"), it.fact("none"))) == (b"key", None)
