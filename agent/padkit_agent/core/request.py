"""What the kit tells the bank: catalogue fields of ACC-01 from identity, form and card. C3 fields are joined when sent."""

from __future__ import annotations

from typing import Any

from padkit_agent.core.flow import Flow, FlowRefused
from padkit_contract.messages import EvidencePackage, Request

RESIDENT_ID = "110001"  # cert_type code of the resident identity card


def card_open(flow: Flow, *, made_at: str) -> Request:
    """Return the opening request of `flow` without C3 fields."""
    if flow.card is None:
        raise FlowRefused(f"flow {flow.id}: no card to open an account for")
    fields: dict[str, Any] = {
        **flow.inputs,
        **flow.identity,
        "card_no": flow.card.card_no,
        "card_seq": flow.card.seq,
        "voucher_batch": flow.card.batch,
        "voucher_serial": flow.card.voucher,
        "box_slot": "1",
    }
    return Request(flow.serial, flow.attempt, made_at, fields, flow.evidence, flow.checks)


def reversal(flow: Flow, *, made_at: str) -> Request:
    """Return the reversal request (OPS-16) of `flow`, under its own serial."""
    fields: dict[str, Any] = {
        "orig_channel_serial": flow.serial,
        "orig_core_serial": str(flow.core.get("core_serial", "")),
        "remark": flow.evidence[-1].note if flow.evidence else "",
    }
    return Request(flow.reversal_serial, flow.reversal_attempt, made_at, fields, flow.evidence, flow.checks)


def package(flow: Flow) -> EvidencePackage:
    """Return the evidence package of `flow`."""
    return EvidencePackage(flow.id, flow.serial, flow.business, (*flow.evidence, *flow.checks), flow.history)
