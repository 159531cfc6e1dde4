"""What is happening, for whoever watches: one `Progress` per step, with nothing personal in it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

QUEUE = 1024


class Progress(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of progress. `kind` is ``doing``, ``done``, ``asked``, ``hint``, ``ended``, ``halted``, and of the kit itself
    ``notice`` (central says something) and ``standing`` (how the kit stands now); `seconds` the action took."""

    kind: str
    flow: str
    phase: str
    action: str
    at: str
    event: str = ""
    device: str = ""
    seconds: float = 0.0
    note: str = ""
    choices: tuple[str, ...] = ()


class Feed:
    """Gives every watcher its own queue; one that does not read loses its oldest lines, nobody waits for it."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Progress]] = set()

    def say(self, line: Progress) -> None:
        """Tell all watchers."""
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(line)

    @contextmanager
    def watch(self) -> Iterator[asyncio.Queue[Progress]]:
        """Watch from now on."""
        queue: asyncio.Queue[Progress] = asyncio.Queue(QUEUE)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)
