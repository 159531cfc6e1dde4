"""One thread that writes. Everything queued while a commit was syncing goes into the next one: one transaction, one sync.

There is no waiting window: the previous sync is the window. The thread knows no SQL; an `Engine` does the work.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from padkit_central.store.errors import StoreFailed
from padkit_central.store.records import Arrival, Point, Taken

MAX_GROUP = 512

T = TypeVar("T")
C = TypeVar("C")


@dataclass(slots=True, eq=False)
class Job(Generic[C]):
    """One piece of writing and the future that waits for it; `result` or `error` is set by the engine."""

    point: Point
    future: asyncio.Future[Any]
    run: Callable[[C], Any]
    result: Any = None
    error: Exception | None = None


@dataclass(slots=True, eq=False)
class Admission:
    """An envelope to take in. The result is None when it is new, else what is known of the earlier one."""

    arrival: Arrival
    future: asyncio.Future[Taken | None]
    result: Taken | None = None
    error: Exception | None = None
    point: Point = Point.INTAKE


Work = Job[C] | Admission


class Engine(Protocol[C]):
    """What a database does for the writer; called in the writer's thread only. Raises `StoreFailed` for the whole group."""

    def work(self, group: Sequence[Work[C]]) -> None:
        """Begin a transaction and do every piece; a piece's own failure goes to its `error` and undoes that piece."""

    def commit(self, points: frozenset[Point]) -> None:
        """Make the transaction durable."""

    def abandon(self) -> None:
        """Undo the transaction, if one is open."""

    def close(self) -> None:
        """Give the connection back."""


class Writer(Generic[C]):
    """The thread and its queue. `put` may be called from the event loop only."""

    def __init__(self, engine: Engine[C], loop: asyncio.AbstractEventLoop) -> None:
        self._engine = engine
        self._loop = loop
        self._queue: queue.SimpleQueue[Work[C] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="store-writer", daemon=True)
        self._thread.start()

    async def write(self, point: Point, run: Callable[[C], T]) -> T:
        """Run `run` in the next transaction; return its result once it is durable.

        Raises what `run` raised, or `StoreFailed`. What was queued is written, also when nobody waits for it any more.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(Job(point, future, run))
        return await future

    def admit(self, arrival: Arrival) -> asyncio.Future[Taken | None]:
        """Queue an envelope; the future is done when it is durable, or known from before."""
        future: asyncio.Future[Taken | None] = self._loop.create_future()
        self._queue.put(Admission(arrival, future))
        return future

    def close(self) -> None:
        """Write what is queued, then end the thread. Blocks."""
        self._queue.put(None)
        self._thread.join()

    def _serve(self) -> None:
        last = False
        while not last:
            group, last = self._take()
            if group:
                self._do(group)
                self._loop.call_soon_threadsafe(_tell, group)
        self._engine.close()

    def _take(self) -> tuple[list[Work[C]], bool]:
        """Wait for one piece, then take what else is there. True when the writer is to end."""
        group: list[Work[C]] = []
        piece = self._queue.get()
        while piece is not None:
            group.append(piece)
            if len(group) == MAX_GROUP:
                return group, False
            try:
                piece = self._queue.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _do(self, group: Sequence[Work[C]]) -> None:
        try:
            self._engine.work(group)
            self._engine.commit(frozenset(piece.point for piece in group))
        except Exception as exc:  # noqa: BLE001  (the thread must outlive whatever a group brings with it)
            for piece in group:
                piece.error = exc if isinstance(exc, StoreFailed) else StoreFailed(f"group not written: {exc!r}")
            self._abandon()

    def _abandon(self) -> None:
        try:
            self._engine.abandon()
        except Exception:  # noqa: BLE001  (one that cannot be undone fails the next group, too, until it can)
            return


def _tell(group: Sequence[Work[Any]]) -> None:
    for piece in group:
        future: asyncio.Future[Any] = piece.future
        if future.done():
            continue
        if piece.error is not None:
            future.set_exception(piece.error)
        else:
            future.set_result(piece.result)
