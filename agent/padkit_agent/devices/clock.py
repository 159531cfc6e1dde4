"""The steady clock of this room, as an argument. `app` makes a `LoopClock`; tests step their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol


class Alarm(Protocol):
    """A callback that waits for its time."""

    def cancel(self) -> None:
        """Never call it, if it was not called yet."""
        ...


class SteadyClock(Protocol):
    """A steady clock with alarms, in seconds; its zero means nothing."""

    def now_mono_s(self) -> float:
        """The reading now."""
        ...

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Alarm:
        """Call `callback` after `delay_s`, from the event loop."""
        ...


class LoopClock:
    """The running event loop's own clock."""

    def now_mono_s(self) -> float:
        return asyncio.get_running_loop().time()

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Alarm:
        return asyncio.get_running_loop().call_later(delay_s, callback)


@asynccontextmanager
async def deadline(clock: SteadyClock, timeout_s: float) -> AsyncIterator[None]:
    """Raise `TimeoutError` when the block is not done after `timeout_s` on `clock`."""
    async with asyncio.timeout(None) as scope:
        alarm = clock.call_later(timeout_s, lambda: end_now(scope))
        try:
            yield
        finally:
            alarm.cancel()


def end_now(scope: asyncio.Timeout) -> None:
    """Let the block under `scope` end with `TimeoutError` at its next await."""
    scope.reschedule(asyncio.get_running_loop().time())


async def wait(clock: SteadyClock, event: asyncio.Event, timeout_s: float) -> bool:
    """Wait until `event` is set, at most `timeout_s` on `clock`; return whether it is."""
    try:
        async with deadline(clock, timeout_s):
            await event.wait()
    except TimeoutError:
        pass
    return event.is_set()
