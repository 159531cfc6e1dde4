"""Looking into a kit's store from outside, beside a running agent: one consistent view, nothing changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from padkit_agent.store import journal, ledger, outbox
from padkit_agent.store.kit import cases_of
from padkit_agent.store.orders import Books
from padkit_agent.store.rows import CaseRow
from padkit_agent.store.vault import Vault
from padkit_contract.messages import LedgerEvent
from padkit_sdk.errors import Refused


@dataclass(frozen=True, slots=True)
class View:
    """One look at the store."""

    cards: tuple[LedgerEvent, ...]
    open_flows: tuple[journal.Step, ...]
    cases: tuple[tuple[CaseRow, str], ...]  # with the voucher of the flow's last card
    unsent: int
    record: bytes | None  # the kit's own one; None when it is lost


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            yield connection
    except sqlite3.Error as exc:
        raise Refused("store.unreadable", f"store {path}: {exc}; was the agent ever started here?") from exc


def look(path: Path, vault: Vault) -> View:
    """Return what the store says now. Raises `Refused` ``store.unreadable``, ``vault.damaged``."""
    with _reading(path) as connection:
        return View(
            cards=ledger.events(connection, vault, last_only=True),
            open_flows=journal.heads(connection, vault, open_only=True),
            cases=tuple((it, _voucher(connection, it.flow_id)) for it in cases_of(connection, open_only=False)),
            unsent=outbox.unsent(connection),
            record=Books(connection, vault).record(),
        )


def _voucher(connection: sqlite3.Connection, flow_id: str) -> str:
    row = connection.execute(
        "SELECT voucher FROM ledger WHERE flow = ? ORDER BY seq DESC LIMIT 1", (flow_id,)
    ).fetchone()
    return str(row[0]) if row else ""
