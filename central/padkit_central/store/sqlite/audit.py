"""SQL of the audit trail: lines are added and read, nothing else."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from padkit_central.store.trail import START, AuditRow

COLUMNS = "entity,number,who,what,body,at,previous,link"


def append(
    connection: sqlite3.Connection, entity: str, who: str, what: str, body: bytes, row_id: str, at: str
) -> AuditRow:
    """Add a line in the transaction of what it tells of; return it."""
    last = connection.execute(
        "select number,link from audit where entity=? order by number desc limit 1", (entity,)
    ).fetchone()
    number, previous = (last["number"] + 1, last["link"]) if last else (1, START)
    row = AuditRow(entity, number, who, what, body, at, previous, "")
    row = replace(row, link=row.right_link())
    connection.execute(
        f"insert into audit(id,{COLUMNS}) values(?,?,?,?,?,?,?,?,?)",
        (row_id, row.entity, row.number, row.who, row.what, row.body, row.at, row.previous, row.link),
    )
    return row


def rows(connection: sqlite3.Connection, entity: str, after: int, limit: int) -> list[AuditRow]:
    """Return up to `limit` lines of an entity behind number `after`, in order."""
    found = connection.execute(
        f"select {COLUMNS} from audit where entity=? and number>? order by number limit ?",  # noqa: S608  (constants)
        (entity, after, limit),
    )
    return [AuditRow(**row) for row in found]
