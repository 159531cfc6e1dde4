"""Values that go into the store and come out of it."""

from __future__ import annotations

from dataclasses import dataclass

from padkit_contract.messages import CardState, LedgerEvent


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One step of a flow: what happened (`event`), the flow after it (both encoded), and the action about to be done.

    `phase` and `action` are names only; everything personal is inside `event` and `flow`, which are sealed.
    """

    flow_id: str
    business: str
    at: str
    phase: str
    action: str
    event: bytes
    flow: bytes
    ended: bool


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One ledger line to be booked; the store gives it its number."""

    batch: str
    voucher: str
    card_no: str
    state: CardState
    read: bool
    reason: str
    flow_id: str
    at: str


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message to central, durable before it is sent. Lower `priority` goes first. `body` is sealed on disk."""

    envelope: str
    business: str
    flow_id: str
    priority: int
    needs_c3: bool
    at: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Due:
    """An outbox row that waits to be sent; `sequence` is its place in the kit's chain, `previous` the link before it.

    `damage` says why its body cannot be opened or is not what was written; it will never be sent.
    """

    envelope: str
    sequence: int
    previous: str
    business: str
    flow_id: str
    needs_c3: bool
    body: bytes
    damage: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """Something a person must close. While a case with `stops_box` is open no card is staged."""

    id: str
    flow_id: str
    reason: str
    at: str
    stops_box: bool
    closed_at: str = ""
    closed_by: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a step left behind: the ledger events as numbered."""

    ledger: tuple[LedgerEvent, ...]
