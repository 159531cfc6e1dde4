"""How much a worker may say unasked: a bucket that fills with time and empties with every word. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    """Holds at most `capacity`, gains `refill_per_s`; starts full at `at_mono_s`."""

    capacity: float
    refill_per_s: float
    at_mono_s: float
    level: float = -1.0

    def take(self, amount: float, now_mono_s: float) -> bool:
        """Take `amount` out; False when there was not enough, which is a flood."""
        level = self.capacity if self.level < 0 else self.level
        level = min(self.capacity, level + (now_mono_s - self.at_mono_s) * self.refill_per_s)
        self.at_mono_s = now_mono_s
        self.level = max(0.0, level - amount)
        return level >= amount
