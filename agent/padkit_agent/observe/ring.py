"""The last lines of the agent's log, kept in memory for a support bundle; the oldest go when it is full."""

from __future__ import annotations

from collections import deque

MAX_BYTES = 262_144


class LogRing:
    """Holds masked lines, together at most `max_bytes`. A line that is longer by itself is cut."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lines: deque[bytes] = deque()
        self._size = 0

    def keep(self, line: str) -> None:
        """Remember one line."""
        raw = line.encode()[: self._max_bytes]
        self._lines.append(raw)
        self._size += len(raw)
        while self._size > self._max_bytes:
            self._size -= len(self._lines.popleft())

    def lines(self) -> tuple[str, ...]:
        """Return what is remembered, the oldest first."""
        return tuple(raw.decode("utf-8", "replace") for raw in self._lines)
