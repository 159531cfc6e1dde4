"""The one writer: a thread that takes every job queued, runs them in one transaction, syncs once, then answers them all.

No time window: the sync before is the window. A job that fails takes back only its own writes. When the commit itself
fails (disk full, page limit), every job of the batch fails and nothing of it is on disk.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
MAX_BATCH = 512


class StoreUnavailable(Exception):
    """The store cannot write now: nothing of the job is on disk. The caller stops and keeps the card where it is."""


class StoreFull(StoreUnavailable):
    """The disk, or the store's page limit, is full."""


@dataclass(slots=True)
class _Job:
    run: Callable[[sqlite3.Connection], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    outcome: Any = None
    error: BaseException | None = None

    def answer(self) -> None:
        if not self.future.done():
            if self.error is not None:
                self.future.set_exception(self.error)
            else:
                self.future.set_result(self.outcome)


class Writer:
    """Owns the connection; every read and write goes through `run`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._thread.start()

    async def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run `job` in the writer's next transaction and return its result once it is on disk.

        Raises what `job` raises, and `StoreFull` or `StoreUnavailable`. A cancel of the caller does not undo the job.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(job, future, loop))
        return await future

    def close(self) -> None:
        """Finish what is queued and close the connection."""
        self._jobs.put(None)
        self._thread.join()
        self._connection.close()

    def commit(self, connection: sqlite3.Connection) -> None:
        """Make the batch durable: SQLite writes the WAL and syncs it (``synchronous=FULL``)."""
        connection.execute("COMMIT")

    def _work(self) -> None:
        while True:
            batch = self._take()
            if batch:
                self._run_batch(batch)
                for loop in {job.loop for job in batch}:
                    mine = [job for job in batch if job.loop is loop]
                    with suppress(RuntimeError):  # the loop was closed: nobody waits, the work is on disk all the same
                        loop.call_soon_threadsafe(_answer_all, mine)
            if self._closing:
                return

    _closing = False

    def _take(self) -> list[_Job]:
        batch: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) >= MAX_BATCH or self._jobs.empty():
                return batch
            job = self._jobs.get()
        self._closing = True
        return batch

    def _run_batch(self, batch: list[_Job]) -> None:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            for job in batch:
                self._run_one(connection, job)
            self.commit(connection)
        except Exception as exc:  # noqa: BLE001 - the thread must outlive whatever a batch brings with it
            error = translate(exc) if isinstance(exc, sqlite3.Error) else StoreUnavailable(f"store: {exc!r}")
            with suppress(sqlite3.Error):  # one that cannot be taken back fails the next batch, too, until it can
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            for job in batch:
                job.error = job.error or error

    def _run_one(self, connection: sqlite3.Connection, job: _Job) -> None:
        connection.execute("SAVEPOINT job")
        try:
            job.outcome = job.run(connection)
        except Exception as exc:
            job.error = translate(exc) if isinstance(exc, sqlite3.Error) else exc
            if not connection.in_transaction:  # SQLite took the whole transaction back (disk full)
                raise
            connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")


def _answer_all(jobs: list[_Job]) -> None:
    for job in jobs:
        job.answer()


def translate(exc: sqlite3.Error) -> StoreUnavailable:
    """Return our error for SQLite's."""
    code = getattr(exc, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StoreFull(f"store: {exc}; free space or raise [store] max_mb, then resume the flow")
    return StoreUnavailable(f"store: {exc}; see the agent's log, then resume the flow")
