"""Rows of the outbox: what central must get, whatever happens to the network or to us.

States: ``waiting`` (to be sent, and sent again until answered), ``done`` (answered), ``held`` (not sent any more; its
outcome is inquired), ``refused`` (central will never take it; set aside with its answer).
"""

from __future__ import annotations

import sqlite3

from padkit_agent.store.rows import Due, OutboxRow
from padkit_agent.store.vault import Vault
from padkit_sdk.errors import Refused


def append(connection: sqlite3.Connection, vault: Vault, row: OutboxRow) -> int:
    """Write one row; the same envelope id twice is one row. Returns its place in the kit's chain."""
    known = connection.execute("SELECT seq FROM outbox WHERE envelope = ?", (row.envelope,)).fetchone()
    if known:
        return int(known[0])
    seq = int(connection.execute("SELECT coalesce(max(seq), 0) + 1 FROM outbox").fetchone()[0])
    connection.execute(
        "INSERT INTO outbox (envelope, seq, business, flow, priority, state, needs_c3, at, sealed, reply)"
        " VALUES (?,?,?,?,?,'waiting',?,?,?,NULL)",
        (
            row.envelope,
            seq,
            row.business,
            row.flow_id,
            row.priority,
            int(row.needs_c3),
            row.at,
            vault.seal(row.body, f"outbox:{row.envelope}"),
        ),
    )
    return seq


def due(connection: sqlite3.Connection, vault: Vault, limit: int) -> tuple[Due, ...]:
    """Return what waits, most urgent first, then in order; a row that was damaged is told as such and hides no other."""
    rows = connection.execute(
        "SELECT envelope, seq, business, flow, needs_c3, sealed FROM outbox WHERE state = 'waiting'"
        " ORDER BY priority, seq LIMIT ?",
        (limit,),
    ).fetchall()
    return tuple(_due(vault, *row) for row in rows)


def _due(vault: Vault, envelope: str, seq: int, business: str, flow: str, needs_c3: int, sealed: bytes) -> Due:
    try:
        return Due(envelope, seq, business, flow, bool(needs_c3), vault.open(sealed, f"outbox:{envelope}"))
    except Refused as exc:
        return Due(envelope, seq, business, flow, bool(needs_c3), b"", damage=str(exc))


def mark(connection: sqlite3.Connection, vault: Vault, envelope: str, state: str, reply: bytes) -> None:
    """Set a waiting row's end; a row that has one keeps it."""
    connection.execute(
        "UPDATE outbox SET state = ?, reply = ? WHERE envelope = ? AND state = 'waiting'",
        (state, vault.seal(reply, f"reply:{envelope}"), envelope),
    )


def reply_to(connection: sqlite3.Connection, vault: Vault, envelope: str) -> bytes | None:
    """Return the answer that was kept for a row; None while it waits, or when it was held without one."""
    row = connection.execute(
        "SELECT reply FROM outbox WHERE envelope = ? AND state IN ('done', 'refused')", (envelope,)
    ).fetchone()
    return vault.open(row[0], f"reply:{envelope}") if row else None


def unsent(connection: sqlite3.Connection) -> int:
    """Count what central has not answered yet."""
    return int(connection.execute("SELECT count(*) FROM outbox WHERE state = 'waiting'").fetchone()[0])


def hold_lost_c3(connection: sqlite3.Connection) -> int:
    """After a start: rows whose C3 part was only in memory are not sent any more; their serial is inquired."""
    return connection.execute("UPDATE outbox SET state = 'held' WHERE state = 'waiting' AND needs_c3 = 1").rowcount
