"""A deadline that is spent once: every wait inside one call asks it how much is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the steady clock `now_mono_s`; `left_s` is never negative."""

    end_mono_s: float
    now_mono_s: Callable[[], float]

    @classmethod
    def after(cls, timeout_s: float, now_mono_s: Callable[[], float]) -> Deadline:
        """The moment `timeout_s` from now."""
        return cls(now_mono_s() + timeout_s, now_mono_s)

    def left_s(self) -> float:
        return max(0.0, self.end_mono_s - self.now_mono_s())

    def at_most(self, limit_s: float) -> float:
        """The shorter of `limit_s` and what is left."""
        return min(limit_s, self.left_s())
