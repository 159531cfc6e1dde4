"""Where blocking work is done: two threads beside the event loop, whose heart-beat is not held up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
WORKERS = 2


class Hands:
    """Does jobs, at most `WORKERS` at once, in the order they were given."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="ocr")

    async def do(self, job: Callable[[], T]) -> T:
        """Do one job; a cancel takes it back when it was not begun, and leaves it to end otherwise."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, job)

    async def all(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """Do all, side by side; the first failure is raised, after what had begun has ended."""
        done = await asyncio.gather(*(self.do(job) for job in jobs), return_exceptions=True)
        failed = [it for it in done if isinstance(it, BaseException)]
        if failed:
            raise failed[0]
        return [it for it in done if not isinstance(it, BaseException)]

    def close(self) -> None:
        """Take no more jobs; what has begun ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)
