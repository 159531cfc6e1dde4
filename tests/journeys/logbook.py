"""The log of one part, read from a moment on: what was said, in which order."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Line = dict[str, Any]


class Logbook:
    """The JSON lines that a log grows by from now on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._from = path.stat().st_size if path.exists() else 0

    def lines(self) -> list[Line]:
        """Return the whole lines so far."""
        with self._path.open("rb") as log:
            log.seek(self._from)
            whole, _, _ = log.read().rpartition(b"\n")
        return [json.loads(line) for line in whole.splitlines() if line.startswith(b"{")]

    def find(self, event: str, **fields: Any) -> list[Line]:
        """Return the lines of this event with these fields."""
        return [it for it in self.lines() if it.get("event") == event and fields.items() <= it.items()]

    def place(self, seen: Callable[[Line], bool]) -> int:
        """Return where the first line stands that is looked for; fails when there is none."""
        return next(number for number, line in enumerate(self.lines()) if seen(line))
