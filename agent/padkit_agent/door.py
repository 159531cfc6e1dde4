"""The kit's audit door: where each card is, by the kit's own store, for whoever compares it with the other witnesses.

Reads the database beside a running agent, changes nothing.
"""

from __future__ import annotations

import secrets
import sqlite3
from typing import Any

import msgspec

from padkit_agent.config import Settings
from padkit_agent.core.flow import Flow
from padkit_agent.store import FileVault, journal, ledger, outbox
from padkit_agent.store.kit import cases_of
from padkit_sdk.errors import Refused


async def read_door(settings: Settings) -> dict[str, Any]:
    """Return cards, open flows, cases and the outbox's length. Raises `Refused` ``store.missing``, ``vault.damaged``."""
    path = settings.store.path
    vault = FileVault.load(settings.keys.data_key, secrets.token_bytes)
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    except sqlite3.Error as exc:
        raise Refused("store.missing", f"store {path}: {exc}; was the agent ever started?") from exc
    try:
        connection.execute("BEGIN")
        flows = [msgspec.json.decode(it.flow, type=Flow) for it in journal.heads(connection, vault, open_only=True)]
        return {
            "cards": [
                {
                    "voucher": it.voucher,
                    "card_no": it.card_no,
                    "state": it.state.value,
                    "read": it.read,
                    "flow": it.flow,
                }
                for it in ledger.events(connection, vault, last_only=True)
            ],
            "open_flows": [{"flow": it.id, "state": it.phase.value} for it in flows],
            "cases": [
                {"id": it.id, "flow": it.flow_id, "reason": it.reason, "voucher": voucher_of(connection, it.flow_id)}
                for it in cases_of(connection, open_only=False)
            ],
            "outbox": {"unsent": outbox.unsent(connection)},
        }
    except sqlite3.Error as exc:
        raise Refused("store.unreadable", f"store {path}: {exc}; was the agent ever started?") from exc
    finally:
        connection.close()


def voucher_of(connection: sqlite3.Connection, flow_id: str) -> str:
    """Return the voucher of the last card the flow had in play, or nothing."""
    row = connection.execute(
        "SELECT voucher FROM ledger WHERE flow = ? ORDER BY seq DESC LIMIT 1", (flow_id,)
    ).fetchone()
    return row[0] if row else ""
