"""Which vendors' libraries lie in the folder that the settings name. Names only: none is opened or loaded here."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from padkit_agent.core.found import FoundWire

VENDOR_LIBRARIES = "PADKIT_VENDOR_LIBRARIES"  # the folder, in a worker's environment
SUFFIX = ".so"
MOST = 64  # files of the folder


@dataclass(frozen=True, slots=True)
class LibraryScan:
    """Looks at one folder, after `others` looked for wires; None: no library is ever found."""

    folder: Path | None
    others: Callable[[], tuple[FoundWire, ...]] = tuple

    def __call__(self) -> tuple[FoundWire, ...]:
        """What the others found, and the libraries that are there now, by name."""
        return (*self.others(), *self._libraries())

    def _libraries(self) -> tuple[FoundWire, ...]:
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
