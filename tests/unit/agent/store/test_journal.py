from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import msgspec
import pytest

from padkit_agent.core.events import AnyEvent
from padkit_agent.core.flow import Flow
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


SHAPES = {8: "104e666a124308aa"}  # what flows and events are made of, by the format of rows


def test_rows_of_another_shape_have_another_format() -> None:
    """An older agent would drop what it does not know, or fail on it: it must meet a number that it refuses."""
    _, parts = msgspec.json.schema_components([Flow, AnyEvent])
    shape = {name: [*sorted(it.get("properties", {})), *map(str, it.get("enum", ()))] for name, it in parts.items()}
    found = hashlib.sha256(msgspec.json.encode(shape, order="sorted")).hexdigest()[:16]
    assert {FORMAT: found} == SHAPES, "raise FORMAT (an older agent must refuse such rows), then note the shape here"


async def test_a_row_of_the_format_before_is_read_and_what_it_lacks_is_as_in_the_beginning(
    path: Path, vault: KeyVault
) -> None:
    old = (
        b'{"id":"F1","business":"ACC-01","serial":"S1","reversal_serial":"R1","policy":3,"inputs":{},"sees":["faces"]}'
    )
    store = KitStore.open(path, vault, max_mb=64)
    await store.step(step("F1", content=old))
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE journal SET fmt = 1")
    connection.close()
    store = KitStore.open(path, vault, max_mb=64)
    (head,) = await store.heads(open_only=True)
    flow = msgspec.json.decode(head.flow, type=Flow)
    assert (flow.able, flow.photo, flow.shown) == (("faces",), False, "")
    store.close()
