"""Envelopes are taken in once, answered once, and what nobody believes is set aside."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from padkit_central.store import (
    Arrival,
    IntakeState,
    Store,
)


def arrival(number: int, kit: str = "kit-1", envelope: str = "") -> Arrival:
    return Arrival(f"{number:08d}", "demo", kit, envelope or f"e{number}", "ACC-01", number, "now", b"sealed")


async def test_an_envelope_is_new_once_per_kit(store: Store) -> None:
    assert await store.admit(arrival(1)) is None
    known = await store.admit(arrival(2, envelope="e1"))
    assert known is not None
    assert (known.id, known.state, known.reply) == ("00000001", IntakeState.WAITING, b"")
    assert await store.admit(arrival(3, kit="kit-2", envelope="e1")) is None


async def test_a_repeat_in_the_same_group_is_a_repeat(store: Store) -> None:
    results = await asyncio.gather(*(store.admit(arrival(number, envelope="same")) for number in range(50)))
    assert [result is None for result in results].count(True) == 1


async def test_a_reply_is_kept_for_repeats_and_never_changed(store: Store) -> None:
    await store.admit(arrival(1))
    await store.answer("00000001", b"first")
    await store.answer("00000001", b"second")
    await store.set_aside("00000001", "late", b"third")
    known = await store.admit(arrival(2, envelope="e1"))
    assert known is not None
    assert (known.state, known.reply) == (IntakeState.ANSWERED, b"first")
    assert await store.waiting("", 10) == []


async def test_what_waits_comes_in_pages_in_its_order(store: Store) -> None:
    for number in (1, 2, 3):
        await store.admit(arrival(number))
    assert [each.id for each in await store.waiting("", 2)] == ["00000001", "00000002"]
    (last,) = await store.waiting("00000002", 2)
    assert last == arrival(3)


async def test_a_quarantined_envelope_frees_its_id(store: Store) -> None:
    await store.admit(arrival(1))
    await store.quarantine(arrival(1), "digest", "envelope.tag")
    assert await store.admit(arrival(2, envelope="e1")) is None


async def test_quarantine_of_one_kit_has_an_end(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("padkit_central.store.sqlite.intake.MAX_QUARANTINE", 3)
    for number in range(5):
        await store.quarantine(arrival(number), f"digest{number}", "envelope.tag")
    with sqlite3.connect(tmp_path / "central.db") as connection:
        kept = connection.execute("select id from quarantine order by id").fetchall()
    connection.close()
    assert kept == [("00000002",), ("00000003",), ("00000004",)]
