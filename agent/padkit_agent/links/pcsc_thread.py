"""A thread of its own for blocking calls of a card reader: one after another, in the order they were asked for."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class CallThread:
    """A daemon thread, so that a reader that never answers cannot keep the process from ending."""

    def __init__(self, name: str) -> None:
        self._calls: SimpleQueue[tuple[asyncio.Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    async def run(self, call: Callable[[], T], timeout_s: float) -> T:
        """Return what `call` returns, or raise what it raises. Raises `TimeoutError`; then, as after a cancel, `call` goes on
        by itself and the next one waits for it.
        """
        done: asyncio.Future[T] = self._loop.create_future()
        self._calls.put((done, call))
        async with asyncio.timeout(timeout_s):
            return await done

    def end(self, last: Callable[[], object]) -> asyncio.Future[object]:
        """Run `last` after all that waits, then stop; what is returned is done when it has run."""
        ended: asyncio.Future[object] = self._loop.create_future()
        self._calls.put((ended, last))
        self._calls.put(None)
        return ended

    def _work(self) -> None:
        while (asked := self._calls.get()) is not None:
            done, call = asked
            result: Any = None
            error: BaseException | None = None
            try:
                result = None if done.cancelled() else call()
            except Exception as exc:  # noqa: BLE001 - told to whoever waits
                error = exc
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
                self._loop.call_soon_threadsafe(_settle, done, result, error)


def _settle(done: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)
        done.exception()  # seen: nobody may be waiting for the last call
