"""What the kit tells the bank: catalogue fields from identity, form and card. C3 fields are joined when sent."""

from __future__ import annotations

from typing import Any

from padkit_agent.core.flow import Flow, FlowRefused
from padkit_agent.core.plan import NEW_CARD, Plan, WhichCard
from padkit_contract.authorise import AuthRequest, bound_digest
from padkit_contract.messages import EvidencePackage, Request

RESIDENT_ID = "110001"  # cert_type code of the resident identity card


def business(flow: Flow, plan: Plan, *, made_at: str) -> Request:
    """Return the request of `flow` without C3 fields: what its entry names, of what is known."""
    known = _known(flow)
    if plan.card is WhichCard.STOCK:
        known |= _stock_card(flow, plan)
    fields = {name: value for name, value in known.items() if name in plan.fields}
    ticket = flow.ticket.id if flow.ticket else ""
    return Request(flow.serial, flow.attempt, made_at, fields, flow.evidence, flow.checks, ticket)


def authorisation(flow: Flow, plan: Plan, *, made_at: str) -> AuthRequest:
    """Return the request for authorisation of `flow`."""
    fields, items = _key_fields(flow, plan), (flow.evidence, flow.checks)
    return AuthRequest(flow.serial, flow.round, made_at, flow.business, fields, *items, flow.people)


def bound(flow: Flow, plan: Plan) -> str:
    """Return what a ticket for `flow`, as it is now, would be bound to."""
    return bound_digest(flow.business, flow.serial, _key_fields(flow, plan), (*flow.evidence, *flow.checks))


def _key_fields(flow: Flow, plan: Plan) -> dict[str, Any]:
    return {name: value for name, value in _known(flow).items() if name in plan.fields}


def _known(flow: Flow) -> dict[str, Any]:
    return {**flow.inputs, **flow.identity}


def _stock_card(flow: Flow, plan: Plan) -> dict[str, Any]:
    if flow.card is None:
        raise FlowRefused(f"flow {flow.id}: no card to open an account for")
    return {
        NEW_CARD if plan.replaces else "card_no": flow.card.card_no,
        "card_seq": flow.card.seq,
        "voucher_batch": flow.card.batch,
        "voucher_serial": flow.card.voucher,
        "box_slot": "1",
    }


def reversal(flow: Flow, *, made_at: str) -> Request:
    """Return the reversal request (OPS-16) of `flow`, under its own serial."""
    fields: dict[str, Any] = {
        "orig_channel_serial": flow.serial,
        "orig_core_serial": str(flow.core.get("core_serial", "")),
        "remark": flow.evidence[-1].note if flow.evidence else "",
    }
    return Request(flow.reversal_serial, flow.reversal_attempt, made_at, fields, flow.evidence, flow.checks)


def package(flow: Flow) -> EvidencePackage:
    """Return the evidence list of `flow`; its files follow."""
    items = (*flow.evidence, *flow.checks)
    return EvidencePackage(flow.id, flow.serial, flow.business, items, flow.history, files=True)
