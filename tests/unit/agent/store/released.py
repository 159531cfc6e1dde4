"""Stores as released versions left them, each with a flow open. One builder a schema; never edited once released."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec

from padkit_agent.store import Vault

VERSION_1 = """
CREATE TABLE journal (seq INTEGER PRIMARY KEY, flow TEXT NOT NULL, fmt INTEGER NOT NULL, at TEXT NOT NULL,
  phase TEXT NOT NULL, action TEXT NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX idx_journal_flow_seq ON journal (flow, seq);
CREATE TABLE flow (id TEXT PRIMARY KEY, business TEXT, phase TEXT, begun_at TEXT, ended INTEGER, last INTEGER);
CREATE TABLE outbox (envelope TEXT PRIMARY KEY, seq INTEGER, business TEXT, flow TEXT, priority INTEGER, state TEXT,
  needs_c3 INTEGER, at TEXT, sealed BLOB, reply BLOB);
CREATE INDEX idx_outbox_state_priority_seq ON outbox (state, priority, seq);
CREATE TABLE ledger (seq INTEGER PRIMARY KEY, voucher TEXT, flow TEXT, state TEXT, at TEXT, sealed BLOB);
CREATE INDEX idx_ledger_voucher_seq ON ledger (voucher, seq);
CREATE TABLE kit_case (id TEXT PRIMARY KEY, flow TEXT, reason TEXT, at TEXT, stops_box INTEGER, closed_at TEXT,
  closed_by TEXT);
CREATE TABLE fact (name TEXT PRIMARY KEY, sealed BLOB);
PRAGMA user_version = 1;
"""


def build_version_1(path: Path, vault: Vault) -> None:
    """A kit whose agent stopped with flow F1 in CARD_STAGED and one message unsent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript(VERSION_1)
    body = msgspec.msgpack.encode([b'{"ev":"waived","step":"authorisation"}', b'{"id":"F1"}'])
    at = "2026-11-22T08:00:00.000Z"
    connection.execute(
        "INSERT INTO journal VALUES (1, 'F1', 1, ?, 'CARD_STAGED', 'read_chip', ?)",
        (at, vault.seal(body, "journal:1:F1")),
    )
    connection.execute("INSERT INTO flow VALUES ('F1', 'ACC-01', 'CARD_STAGED', ?, 0, 1)", (at,))
    line = (
        b'{"seq":1,"batch":"B1","voucher":"000001","card_no":"6200000000000001","state":"staged","at":"x","flow":"F1"}'
    )
    connection.execute(
        "INSERT INTO ledger VALUES (1, '000001', 'F1', 'staged', ?, ?)", (at, vault.seal(line, "ledger:1"))
    )
    connection.execute(
        "INSERT INTO outbox VALUES ('e1', 1, 'card.ledger', 'F1', 1, 'waiting', 0, ?, ?, NULL)",
        (at, vault.seal(b"body", "outbox:e1")),
    )
    connection.commit()
    connection.close()
