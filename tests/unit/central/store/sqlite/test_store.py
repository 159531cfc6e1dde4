"""The store as a whole: a full disk, a file opened anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from padkit_central.store import (
    Arrival,
    Point,
    Store,
    StoreFailed,
)


def arrival(number: int, kit: str = "kit-1", envelope: str = "") -> Arrival:
    return Arrival(f"{number:08d}", "demo", kit, envelope or f"e{number}", "ACC-01", number, "now", b"sealed")


async def test_a_full_disk_is_said_and_heals(store: Store) -> None:
    """The page limit is SQLite's own; nothing is patched."""
    pages = await store._writer.write(
        Point.PAPER, lambda connection: connection.execute("pragma page_count").fetchone()
    )

    def limit(to: int) -> Callable[[sqlite3.Connection], None]:
        return lambda connection: connection.execute(f"pragma max_page_count={to}").fetchone()

    await store._writer.write(Point.PAPER, limit(pages[0]))
    big = Arrival("1", "demo", "kit-1", "e", "ACC-01", 1, "now", b"x" * 100_000)
    with pytest.raises(StoreFailed, match="full"):
        await store.admit(big)
    await store._writer.write(Point.PAPER, limit(1 << 30))
    assert await store.admit(big) is None


async def test_what_was_acknowledged_is_there_when_the_file_is_opened_anew(
    store: Store, ids: Callable[[], str], tmp_path: Path
) -> None:
    await store.admit(arrival(1))
    second = Store(tmp_path / "central.db", ids=ids, at=lambda: "now")
    assert [each.id for each in await second.waiting("", 10)] == ["00000001"]
    await second.stop()
