"""The two clocks as one argument: wall time for records, steady time for timers. Only the composition roots make a real one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """`now_s` is seconds since 1970 (UTC); `mono_s` never goes back; `sleep` waits on the steady clock."""

    now_s: Callable[[], float]
    mono_s: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]

    def iso(self) -> str:
        """Return wall time as ISO 8601 in UTC with milliseconds."""
        return datetime.fromtimestamp(self.now_s(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
