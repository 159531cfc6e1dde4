"""Opening the database file, and turning the library's errors into the store's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from padkit_central.store.errors import StoreFailed

BUSY_MS = 10_000  # another process (a command of the same program) may hold the write lock this long


def connect(path: Path) -> sqlite3.Connection:
    """Open for writing: WAL, and a commit is on the disk when it returns. Raises `StoreFailed`."""
    with translated(path):
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute(f"pragma busy_timeout={BUSY_MS}")
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=full")
        connection.row_factory = sqlite3.Row
        return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open for reading only; the file must be there. Raises `StoreFailed`."""
    with translated(path):
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        connection.execute(f"pragma busy_timeout={BUSY_MS}")
        connection.row_factory = sqlite3.Row
        return connection


@contextmanager
def translated(where: object) -> Iterator[None]:
    """Raise `StoreFailed` in place of an error of the library."""
    try:
        yield
    except sqlite3.Error as exc:
        raise StoreFailed(f"database {where}: {exc}; look at disk space and rights") from exc
