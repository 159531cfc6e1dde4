"""A wall clock and a steady clock that stand still until a test lets time pass."""

from __future__ import annotations

import asyncio

from padkit_agent.core.clock import Clock

BEGUN_S = 1_795_334_400.0  # 2026-11-22T08:00:00Z


class Stepping:
    """Sleepers wait until `step` has passed their time; `naps` lists what was slept, in order."""

    def __init__(self) -> None:
        self.now_s = BEGUN_S
        self.naps: list[float] = []
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._asleep = asyncio.Event()
        self.clock = Clock(lambda: self.now_s, lambda: self.now_s - BEGUN_S, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        future = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now_s + seconds, future))
        self._asleep.set()
        await future

    async def asleep(self, count: int = 1) -> None:
        """Wait until that many sleep."""
        while len([it for _, it in self._sleepers if not it.done()]) < count:
            self._asleep.clear()
            await self._asleep.wait()

    def step(self, seconds: float) -> None:
        self.now_s += seconds
        due = [it for it in self._sleepers if it[0] <= self.now_s]
        self._sleepers = [it for it in self._sleepers if it[0] > self.now_s]
        for _, future in due:
            if not future.done():
                future.set_result(None)
