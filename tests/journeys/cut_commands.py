"""Central with a power switch at the commits of commands: asked, about to leave, told what became of them.

A file `CUT` beside the settings arms it: ``before 2`` means that the second such commit is not made, ``after`` that it is made
and nothing behind it. The file is taken away before the process dies; what each commit makes durable is written to `POINTS`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from padkit_central.app import serve
from padkit_central.config import load
from padkit_central.store import Point, Store

CUT, POINTS = "cut-commands", "points-commands"
OURS = frozenset({Point.ASKED, Point.PUSHED, Point.ENDED})


class PowerSwitch(Store):
    """A store that can lose power."""

    def __init__(self, path: Path, *, ids: Callable[[], str], at: Callable[[], str]) -> None:
        super().__init__(path, ids=ids, at=at)
        self._folder = path.parent
        self._armed = ""
        self._count = 0

    def commit(self, points: frozenset[Point]) -> None:
        meant = points & OURS
        mode, number = self._order()
        if meant:
            self._count += 1
            with (self._folder / POINTS).open("a") as told:
                told.write(" ".join(sorted(point.value for point in meant)) + "\n")
        cut = bool(meant) and self._count == number
        if cut and mode == "before":
            self._die()
        super().commit(points)
        if cut and mode == "after":
            self._die()

    def _order(self) -> tuple[str, int]:
        """Return what the file says; a new order counts from its own arrival."""
        file = self._folder / CUT
        text = file.read_text() if file.exists() else ""
        if text != self._armed:
            self._armed, self._count = text, 0
        mode, number = text.split() if text else ("", "0")
        return mode, int(number)

    def _die(self) -> None:
        (self._folder / CUT).unlink()
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    config = load(Path(sys.argv[sys.argv.index("--config") + 1]))
    serve(config, ready=lambda url: print(f'{{"event":"ready","url":"{url}"}}', flush=True), store_factory=PowerSwitch)  # noqa: T201
