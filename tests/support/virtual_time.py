"""A loop whose clock jumps: when everything waits, the next timer is due at once. Work in threads takes no time on it."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

TICK_S = 1e-6


class VirtualLoop(asyncio.SelectorEventLoop):
    """Seconds pass only while nothing is ready to run, and a little at each look: a wait for the rest of a rounding ends."""

    def __init__(self) -> None:
        self.now_s = 1_000.0
        self.jobs = 0  # in threads
        super().__init__(_Jumping(self))

    def time(self) -> float:
        self.now_s += TICK_S
        return self.now_s

    def run_in_executor(self, executor, func, *args):
        self.jobs += 1
        job = super().run_in_executor(executor, func, *args)
        job.add_done_callback(self._done)
        return job

    def _done(self, _job) -> None:
        self.jobs -= 1

    async def shutdown_default_executor(self) -> None:
        self.jobs += 1  # a thread too, and it too says on this loop that it is done
        await super().shutdown_default_executor()
        self.jobs -= 1


class _Jumping(selectors.SelectSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout=None):
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if self._loop.jobs:
            return super().select(None)
        if timeout is None:
            raise RuntimeError("everything waits, and no timer is set: it would wait for ever")
        self._loop.now_s += timeout
        return []


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` to its end on a clock that jumps."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(work)
