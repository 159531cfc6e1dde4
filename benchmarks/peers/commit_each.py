"""The plain way with SQLite: one commit for each event. Same sealing, same safety (WAL, ``synchronous=FULL``), same disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from padkit_agent.store import OutboxRow, Vault

TABLE = "CREATE TABLE IF NOT EXISTS outbox (envelope TEXT PRIMARY KEY, business TEXT, at TEXT, sealed BLOB)"


def write_until(path: Path, vault: Vault, make: Callable[[int], OutboxRow], over: Callable[[], bool]) -> int:
    """Commit events one by one; return how many were."""
    count = 0
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(TABLE)
        while not over():
            row = make(count)
            sealed = vault.seal(row.body, f"outbox:{row.envelope}")
            connection.execute("INSERT INTO outbox VALUES (?,?,?,?)", (row.envelope, row.business, row.at, sealed))
            count += 1
    return count
