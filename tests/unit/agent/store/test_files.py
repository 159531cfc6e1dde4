"""Files of flows: whole or not at all, sealed, capped, freed piece by piece, and no journal row waits behind a picture."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from padkit_agent.store import KeyVault, KitStore, files
from padkit_agent.store.schema import open_database
from padkit_agent.store.writer import Writer
from padkit_contract.crypto import sm3
from padkit_sdk.errors import Refused

from .rows import AT, step

PICTURE = bytes(range(256)) * (files.PIECE * 2 // 256) + b"end"


async def keep(store: KitStore, data: bytes = PICTURE, *, flow: str = "F1", kind: str = "id_ocr_front") -> str:
    return await store.files.keep(flow, kind, "image/jpeg", data, at=AT, about={"device": "camera"})


async def refused(store: KitStore, **change: object) -> str:
    given = {"flow_id": "F1", "item_type": "id_chip", "media_type": "image/png", "data": b"x", **change}
    with pytest.raises(Refused) as caught:
        await store.files.keep(**given, at=AT)  # type: ignore[arg-type]
    return caught.value.reason


async def test_a_file_is_read_back_as_it_was_kept_after_a_restart(path: Path, vault: KeyVault) -> None:
    store = KitStore.open(path, vault, max_mb=64)
    digest = await keep(store)
    assert digest == sm3(PICTURE).hex()
    store.close()
    store = KitStore.open(path, vault, max_mb=64)
    (file,) = await store.files.of("F1")
    assert (file.type, file.media, file.size, file.sm3) == ("id_ocr_front", "image/jpeg", len(PICTURE), digest)
    assert (file.at, file.about) == (AT, {"device": "camera"})
    assert await store.files.read("F1", digest) == PICTURE
    store.close()


async def test_the_same_file_of_a_flow_twice_is_one_and_of_two_flows_two(store: KitStore) -> None:
    assert await keep(store) == await keep(store) == await keep(store, flow="F2")
    assert [len(await store.files.of(flow)) for flow in ("F1", "F2")] == [1, 1]
    await keep(store, kind="id_ocr_back")
    assert [it.type for it in await store.files.of("F1")] == ["id_ocr_front", "id_ocr_back"]


@pytest.mark.parametrize("at", [0, 1, 2])
async def test_a_power_cut_in_the_middle_leaves_nothing_of_a_file(path: Path, vault: KeyVault, at: int) -> None:
    class Cut(Writer):
        commits = 0

        def commit(self, connection: sqlite3.Connection) -> None:
            self.commits += 1
            if self.commits > at + 1:
                raise sqlite3.OperationalError("power cut")
            super().commit(connection)

    store = KitStore.open(path, vault, max_mb=64, writer=Cut)
    with pytest.raises(Exception, match="power cut"):
        await keep(store)
    store.close()
    store = KitStore.open(path, vault, max_mb=64)
    assert await store.files.of("F1") == ()
    store.close()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT (SELECT count(*) FROM file), (SELECT count(*) FROM file_piece)").fetchone() == (
        0,
        0,
    )
    connection.close()


async def test_a_journal_row_does_not_wait_for_the_whole_of_a_picture(path: Path, vault: KeyVault) -> None:
    """Between two pieces the writer is free: a row queued while a file is written is on disk before its last piece."""
    store = KitStore.open(path, vault, max_mb=64)
    order: list[str] = []

    async def picture() -> None:
        await keep(store, b"x" * (files.PIECE * 20))
        order.append("file")

    async def row() -> None:
        await store.step(step())
        order.append("row")

    writing = asyncio.create_task(picture())
    await asyncio.sleep(0)
    await row()
    await writing
    assert order == ["row", "file"]
    store.close()


async def test_nothing_of_a_file_lies_open_on_disk(path: Path, vault: KeyVault) -> None:
    store = KitStore.open(path, vault, max_mb=64)
    planted = "欧阳·测试 11010519491231002X".encode()
    digest = await keep(store, planted * 20_000)
    for file in path.parent.iterdir():
        raw = file.read_bytes()
        assert planted not in raw
        assert digest.encode() not in raw
        assert bytes.fromhex(digest) not in raw
    store.close()


async def test_freed_content_is_gone_and_its_line_stays(path: Path, vault: KeyVault) -> None:
    store = KitStore.open(path, vault, max_mb=64)
    digest = await keep(store)
    other = await keep(store, b"other", flow="F2")
    await store.files.free("F1", AT)
    assert len(await store.files.of("F1")) == 1
    with pytest.raises(Refused, match=f"was freed at {AT}"):
        await store.files.read("F1", digest)
    assert await store.files.read("F2", other) == b"other"
    store.close()
    connection = open_database(path, max_mb=64)
    assert connection.execute("SELECT count(*) FROM file_piece").fetchone() == (1,)
    connection.close()


async def test_what_does_not_fit_is_refused_by_name(store: KitStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await refused(store, data=b"") == "file.empty"
    assert await refused(store, data=b"x" * (files.MAX_FILE + 1)) == "file.size"
    assert await refused(store, item_type="../id") == "file.type"
    assert await refused(store, media_type="image") == "file.type"
    assert await refused(store, about={"device": "x" * 129}) == "file.about"
    assert await store.files.of("F1") == ()
    monkeypatch.setattr(files, "MAX_FILES", 1)
    await keep(store, b"one")
    assert await refused(store, data=b"two") == "file.many"
    monkeypatch.setattr(files, "MAX_FILES", 9)
    monkeypatch.setattr(files, "MAX_FLOW", 4)
    assert await refused(store, data=b"two") == "file.space"


async def test_a_file_that_is_not_there_or_lost_a_piece_is_named(path: Path, store: KitStore) -> None:
    digest = await keep(store)
    with pytest.raises(Refused, match="no file"):
        await store.files.read("F2", digest)
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM file_piece WHERE no = 2")
    connection.commit()
    with pytest.raises(Refused, match="pieces were lost"):
        await store.files.read("F1", digest)
    connection.execute("UPDATE file_piece SET no = 2 WHERE no = 1")
    connection.commit()
    connection.close()
    with pytest.raises(Refused, match="does not open"):
        await store.files.read("F1", digest)


@settings(max_examples=15, deadline=None)
@given(size=st.integers(1, files.PIECE * 3 + 1))
def test_any_size_comes_back(tmp_path_factory: pytest.TempPathFactory, size: int) -> None:
    async def there_and_back() -> None:
        store = KitStore.open(
            tmp_path_factory.mktemp("kit") / "kit.db",
            KeyVault(bytes(16), lambda count: b"\1" * count),
            max_mb=64,
        )
        digest = await keep(store, b"\7" * size)
        assert await store.files.read("F1", digest) == b"\7" * size
        store.close()

    asyncio.run(there_and_back())
