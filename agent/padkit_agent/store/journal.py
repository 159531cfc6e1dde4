"""Rows of the flow journal: append-only, one per step, personal content sealed."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import msgspec

from padkit_agent.store.rows import JournalRow
from padkit_agent.store.schema import FORMAT
from padkit_agent.store.vault import Vault
from padkit_sdk.errors import Refused


class _Body(msgspec.Struct, array_like=True, frozen=True):
    event: bytes
    flow: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """One journal row read back."""

    seq: int
    flow_id: str
    at: str
    phase: str
    action: str
    event: bytes
    flow: bytes


def append(connection: sqlite3.Connection, vault: Vault, row: JournalRow) -> int:
    """Write one step and move the flow's head to it. Returns the row's number."""
    seq = int(connection.execute("SELECT coalesce(max(seq), 0) + 1 FROM journal").fetchone()[0])
    body = vault.seal(msgspec.msgpack.encode(_Body(row.event, row.flow)), f"journal:{seq}:{row.flow_id}")
    connection.execute(
        "INSERT INTO journal (seq, flow, fmt, at, phase, action, sealed) VALUES (?,?,?,?,?,?,?)",
        (seq, row.flow_id, FORMAT, row.at, row.phase, row.action, body),
    )
    connection.execute(
        "INSERT INTO flow (id, business, phase, begun_at, ended, last) VALUES (?,?,?,?,?,?)"
        " ON CONFLICT(id) DO UPDATE SET phase=excluded.phase, ended=excluded.ended, last=excluded.last",
        (row.flow_id, row.business, row.phase, row.at, int(row.ended), seq),
    )
    return seq


def _read(vault: Vault, row: tuple[int, str, int, str, str, str, bytes]) -> Step:
    seq, flow_id, fmt, at, phase, action, sealed = row
    if fmt > FORMAT:
        raise Refused("journal.format", f"journal row {seq}: format {fmt}, this agent knows up to {FORMAT}; update it")
    body = msgspec.msgpack.decode(vault.open(sealed, f"journal:{seq}:{flow_id}"), type=_Body)
    return Step(seq, flow_id, at, phase, action, body.event, body.flow)


_COLUMNS = "journal.seq, journal.flow, journal.fmt, journal.at, journal.phase, journal.action, journal.sealed"


def heads(connection: sqlite3.Connection, vault: Vault, *, open_only: bool) -> tuple[Step, ...]:
    """Return the last step of every flow (or of the open ones), oldest flow first."""
    where = "WHERE flow.ended = 0" if open_only else ""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM flow JOIN journal ON journal.seq = flow.last {where} ORDER BY flow.id"  # noqa: S608
    ).fetchall()
    return tuple(_read(vault, row) for row in rows)


def steps(connection: sqlite3.Connection, vault: Vault, flow_id: str) -> tuple[Step, ...]:
    """Return every step of one flow, in order."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM journal WHERE flow = ? ORDER BY seq", (flow_id,)).fetchall()  # noqa: S608
    return tuple(_read(vault, row) for row in rows)
