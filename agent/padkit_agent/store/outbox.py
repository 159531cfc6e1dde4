"""Rows of the outbox: what central must get, whatever happens to the network or to us.

States: ``waiting`` (to be sent, and sent again until answered), ``done`` (answered), ``held`` (not sent any more; its
outcome is inquired), ``refused`` (central will never take it; set aside with its answer).

The rows are one chain: each names the link of the one before it. A row that will not be sent leaves no hole, because
another one says so (`ChainVoid`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection

from padkit_agent.store.rows import Due, OutboxRow
from padkit_agent.store.vault import Vault
from padkit_contract import chain
from padkit_contract.authorise import AUTH_WITHDRAW, AUTHORISE
from padkit_contract.contact import LOST_C3, ChainHead, ChainVoid
from padkit_sdk.errors import Refused

MakeVoid = Callable[[ChainVoid], OutboxRow]
OF_CATALOGUE = "GLOB '[A-Z][A-Z][A-Z]-[0-9]*'"  # functions and operations: what goes on to the bank


def _in_order(table: str) -> str:
    """Of one flow, these messages wait for each other: one undoes what the other does."""
    return f"({table}.business {OF_CATALOGUE} OR {table}.business IN ('{AUTHORISE}', '{AUTH_WITHDRAW}'))"


_OVERTAKES = (
    f"{_in_order('outbox')} AND EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.flow = outbox.flow"  # noqa: S608
    f" AND {_in_order('earlier')}"
    " AND earlier.business <> outbox.business AND earlier.seq < outbox.seq AND earlier.state = 'waiting')"
)


def append(connection: sqlite3.Connection, vault: Vault, row: OutboxRow) -> int:
    """Write one row; the same envelope id twice is one row. Returns its place in the kit's chain."""
    known = connection.execute("SELECT seq FROM outbox WHERE envelope = ?", (row.envelope,)).fetchone()
    if known:
        return int(known[0])
    last = head(connection)
    seq, previous = last.seq + 1, last.link or chain.START  # records of before stand outside the chain
    link = chain.link_of(previous, seq, row.envelope, row.business, row.body)
    sealed = vault.seal(row.body, f"outbox:{row.envelope}")
    connection.execute(
        "INSERT INTO outbox (envelope, seq, business, flow, priority, state, needs_c3, at, sealed, reply, previous, link)"
        " VALUES (?,?,?,?,?,'waiting',?,?,?,NULL,?,?)",
        (
            *(row.envelope, seq, row.business, row.flow_id, row.priority, int(row.needs_c3), row.at),
            *(sealed, previous, link),
        ),
    )
    return seq


def head(connection: sqlite3.Connection) -> ChainHead:
    """Return the chain's last record; its link is empty when there is none, or none that is in the chain."""
    row = connection.execute("SELECT seq, link FROM outbox ORDER BY seq DESC LIMIT 1").fetchone()
    return ChainHead(*row) if row else ChainHead(0, "")


def due(connection: sqlite3.Connection, vault: Vault, limit: int, but: Collection[str] = ()) -> tuple[Due, ...]:
    """Return what may be sent, most urgent first, then in order, without the envelopes `but`.

    A row that was damaged is told as such and hides no other. What is about a serial overtakes nothing said of it.
    """
    rows = connection.execute(
        "SELECT envelope, seq, previous, business, flow, needs_c3, link, sealed FROM outbox WHERE state = 'waiting'"  # noqa: S608
        f" AND NOT ({_OVERTAKES}) ORDER BY priority, seq LIMIT ?",
        (limit + len(but),),
    ).fetchall()
    return tuple(_due(vault, *row) for row in [row for row in rows if row[0] not in but][:limit])


def _due(
    vault: Vault,
    envelope: str,
    seq: int,
    previous: str,
    business: str,
    flow: str,
    needs_c3: int,
    link: str,
    sealed: bytes,
) -> Due:
    body, damage = b"", ""
    try:
        body = vault.open(sealed, f"outbox:{envelope}")
    except Refused as exc:
        damage = str(exc)
    if not damage and link and chain.link_of(previous, seq, envelope, business, body) != link:
        damage = f"record {seq} of the chain is not the one that was written; the row was changed"
    return Due(envelope, seq, previous, business, flow, bool(needs_c3), b"" if damage else body, damage)


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


def unsent_since(connection: sqlite3.Connection) -> str:
    """Return when the oldest message that central has not answered was written; empty when there is none."""
    row = connection.execute("SELECT at FROM outbox WHERE state = 'waiting' ORDER BY seq LIMIT 1").fetchone()
    return str(row[0]) if row else ""


def void(
    connection: sqlite3.Connection, vault: Vault, envelope: str, state: str, reply: bytes, why: str, make: MakeVoid
) -> bool:
    """End a waiting row that will not be sent (again), and queue the record that tells of it. False when it had ended."""
    row = connection.execute(
        "SELECT seq, envelope, business, previous, link FROM outbox WHERE envelope = ? AND state = 'waiting'",
        (envelope,),
    ).fetchone()
    if row is None:
        return False
    mark(connection, vault, envelope, state, reply)
    seq, _, business, previous, link = row
    if link:
        append(connection, vault, make(ChainVoid(seq, envelope, business, previous, link, why)))
    return True


def hold_lost_c3(connection: sqlite3.Connection, vault: Vault, make: MakeVoid) -> int:
    """After a start: rows whose C3 part was only in memory are not sent any more; their serial is inquired."""
    lost = connection.execute(
        "SELECT envelope FROM outbox WHERE state = 'waiting' AND needs_c3 = 1 ORDER BY seq"
    ).fetchall()
    return sum(void(connection, vault, envelope, "held", b"", LOST_C3, make) for (envelope,) in lost)
