"""The card ledger of the kit: append-only, numbered without holes; every card of the slip is somewhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from padkit_agent.store.rows import LedgerRow
from padkit_agent.store.vault import Vault
from padkit_contract.messages import CardState, LedgerEvent
from padkit_sdk.errors import Refused


def append(connection: sqlite3.Connection, vault: Vault, rows: Sequence[LedgerRow]) -> tuple[LedgerEvent, ...]:
    """Book lines and return them numbered."""
    first = int(connection.execute("SELECT coalesce(max(seq), 0) + 1 FROM ledger").fetchone()[0])
    events = tuple(
        LedgerEvent(
            seq, row.batch, row.voucher, row.card_no, row.state, row.at, row.flow_id, read=row.read, reason=row.reason
        )
        for seq, row in enumerate(rows, first)
    )
    connection.executemany(
        "INSERT INTO ledger (seq, voucher, flow, state, at, sealed) VALUES (?,?,?,?,?,?)",
        [
            (
                it.seq,
                it.voucher,
                it.flow,
                it.state.value,
                it.at,
                vault.seal(msgspec.json.encode(it), f"ledger:{it.seq}"),
            )
            for it in events
        ],
    )
    return events


def states(connection: sqlite3.Connection) -> dict[str, CardState]:
    """Return where each card is now, by voucher serial."""
    rows = connection.execute(
        "SELECT voucher, state FROM ledger WHERE seq IN (SELECT max(seq) FROM ledger GROUP BY voucher) ORDER BY seq"
    ).fetchall()
    return {voucher: _state(state, voucher) for voucher, state in rows}


def _state(name: str, place: str) -> CardState:
    try:
        return CardState(name)
    except ValueError as exc:
        raise Refused(
            "ledger.damaged", f"ledger, {place}: {name!r} is no state of a card; the row was changed"
        ) from exc


def events(connection: sqlite3.Connection, vault: Vault, *, last_only: bool = False) -> tuple[LedgerEvent, ...]:
    """Return ledger lines in order, opened and checked; only each card's last one when `last_only`."""
    where = "WHERE seq IN (SELECT max(seq) FROM ledger GROUP BY voucher)" if last_only else ""
    rows = connection.execute(f"SELECT seq, state, sealed FROM ledger {where} ORDER BY seq").fetchall()  # noqa: S608
    return tuple(_open(vault, seq, state, sealed) for seq, state, sealed in rows)


def _open(vault: Vault, seq: int, state: str, sealed: bytes) -> LedgerEvent:
    event = msgspec.json.decode(vault.open(sealed, f"ledger:{seq}"), type=LedgerEvent)
    if event.state.value != state:  # the readable column was changed; the sealed line is what was booked
        return msgspec.structs.replace(
            event, state=_state(state, event.voucher), reason=f"column says {state}, sealed says otherwise"
        )
    return event
