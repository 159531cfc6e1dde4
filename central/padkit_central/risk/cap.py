"""How many kits may be locked by themselves within an hour: above it a lock is proposed to a person. No clock."""

from __future__ import annotations

from collections import deque

HOUR_S = 3600


class LockCap:
    """Counts automatic locks over all kits. A mistaken rule stops few of them, not the province."""

    def __init__(self, per_hour: int, before: tuple[int, ...] = ()) -> None:
        self._per_hour = per_hour
        self._taken = deque(sorted(before))

    def take(self, at: int) -> bool:
        """Take one lock, if one is left."""
        while self._taken and self._taken[0] <= at - HOUR_S:
            self._taken.popleft()
        if len(self._taken) >= self._per_hour:
            return False
        self._taken.append(at)
        return True
