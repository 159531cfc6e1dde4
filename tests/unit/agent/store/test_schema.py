from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from padkit_agent.store import KeyVault, KitStore, StoreUnavailable, schema
from padkit_contract import chain
from padkit_contract.contact import ChainHead
from padkit_contract.messages import CardState
from padkit_sdk.errors import Refused

from .released import VERSION_1, build_version_1
from .rows import message, step, void


def shape(connection: sqlite3.Connection) -> set[tuple[str, ...]]:
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    columns = {
        (table, name, kind, str(pk))
        for table in tables
        for _, name, kind, _, _, pk in connection.execute(f"PRAGMA table_info({table})")
    }
    indexes = {("index", name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    return columns | indexes


def test_an_empty_store_gets_the_latest_schema(path: Path) -> None:
    connection = schema.open_database(path, max_mb=8)
    assert connection.execute("PRAGMA user_version").fetchone() == (schema.LATEST,)
    old = sqlite3.connect(":memory:")
    old.executescript(VERSION_1)
    assert shape(old) <= shape(connection)
    old.close()
    connection.close()


def test_the_store_is_opened_with_every_safety_on(path: Path) -> None:
    connection = schema.open_database(path, max_mb=8)
    settings = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}
    assert settings == PRAGMAS
    assert connection.execute("PRAGMA max_page_count").fetchone()[0] * PRAGMAS["page_size"] == 8 << 20
    connection.close()


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "temp_store": 2, "page_size": 4096}


async def test_a_released_store_with_a_flow_open_is_taken_up(path: Path, vault: KeyVault) -> None:
    build_version_1(path, vault)
    store = KitStore.open(path, vault, max_mb=8)
    (head,) = await store.heads(open_only=True)
    assert (head.flow_id, head.phase, head.flow) == ("F1", "CARD_STAGED", b'{"id":"F1"}')
    assert await store.states() == {"000001": CardState.STAGED}
    assert [(it.body, it.previous, it.damage) for it in await store.due(10)] == [(b"body", "", "")]
    await store.step(step("F1", phase="CANCELLED", ended=True))
    assert [it.seq for it in await store.steps("F1")] == [1, 2]
    store.close()


async def test_the_chain_of_a_released_store_begins_with_its_next_row(path: Path, vault: KeyVault) -> None:
    build_version_1(path, vault)
    store = KitStore.open(path, vault, max_mb=8)
    assert await store.head() == ChainHead(1, "")
    await store.queue(message("e2"), message("e3"))
    await store.void("e1", "held", "c3", void)  # it is in no chain: there is nothing to tell
    second, third = await store.due(10)
    assert (second.sequence, second.previous) == (2, chain.START)
    assert third.previous == chain.link_of(chain.START, 2, "e2", "ACC-01", b"body")
    store.close()


def test_a_migration_that_fails_leaves_the_store_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(db: object) -> None:
        schema._first(db)
        raise RuntimeError("power cut")

    monkeypatch.setattr(schema, "STEPS", {1: half})
    with pytest.raises(RuntimeError):
        schema.open_database(path, max_mb=8)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    assert connection.execute("PRAGMA user_version").fetchone() == (0,)
    connection.close()


def test_a_store_of_a_newer_agent_is_refused(path: Path, vault: KeyVault) -> None:
    build_version_1(path, vault)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {schema.LATEST + 1}")
    connection.close()
    with pytest.raises(Refused, match=f"schema {schema.LATEST + 1}, this agent knows up to {schema.LATEST}"):
        KitStore.open(path, vault, max_mb=8)


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(path: Path, vault: KeyVault) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database, and it is long enough to be taken for one" * 20)
    before = path.read_bytes()
    with pytest.raises(StoreUnavailable, match="file is not a database"):
        KitStore.open(path, vault, max_mb=8)
    assert path.read_bytes() == before
