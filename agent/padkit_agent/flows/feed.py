"""What is happening, for whoever watches: one `Progress` per step, numbered, with nothing personal in it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from msgspec.structs import replace

KEPT = 1024  # lines that a watcher may be behind


class Progress(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of progress.

    `kind` is ``doing``, ``done``, ``asked``, ``hint``, ``ended``, ``halted``; of the kit itself ``notice`` (central says
    something), ``standing`` (how the kit stands now), ``session`` (somebody signed in or out at a page), ``device`` (its
    `state` now) and ``queue`` (what waits for central); of the stream itself ``joined`` and ``gap``: the lines after `seq`
    follow, those between are lost.
    `seconds` the action took; `seq` numbers the lines of one `run` of the agent, from 1.
    """

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
    state: str = ""
    seq: int = 0
    run: str = ""


class Feed:
    """Numbers the lines and keeps the last of them; each watcher reads at his own pace, and nobody waits for him.

    `run` names this run of the agent: numbers of another run mean nothing.
    """

    def __init__(self, run: str = "") -> None:
        self.run = run
        self.last = 0
        self._lines: deque[Progress] = deque(maxlen=KEPT)
        self._watchers: set[Watcher] = set()

    @property
    def watched(self) -> int:
        """How many watch."""
        return len(self._watchers)

    def say(self, line: Progress) -> None:
        """Tell all watchers."""
        self.last += 1
        self._lines.append(replace(line, seq=self.last))
        for watcher in self._watchers:
            watcher.news.set()

    def next(self, after: int) -> Progress | None:
        """Return the line after number `after`, or a ``gap`` when it is gone already; None when it was not said yet."""
        if after >= self.last:
            return None
        first = self.last - len(self._lines) + 1
        return self.mark("gap", first - 1) if after < first - 1 else self._lines[after + 1 - first]

    def has(self, after: int) -> bool:
        """Tell whether every line after number `after` is still kept."""
        return after >= self.last - len(self._lines)

    def mark(self, kind: str, seq: int) -> Progress:
        """Return a line of the stream itself: what follows comes after number `seq` of this run."""
        return Progress(kind, "", "", "", "", seq=seq, run=self.run)

    @contextmanager
    def watch(self, after: int | None = None) -> Iterator[Watcher]:
        """Watch from now on, or from the line after number `after`."""
        watcher = Watcher(self, self.last if after is None else after)
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)


class Watcher:
    """One watcher's place in the feed. One that falls too far behind loses the oldest lines and is told by a ``gap``."""

    def __init__(self, feed: Feed, after: int) -> None:
        self._feed = feed
        self._after = after
        self.news = asyncio.Event()

    def empty(self) -> bool:
        """Tell whether everything was read."""
        return self._feed.next(self._after) is None

    async def get(self) -> Progress:
        """Return the next line as soon as it was said. A cancel loses none."""
        while (line := self._feed.next(self._after)) is None:
            self.news.clear()
            await self.news.wait()
        self._after = line.seq
        return line

    def get_nowait(self) -> Progress:
        """Return the next line. Raises `LookupError` when everything was read."""
        line = self._feed.next(self._after)
        if line is None:
            raise LookupError("no line is waiting; look with `empty` first")
        self._after = line.seq
        return line
