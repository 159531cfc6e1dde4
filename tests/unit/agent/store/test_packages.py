"""Packages in the store: due once central has answered the list, numbered in order, counted until central has them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from padkit_agent.store import KeyVault, KitStore
from padkit_agent.store.packages import PIECE
from padkit_contract.crypto import sm3
from padkit_contract.evidence import START
from padkit_contract.messages import EVIDENCE

from .released import build_version_1
from .rows import message


async def answered(store: KitStore, flow: str) -> None:
    await store.queue(message(f"e-{flow}", business=EVIDENCE, flow=flow, body=flow.encode()))
    await store.mark(f"e-{flow}", "done")


async def unsent(store: KitStore) -> dict[str, int]:
    return await store.books(lambda books: books.unsent(but=()))


async def test_a_package_is_due_from_the_answer_to_its_list_on_until_it_is_begun(store: KitStore) -> None:
    await store.queue(message("e-F0", business=EVIDENCE, flow="F0"))
    assert await store.packages.due() == ()
    await answered(store, "F1")
    await answered(store, "F2")
    assert await store.packages.due() == ("F1", "F2")
    assert await store.packages.told("F1") == b"F1"
    await store.packages.begin("F1", lambda number, previous: b"one")
    assert await store.packages.due() == ("F2",)


async def test_each_manifest_is_given_its_number_and_the_digest_before_it(path: Path, vault: KeyVault) -> None:
    store = KitStore.open(path, vault, max_mb=8)
    given = []

    def make(number: int, previous: str) -> bytes:
        given.append((number, previous))
        return f"manifest {number}".encode()

    await answered(store, "F2")
    await store.packages.begin("F2", make)
    await store.packages.set_aside("F9")
    store.close()
    store = KitStore.open(path, vault, max_mb=8)
    await store.packages.begin("F1", make)
    assert given == [(1, START), (2, sm3(b"manifest 1").hex())]
    assert [(it.flow_id, it.number) for it in await store.packages.listed("making")] == [("F2", 1), ("F1", 2)]
    assert await store.packages.manifest("F2") == b"manifest 1"
    store.close()


async def test_a_file_is_read_from_any_place_and_goes_when_central_has_it(store: KitStore) -> None:
    await store.packages.begin("F1", lambda *_: b"one")
    await store.packages.write("F1", 0, b"a" * PIECE)
    await store.packages.write("F1", PIECE, b"end")
    await store.packages.ready("F1", "ab" * 32, PIECE + 3)
    (package,) = await store.packages.listed("ready")
    assert await store.packages.read(package, PIECE - 2, 100) == b"aa"
    assert await store.packages.read(package, PIECE + 1, 100) == b"nd"
    with pytest.raises(Exception, match="nothing at byte"):
        await store.packages.read(package, PIECE + 3, 100)
    await store.packages.end("F1", "stored")
    with pytest.raises(Exception, match="nothing at byte 0"):
        await store.packages.read(package, 0, 1)


async def test_a_wipe_is_told_of_packages_that_central_has_not(store: KitStore) -> None:
    assert await unsent(store) == {}
    await answered(store, "F1")
    assert await unsent(store) == {"evidence.files": 1}
    await store.packages.begin("F1", lambda *_: b"one")
    await answered(store, "F2")
    assert await unsent(store) == {"evidence.files": 2}
    await store.packages.set_aside("F2")
    await store.packages.end("F1", "stored")
    assert await unsent(store) == {}


async def test_the_manifest_lies_sealed(path: Path, store: KitStore) -> None:
    await store.packages.begin("F1", lambda *_: b"manifest with a digest")
    assert not any(b"manifest with" in file.read_bytes() for file in path.parent.iterdir())


async def test_cases_of_an_agent_that_made_no_packages_get_none(path: Path, vault: KeyVault) -> None:
    build_version_1(path, vault)
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO outbox VALUES ('e2', 2, 'evidence.package', 'F1', 2, 'done', 0, 'x', ?, NULL)",
        (vault.seal(b"{}", "outbox:e2"),),
    )
    connection.commit()
    connection.close()
    store = KitStore.open(path, vault, max_mb=8)
    assert await store.packages.due() == ()
    assert await store.packages.listed("making", "ready", "broken") == ()
    store.close()
