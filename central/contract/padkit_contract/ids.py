"""Identifiers made from an injected clock and injected chance: UUIDv7 (RFC 9562, 5.7), kept in the order they were made."""

from __future__ import annotations

from collections.abc import Callable

MAX_COUNTER = 0xFFF


class Uuid7:
    """Makes UUIDv7 texts; calls within one millisecond count up in `rand_a`, so texts of one maker sort as made.

    A clock that goes backwards does not: the last millisecond is kept until the clock has passed it.
    """

    def __init__(self, now_ms: Callable[[], int], random_bytes: Callable[[int], bytes]) -> None:
        self._now_ms = now_ms
        self._random_bytes = random_bytes
        self._last_ms = 0
        self._counter = 0

    def __call__(self) -> str:
        now_ms = self._now_ms()
        if now_ms > self._last_ms:
            self._last_ms, self._counter = now_ms, 0
        elif self._counter < MAX_COUNTER:
            self._counter += 1
        else:
            self._last_ms, self._counter = self._last_ms + 1, 0
        tail = int.from_bytes(self._random_bytes(8), "big") & ((1 << 62) - 1)
        value = (self._last_ms << 80) | (0x7 << 76) | (self._counter << 64) | (0b10 << 62) | tail
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
