"""Central with a power switch: the same program, whose store dies at a chosen commit of a chosen business.

A file `CUT` beside the settings arms it: ``ACC-01 before 2`` means that the second commit about an ACC-01 envelope (taken in,
booked in its chain, its `sent` row, its result, its reply) is not made, ``after`` that it is made and nothing
behind it. The file is taken away before the process dies. The names of what each of these commits makes durable are written to
`POINTS` as they come.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

from padkit_central.app import serve
from padkit_central.config import load
from padkit_central.store import Point, Store

CUT, POINTS = "cut-central", "points-central"
BUSINESSES = ("ACC-01", "OPS-16")
LOOK = """select
 (select count(*) from intake where business=?1),
 (select count(*) from intake where business=?1 and state<>'waiting'),
 (select count(*) from chain c join intake i on i.entity=c.entity and i.kit=c.kit and i.envelope=c.envelope
  where i.business=?1),
 (select group_concat(s.serial||s.attempt||s.state) from submission s join intake i on i.id=s.intake where i.business=?1)"""


class PowerSwitch(Store):
    """A store that can lose power."""

    def __init__(self, path: Path, *, ids: Callable[[], str], at: Callable[[], str]) -> None:
        super().__init__(path, ids=ids, at=at)
        self._folder = path.parent
        self._armed = ""
        self._count = 0
        self._stood = {business: look(self._writing, business) for business in BUSINESSES}

    def commit(self, points: frozenset[Point]) -> None:
        business, mode, number = self._order()
        stands = {each: look(self._writing, each) for each in BUSINESSES}
        meant = business != "" and stands[business] != self._stood[business]
        if meant:
            self._count += 1
            with (self._folder / POINTS).open("a") as told:
                told.write(" ".join(sorted(point.value for point in points)) + "\n")
        if meant and mode == "before" and self._count == number:
            self._die()
        super().commit(points)
        if meant and mode == "after" and self._count == number:
            self._die()
        self._stood = stands

    def _order(self) -> tuple[str, str, int]:
        """Return what the file says; a new order counts from its own arrival."""
        file = self._folder / CUT
        text = file.read_text() if file.exists() else ""
        if text != self._armed:
            self._armed, self._count = text, 0
        business, mode, number = text.split() if text else ("", "", "0")
        return business, mode, int(number)

    def _die(self) -> None:
        (self._folder / CUT).unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def look(connection: sqlite3.Connection, business: str) -> tuple[object, ...]:
    """Return what the commits about `business` change."""
    return tuple(connection.execute(LOOK, (business,)).fetchone())


if __name__ == "__main__":
    config = load(Path(sys.argv[sys.argv.index("--config") + 1]))
    serve(config, ready=lambda url: print(f'{{"event":"ready","url":"{url}"}}', flush=True), store_factory=PowerSwitch)  # noqa: T201
