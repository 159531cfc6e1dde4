"""Rows for the tests of the store."""

from __future__ import annotations

from padkit_agent.store import JournalRow, LedgerRow, OutboxRow
from padkit_contract.contact import CHAIN_VOID, ChainVoid
from padkit_contract.messages import CardState, encode

AT = "2026-11-22T08:00:00.000Z"


def step(flow: str = "F1", *, phase: str = "STARTED", ended: bool = False, content: bytes = b"{}") -> JournalRow:
    return JournalRow(flow, "ACC-01", AT, phase, "waive", content, content, ended)


def message(
    envelope: str,
    *,
    business: str = "ACC-01",
    flow: str = "F1",
    priority: int = 1,
    needs_c3: bool = False,
    at: str = AT,
    body: bytes = b"body",
) -> OutboxRow:
    return OutboxRow(envelope, business, flow, priority, needs_c3, at, body)


def line(voucher: str, state: CardState = CardState.LOADED, *, card_no: str = "6200000000000001") -> LedgerRow:
    return LedgerRow("B1", voucher, card_no, state, read=True, reason="test", flow_id="F1", at=AT)


def void(told: ChainVoid) -> OutboxRow:
    return message(f"void-{told.envelope}", business=CHAIN_VOID, flow="", body=encode(told))
