"""The audit door: everything that the compare wants, read from the file without taking part in writing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from padkit_central.store.errors import StoreFailed
from padkit_central.store.records import Books
from padkit_central.store.sqlite import cards, papers, submissions
from padkit_central.store.sqlite.connection import connect_to_read, translated


def read_books(path: Path) -> Books:
    """Return the books as of now, in one view. Raises `StoreFailed`."""
    if not path.exists():
        raise StoreFailed(f"database {path}: is not there; start the service once, or name another in the settings")
    with closing(connect_to_read(path)) as connection, translated(path):
        connection.execute("begin")
        return _read(connection)


def _read(connection: sqlite3.Connection) -> Books:
    return Books(
        cards=tuple(cards.everything(connection)),
        submissions=tuple(submissions.everything(connection)),
        cases=tuple(papers.cases(connection)),
        core_ok=frozenset(papers.serials_with(connection, "CORE_OK")),
        taken=frozenset(papers.serials_with(connection, "CARD_TAKEN")),
        ended=frozenset(papers.serials_with(connection, "")),
    )
