"""The restart budget of one plugin and the back-off of one device. No I/O, no clock here."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field

RESTARTS = 3
WINDOW_S = 600.0
BACK_OFF_S = (0.1, 0.3, 1.0, 2.0, 5.0)
JITTER = 0.2  # of each back-off, so that devices behind one hub do not knock together


@dataclass(slots=True)
class RestartBudget:
    """At most `RESTARTS` restarts within `WINDOW_S`."""

    _spent_at_mono_s: deque[float] = field(default_factory=deque)

    def spend(self, now_mono_s: float) -> bool:
        """Take one restart out of the budget; False when none is left."""
        while self._spent_at_mono_s and now_mono_s - self._spent_at_mono_s[0] >= WINDOW_S:
            self._spent_at_mono_s.popleft()
        if len(self._spent_at_mono_s) >= RESTARTS:
            return False
        self._spent_at_mono_s.append(now_mono_s)
        return True

    def renew(self) -> None:
        """Forget what was spent."""
        self._spent_at_mono_s.clear()


def back_off_s(attempt: int, chance: random.Random) -> float:
    """Seconds to wait before try `attempt` (0 is the first repetition), with jitter."""
    base = BACK_OFF_S[min(attempt, len(BACK_OFF_S) - 1)]
    return base * (1.0 + JITTER * chance.random())
