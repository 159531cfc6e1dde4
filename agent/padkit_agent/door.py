"""The kit's audit door: where each card is, by the kit's own store, for whoever compares it with the other witnesses."""

from __future__ import annotations

import os
import secrets
from typing import Any

import msgspec

from padkit_agent.config import Settings
from padkit_agent.core.standing import Record
from padkit_agent.store.readonly import look
from padkit_agent.store.vault import KeyVault, binding_of
from padkit_agent.store.vault import look as look_key
from padkit_contract.commands import Mode
from padkit_contract.crypto import choose_suite
from padkit_contract.errors import CryptoUnfit
from padkit_sdk.errors import Refused


def read_door(settings: Settings) -> dict[str, Any]:
    """Return cards, open flows, cases, the outbox's length and a lock as plain data. Raises `Refused`."""
    view = look(settings.store.path, _vault(settings))
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
        "locked": _locked(view.record),
    }


def _locked(raw: bytes | None) -> str:
    """Return how the kit stands, for people; empty when it is open."""
    if raw is None:
        return "locked (its record is lost)"
    standing = msgspec.json.decode(raw, type=Record).standing
    return "" if standing.mode is Mode.OPEN else f"{standing.mode.value} ({standing.cause})"


def _vault(settings: Settings) -> KeyVault:
    keys = settings.keys
    try:
        suite = choose_suite(allow_pure=keys.allow_pure, library=keys.libcrypto, log=_silent)
    except CryptoUnfit as exc:
        raise Refused(exc.reason, f"keys of kit {settings.kit.id}: {exc}; see [keys] in the settings") from exc
    return look_key(keys.data_key, binding_of(keys, suite, os.environ, secrets.token_bytes), secrets.token_bytes)


def _silent(_event: str, /, **_fields: str) -> None:
    """Log nothing: who looks in wants the cards, not the library."""
