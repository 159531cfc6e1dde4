"""Values planted in every kind of row are found in no file of the store: database, WAL, shared memory, temporary files."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from padkit_agent.store import KeyVault, KitStore, OutboxRow
from padkit_contract.messages import CardState, LedgerEvent

from .rows import line, message, step

PLANTED = {
    "card number": "6212345678901234",
    "name": "欧阳·测试",
    "identity number": "11010519491231002X",
    "address": "吉林省长春市测试街1号",
    "phone": "13912345678",
}


def forms(text: str) -> list[bytes]:
    escaped = text.encode("unicode_escape")
    return [text.encode(), text.encode("utf-16-le"), text.encode("gb18030"), escaped, text.encode().hex().encode()]


def found(folder: Path) -> list[str]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    return [
        f"{what} in {file.name}"
        for file in files
        for what, text in PLANTED.items()
        if any(form in file.read_bytes() for form in forms(text))
    ]


async def fill(store: KitStore, ledger_message: Callable[[tuple[LedgerEvent, ...]], OutboxRow]) -> None:
    everything = " ".join(PLANTED.values()).encode()
    for number in range(40):
        await store.step(
            step(f"F{number}", content=everything * 30),
            lines=[line(f"{number}", CardState.STAGED, card_no=PLANTED["card number"])],
            messages=[message(f"m{number}", body=everything * 30)],
            ledger_message=ledger_message,
        )
        await store.mark(f"m{number}", "done", everything)
    await store.put_fact("pack", everything)
    await store.steps("F3")
    await store.ledger(last_only=True)


async def test_planted_values_are_in_no_file_while_it_runs_and_after(
    tmp_path: Path,
    path: Path,
    vault: KeyVault,
    ledger_message: Callable[[tuple[LedgerEvent, ...]], OutboxRow],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("SQLITE_TMPDIR", str(temporary))
    store = KitStore.open(path, vault, max_mb=64)
    await fill(store, ledger_message)
    await asyncio.to_thread(os.sync)
    assert {it.name for it in path.parent.iterdir()} == {"kit.db", "kit.db-wal", "kit.db-shm"}
    assert found(tmp_path) == []
    store.close()
    assert found(tmp_path) == []


async def test_the_search_itself_finds_what_is_not_sealed(tmp_path: Path) -> None:
    class OpenVault:
        """Seals nothing: the test above would see it."""

        def seal(self, data: bytes, place: str) -> bytes:
            return data

        def open(self, sealed: bytes, place: str) -> bytes:
            return sealed

    store = KitStore.open(tmp_path / "kit.db", OpenVault(), max_mb=64)
    await fill(store, lambda events: message(f"ledger-{events[0].seq}"))
    assert len({it.split(" in ")[0] for it in found(tmp_path)}) == len(PLANTED)
    store.close()


async def test_the_store_file_and_its_helpers_are_private(path: Path, store: KitStore) -> None:
    await store.step(step())
    assert {it.name: oct(it.stat().st_mode & 0o777) for it in path.parent.iterdir()} == {
        "kit.db": "0o600",
        "kit.db-wal": "0o600",
        "kit.db-shm": "0o600",
    }
