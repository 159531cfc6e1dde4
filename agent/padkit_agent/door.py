"""The kit's audit door: where each card is, by the kit's own store, for whoever compares it with the other witnesses."""

from __future__ import annotations

import secrets
from typing import Any

from padkit_agent.config import Settings
from padkit_agent.store import FileVault
from padkit_agent.store.readonly import look
from padkit_sdk.errors import Refused


def read_door(settings: Settings) -> dict[str, Any]:
    """Return cards, open flows, cases and the outbox's length as plain data. Raises `Refused`."""
    if not settings.keys.data_key.exists():
        raise Refused(
            "vault.key", f"kit data key {settings.keys.data_key} is not there; was the agent ever started here?"
        )
    view = look(settings.store.path, FileVault.load(settings.keys.data_key, secrets.token_bytes, make=False))
    return {
        "cards": [
            {"voucher": it.voucher, "card_no": it.card_no, "state": it.state.value, "read": it.read, "flow": it.flow}
            for it in view.cards
        ],
        "open_flows": [{"flow": it.flow_id, "state": it.phase} for it in view.open_flows],
        "cases": [
            {"id": it.id, "flow": it.flow_id, "reason": it.reason, "voucher": voucher} for it, voucher in view.cases
        ],
        "outbox": {"unsent": view.unsent},
    }
