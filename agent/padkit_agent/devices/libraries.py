"""Which vendors' libraries lie in the folder that the settings name. Names only: none is opened or loaded here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from padkit_agent.core.found import FoundWire

SUFFIX = ".so"
MOST = 64  # files of the folder


@dataclass(frozen=True, slots=True)
class LibraryScan:
    """Looks at one folder; None: no library is ever found."""

    folder: Path | None

    def __call__(self) -> tuple[FoundWire, ...]:
        """The libraries that are there now, by name."""
        if self.folder is None:
            return ()
        try:
            with os.scandir(self.folder) as entries:
                found = [self._wire(entry) for entry in entries if SUFFIX in entry.name and entry.is_file()]
        except OSError:
            return ()
        return tuple(sorted(found)[:MOST])

    @staticmethod
    def _wire(entry: os.DirEntry[str]) -> FoundWire:
        seen = entry.stat()
        return FoundWire(entry.name, entry.path, instance=(seen.st_ino, seen.st_mtime_ns), kind="library")
