"""The audit door reads beside the writer and takes no part."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from padkit_central.store import (
    OpenCase,
    StockCard,
    Store,
    StoreFailed,
    Submission,
    read_books,
)
from padkit_contract.messages import Slip


def attempt(number: int = 1, service: str = "CARD.OPEN", card_no: str = "") -> Submission:
    return Submission("demo", "S1", number, "kit-1", service, "d", card_no)


def anything(earlier: Sequence[Submission], card: StockCard | None) -> None: ...


async def test_the_audit_door_reads_beside_the_writer(store: Store, demo_slip: Slip, tmp_path: Path) -> None:
    await store.check_out("demo", "kit-1", demo_slip)
    await store.send(attempt(), "i", anything)
    await store.open_case(OpenCase("demo", "kit-1", "c1", "lost", "now"))
    await store.open_case(OpenCase("demo", "kit-1", "c1", "again", "later"))
    package = b'{"flow":"f","serial":"S1","catalogue":"ACC-01","items":[],"history":["t CORE_OK"]}'
    await store.file_evidence("demo", "kit-1", "f", "digest", package)
    books = await asyncio.to_thread(read_books, tmp_path / "central.db")
    assert [card.voucher for card in books.cards] == ["000001", "000002"]
    assert [each.serial for each in books.submissions] == ["S1"]
    assert [case.reason for case in books.cases] == ["lost"]
    assert books.core_ok == {("demo", "S1")}


def test_the_audit_door_says_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match="is not there"):
        read_books(tmp_path / "none.db")
