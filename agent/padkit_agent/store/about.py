"""What the store can say of itself without opening anything sealed: versions, sizes and counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from padkit_agent.store.schema import LATEST

COUNTS = {
    "open_flows": "SELECT phase, count(*) FROM flow WHERE ended = 0 GROUP BY phase ORDER BY phase",
    "outbox": "SELECT state, count(*) FROM outbox GROUP BY state ORDER BY state",
    "waiting": "SELECT business, count(*) FROM outbox WHERE state = 'waiting' GROUP BY business ORDER BY business",
    "open_cases": "SELECT reason, count(*) FROM kit_case WHERE closed_at = '' GROUP BY reason ORDER BY reason",
    "cards": "SELECT state, count(*) FROM ledger WHERE seq IN (SELECT max(seq) FROM ledger GROUP BY voucher)"
    " GROUP BY state ORDER BY state",
}


@dataclass(frozen=True, slots=True)
class About:
    """One look. `counts` has a table for each subject: rows by phase, state, business or reason."""

    sqlite: str
    schema: int
    latest_schema: int
    pages: int
    page_bytes: int
    journal_rows: int
    counts: Mapping[str, Mapping[str, int]]


def about(connection: sqlite3.Connection) -> About:
    """Look."""

    def one(query: str) -> int:
        return int(connection.execute(query).fetchone()[0])

    return About(
        sqlite=sqlite3.sqlite_version,
        schema=one("PRAGMA user_version"),
        latest_schema=LATEST,
        pages=one("PRAGMA page_count"),
        page_bytes=one("PRAGMA page_size"),
        journal_rows=one("SELECT count(*) FROM journal"),
        counts={subject: dict(connection.execute(query).fetchall()) for subject, query in COUNTS.items()},
    )
