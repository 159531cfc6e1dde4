from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from padkit_agent.store import KeyVault, KitStore
from padkit_agent.store.schema import FORMAT
from padkit_sdk.errors import Refused

from .rows import step


async def test_steps_come_back_in_order_and_opened(store: KitStore) -> None:
    await store.step(step("F1", content=b"one"))
    await store.step(step("F2", content=b"other"))
    await store.step(step("F1", phase="CONSENTED", content=b"two"))
    assert [(it.phase, it.flow) for it in await store.steps("F1")] == [("STARTED", b"one"), ("CONSENTED", b"two")]


async def test_the_head_of_a_flow_is_its_last_step(store: KitStore) -> None:
    await store.step(step("F1"))
    await store.step(step("F1", phase="CONSENTED"))
    assert [(it.flow_id, it.phase) for it in await store.heads(open_only=True)] == [("F1", "CONSENTED")]


async def test_an_ended_flow_is_no_longer_open_but_still_there(store: KitStore) -> None:
    await store.step(step("F1", phase="CANCELLED", ended=True))
    await store.step(step("F2"))
    assert [it.flow_id for it in await store.heads(open_only=True)] == ["F2"]
    assert [it.flow_id for it in await store.heads(open_only=False)] == ["F1", "F2"]


async def test_a_row_of_a_newer_agent_is_refused_with_both_numbers(path: Path, vault: KeyVault) -> None:
    store = KitStore.open(path, vault, max_mb=64)
    await store.step(step("F1"))
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE journal SET fmt = ?", (FORMAT + 1,))
    connection.close()
    store = KitStore.open(path, vault, max_mb=64)
    with pytest.raises(Refused, match=f"format {FORMAT + 1}, this agent knows up to {FORMAT}; update it"):
        await store.heads(open_only=True)
    store.close()


async def test_rows_swapped_between_places_are_refused(path: Path, vault: KeyVault) -> None:
    store = KitStore.open(path, vault, max_mb=64)
    await store.step(step("F1", content=b"one"))
    await store.step(step("F2", content=b"two"))
    store.close()
    with sqlite3.connect(path) as connection:
        (first,), (second,) = connection.execute("SELECT sealed FROM journal ORDER BY seq").fetchall()
        connection.execute("UPDATE journal SET sealed = ? WHERE seq = 1", (second,))
        connection.execute("UPDATE journal SET sealed = ? WHERE seq = 2", (first,))
    connection.close()
    store = KitStore.open(path, vault, max_mb=64)
    with pytest.raises(Refused, match="journal:1:F1: sealed value does not open"):
        await store.heads(open_only=True)
    store.close()
