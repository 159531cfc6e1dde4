"""Group commit: many writers, one sync; a failing job takes back only itself; a failing commit takes back the batch."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from padkit_agent.store import KeyVault, KitStore, StoreFull, StoreUnavailable
from padkit_agent.store.schema import open_database
from padkit_agent.store.writer import Writer

from .rows import message, step


class CountingWriter(Writer):
    """Counts its commits, and can be held up before one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.commits = 0
        self.gate = threading.Event()
        self.gate.set()
        super().__init__(connection)

    def commit(self, connection: sqlite3.Connection) -> None:
        self.gate.wait()
        self.commits += 1
        super().commit(connection)


class BrokenWriter(Writer):
    """A disk that fails at the commit."""

    def commit(self, connection: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("disk I/O error")


def insert(name: str, value: str):  # type: ignore[no-untyped-def]  # a job as the writer takes it
    return lambda connection: connection.execute("INSERT INTO fact VALUES (?, ?)", (name, value)).rowcount


def names(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [name for (name,) in connection.execute("SELECT name FROM fact ORDER BY name")]
    finally:
        connection.close()


async def test_jobs_that_wait_together_are_committed_together(path: Path) -> None:
    writer = CountingWriter(open_database(path, max_mb=64))
    writer.gate.clear()
    jobs = [asyncio.ensure_future(writer.run(insert(f"{number:03}", "x"))) for number in range(200)]
    await asyncio.sleep(0)  # all are queued; the first batch waits at its commit
    writer.gate.set()
    assert await asyncio.gather(*jobs) == [1] * 200
    assert writer.commits <= 2
    writer.close()
    assert len(names(path)) == 200


async def test_a_job_that_fails_takes_back_only_itself(path: Path) -> None:
    writer = CountingWriter(open_database(path, max_mb=64))
    writer.gate.clear()

    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO fact VALUES ('half', 'x')")
        raise RuntimeError("changed my mind")

    jobs = [
        writer.run(insert("a", "x")),
        writer.run(half),
        writer.run(insert("a", "twice")),
        writer.run(insert("b", "")),
    ]
    waiting = asyncio.gather(*jobs, return_exceptions=True)
    await asyncio.sleep(0)
    writer.gate.set()
    first, failed, doubled, last = await waiting
    assert (first, last) == (1, 1)
    assert isinstance(failed, RuntimeError)
    assert isinstance(doubled, StoreUnavailable)
    assert "UNIQUE" in str(doubled)
    writer.close()
    assert names(path) == ["a", "b"]


async def test_what_is_answered_is_on_disk_already(path: Path) -> None:
    writer = Writer(open_database(path, max_mb=64))
    await writer.run(insert("a", "x"))
    assert names(path) == ["a"]
    writer.close()


async def test_a_commit_that_fails_fails_every_job_of_the_batch(path: Path) -> None:
    writer = BrokenWriter(open_database(path, max_mb=64))
    results = await asyncio.gather(*(writer.run(insert(name, "x")) for name in "abc"), return_exceptions=True)
    assert all(isinstance(it, StoreUnavailable) for it in results)
    assert all("see the agent's log, then resume the flow" in str(it) for it in results)
    writer.close()
    assert names(path) == []


async def test_a_cancelled_caller_does_not_take_its_job_back(path: Path) -> None:
    writer = CountingWriter(open_database(path, max_mb=64))
    writer.gate.clear()
    job = asyncio.ensure_future(writer.run(insert("a", "x")))
    await asyncio.sleep(0)
    job.cancel()
    other = asyncio.ensure_future(writer.run(insert("b", "x")))
    await asyncio.sleep(0)
    writer.gate.set()
    await other
    assert job.cancelled()
    writer.close()
    assert names(path) == ["a", "b"]


def test_a_loop_that_is_gone_does_not_stop_the_writer(path: Path) -> None:
    writer = CountingWriter(open_database(path, max_mb=64))
    writer.gate.clear()

    async def ask_and_leave() -> None:
        asyncio.ensure_future(writer.run(insert("a", "x")))  # noqa: RUF006  # nobody waits for it: that is the point
        await asyncio.sleep(0)

    asyncio.run(ask_and_leave())
    writer.gate.set()
    assert asyncio.run(writer.run(insert("b", "x"))) == 1
    writer.close()
    assert names(path) == ["a", "b"]


async def test_closing_finishes_what_is_queued(path: Path) -> None:
    writer = Writer(open_database(path, max_mb=64))
    jobs = [asyncio.ensure_future(writer.run(insert(f"{number}", "x"))) for number in range(20)]
    await asyncio.sleep(0)
    writer.close()
    await asyncio.gather(*jobs)
    assert len(names(path)) == 20


async def test_a_full_store_says_so_and_keeps_nothing_half(path: Path, vault: KeyVault) -> None:
    """SQLite's own page limit: a real SQLITE_FULL."""
    store = KitStore.open(path, vault, max_mb=1)
    written = 0
    with pytest.raises(StoreFull, match=r"free space or raise \[store\] max_mb"):
        while True:
            await store.step(
                step(f"F{written}", content=b"x" * 20_000), messages=[message(f"m{written}", body=b"y" * 20_000)]
            )
            written += 1
    assert written > 10
    assert len(await store.heads(open_only=True)) == written
    assert await store.unsent() == written
    store.close()


async def test_a_full_store_writes_again_when_it_may_grow(path: Path, vault: KeyVault) -> None:
    store = KitStore.open(path, vault, max_mb=1)
    with pytest.raises(StoreFull):
        for number in range(1000):
            await store.step(step(f"F{number}", content=b"x" * 20_000))
    await store.heads(open_only=True)
    store.close()
    store = KitStore.open(path, vault, max_mb=8)
    await store.step(step("after", content=b"x" * 20_000))
    assert "after" in [it.flow_id for it in await store.heads(open_only=True)]
    store.close()


async def test_in_a_full_batch_the_small_jobs_fail_with_the_large_one(path: Path) -> None:
    """When SQLite takes the whole transaction back, nobody of the batch is told that his job is on disk."""
    connection = open_database(path, max_mb=1)
    writer = CountingWriter(connection)
    writer.gate.clear()
    jobs = [writer.run(insert("a", "x")), writer.run(insert("b", "y" * 2_000_000)), writer.run(insert("c", "x"))]
    waiting = asyncio.gather(*jobs, return_exceptions=True)
    await asyncio.sleep(0)
    writer.gate.set()
    results = await waiting
    writer.close()
    told = [name for name, result in zip("abc", results, strict=True) if result == 1]
    assert names(path) == told
    assert isinstance(results[1], StoreFull)


class BadDisk(sqlite3.Connection):
    """A disk that can neither finish nor take back, for one batch."""

    bad = False

    def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
        if self.bad and sql in ("COMMIT", "ROLLBACK"):
            self.bad = sql == "COMMIT"
            raise sqlite3.OperationalError("disk I/O error")
        return super().execute(sql, *parameters)


async def test_a_batch_that_cannot_even_be_taken_back_fails_and_the_writer_lives(path: Path) -> None:
    open_database(path, max_mb=64).close()
    connection = sqlite3.connect(path, factory=BadDisk, isolation_level=None, check_same_thread=False)
    writer = Writer(connection)
    connection.bad = True
    with pytest.raises(StoreUnavailable, match="disk I/O error"):
        await writer.run(insert("lost", "x"))
    with pytest.raises(StoreUnavailable):
        await writer.run(insert("lost", "x"))
    assert await writer.run(insert("kept", "x")) == 1
    writer.close()
    assert names(path) == ["kept"]
