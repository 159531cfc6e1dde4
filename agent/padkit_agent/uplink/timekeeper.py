"""Keeps trusted time on disk, so that it goes on from there after a power cut: at each word of central, often, and at the end."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from padkit_agent.core.clock import Clock
from padkit_agent.core.trusted_time import Known, Reading, TrustedTime
from padkit_agent.observe import Log
from padkit_agent.store import KitStore, StoreUnavailable

FACT = "time"
KEPT_EVERY_S = 30.0  # a power cut costs trusted time no more than this


class Timekeeper:
    """The one who moves `time`. `load` before anything is judged."""

    def __init__(self, time: TrustedTime, store: KitStore, clock: Clock, log: Log) -> None:
        self.time = time
        self._store = store
        self._clock = clock
        self._log = log

    async def load(self) -> None:
        """Go on from what is on disk."""
        raw = await self._store.fact(FACT)
        self.time.take_up(None if raw is None else msgspec.json.decode(raw, type=Known))
        for jump in self.time.known.jumps[-1:] if self.time.doubtful else ():
            self._log.warning("clock.jump", seconds=jump.seconds, at=jump.at)
        await self.save()

    async def run(self) -> None:
        """Look at the clocks and keep the time, until cancelled."""
        while True:
            await self._clock.sleep(KEPT_EVERY_S)
            await self.save()

    async def save(self) -> None:
        """Note a jump of the wall clock and write the time down; a disk that is full keeps nobody from working."""
        jump = self.time.look()
        if jump is not None:
            self._log.warning("clock.jump", seconds=jump.seconds, at=jump.at)
        try:
            await self._store.put_fact(FACT, msgspec.json.encode(self.time.known))
        except StoreUnavailable as exc:
            self._log.error("clock.store", why=str(exc))

    async def hear(self, central_ms: int, asked: Reading) -> None:
        """Take central's signed clock; see `TrustedTime.hear`. Raises `Refused` ``clock.*``."""
        self.time.hear(central_ms, asked)
        await self.save()


def clock_of(time: TrustedTime, clock: Clock) -> Clock:
    """Return `clock` with trusted time in place of the wall clock."""
    return Clock(time.now_s, clock.mono_s, clock.sleep)


def reader(boot: str, boottime_s: Callable[[], float], wall_s: Callable[[], float]) -> Callable[[], Reading]:
    """Return what looks at the machine's clocks."""
    return lambda: Reading(boot, boottime_s(), wall_s())
