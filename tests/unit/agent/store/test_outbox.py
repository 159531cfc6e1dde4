from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from padkit_agent.store import KeyVault, KitStore
from padkit_contract import chain
from padkit_contract.contact import ChainHead, ChainVoid
from padkit_contract.messages import decode

from .rows import message, step, void


async def test_what_waits_comes_most_urgent_first_and_then_in_order(store: KitStore) -> None:
    await store.queue(message("a", priority=2), message("b", priority=0), message("c", priority=1))
    await store.queue(message("d", priority=0))
    assert [it.envelope for it in await store.due(10)] == ["b", "d", "c", "a"]
    assert [it.envelope for it in await store.due(2)] == ["b", "d"]


async def test_the_same_envelope_twice_is_one_row(store: KitStore) -> None:
    await store.queue(message("a", body=b"first"))
    await store.queue(message("a", body=b"second"))
    (row,) = await store.due(10)
    assert (row.body, row.sequence) == (b"first", 1)


async def test_each_row_has_its_place_in_the_chain(store: KitStore) -> None:
    await store.queue(message("a"), message("b"))
    await store.mark("a", "done")
    await store.queue(message("c"))
    assert [(it.envelope, it.sequence) for it in await store.due(10)] == [("b", 2), ("c", 3)]


async def test_an_answer_ends_a_row_and_can_be_read_again(store: KitStore) -> None:
    await store.queue(message("a"))
    assert await store.reply_to("a") is None
    await store.mark("a", "done", b"answer")
    assert (await store.due(10), await store.unsent()) == ((), 0)
    assert await store.reply_to("a") == b"answer"


async def test_a_row_that_was_set_aside_keeps_its_reason(store: KitStore) -> None:
    await store.queue(message("a"))
    await store.mark("a", "refused", b"too large")
    assert await store.reply_to("a") == b"too large"


async def test_the_first_end_of_a_row_stands(store: KitStore) -> None:
    await store.queue(message("a"))
    await store.mark("a", "held")
    await store.mark("a", "done", b"late answer")
    assert await store.reply_to("a") is None
    assert await store.due(10) == ()


async def test_after_a_start_rows_that_lost_their_c3_part_are_held(store: KitStore) -> None:
    await store.queue(message("a", needs_c3=True), message("b"), message("c", needs_c3=True))
    await store.mark("c", "done")
    assert await store.hold_lost_c3(void) == 1
    assert [it.envelope for it in await store.due(10)] == ["b", "void-a"]


async def test_a_message_goes_with_its_step_or_not_at_all(store: KitStore) -> None:
    await store.step(step("F1"), messages=[message("a"), message("b")])
    assert await store.unsent() == 2


async def test_what_is_unsent_is_as_old_as_its_oldest_row(store: KitStore) -> None:
    assert await store.unsent_since() == ""
    await store.queue(*(replace(message(it), at=f"2026-11-22T08:00:0{it}.000Z") for it in "123"))
    await store.mark("1", "done")
    assert await store.unsent_since() == "2026-11-22T08:00:02.000Z"


async def test_each_row_names_the_one_before_it(store: KitStore) -> None:
    assert await store.head() == ChainHead(0, "")
    await store.queue(message("a", body=b"1"), message("b", body=b"2"))
    first = chain.link_of(chain.START, 1, "a", "ACC-01", b"1")
    second = chain.link_of(first, 2, "b", "ACC-01", b"2")
    assert [it.previous for it in await store.due(10)] == [chain.START, first]
    assert await store.head() == ChainHead(2, second)


async def test_a_row_that_will_not_be_sent_leaves_no_hole(store: KitStore) -> None:
    await store.queue(message("a"), message("b"))
    a, b = await store.due(10)
    assert await store.void("a", "held", "c3", void)
    assert not await store.void("a", "held", "c3", void)
    _, told = await store.due(10)
    assert decode(told.body, ChainVoid) == ChainVoid(1, "a", "ACC-01", a.previous, b.previous, "c3")
    assert told.sequence == 3


@pytest.mark.parametrize("change", ["seq = 9", "business = 'case'", "previous = 'f'", "link = 'f'"])
async def test_a_row_that_was_changed_on_disk_is_told_and_not_sent(
    store: KitStore, path: Path, vault: KeyVault, change: str
) -> None:
    await store.queue(message("a"), message("b"))
    store.close()
    disk = sqlite3.connect(path)
    disk.execute(f"UPDATE outbox SET {change} WHERE envelope = 'a'")
    disk.commit()
    disk.close()
    store = KitStore.open(path, vault, max_mb=8)
    damaged = {it.envelope: (it.body, "the row was changed" in it.damage) for it in await store.due(10)}
    assert damaged == {"a": (b"", True), "b": (b"body", False)}
    store.close()
