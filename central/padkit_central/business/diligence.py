"""How closely a customer is looked at, by central's own knowledge: a kit's word can make it closer, never less close."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from padkit_central.store import Store
from padkit_contract.catalogue import Entry
from padkit_contract.diligence import ANSWERS, GRAY, PHONE, wants_two
from padkit_contract.messages import Policy, decode

MARKS = {
    GRAY: ("gray_list.hit", GRAY),
    "phone_match": ("phone_match.other_person", PHONE),
}  # what was found, what it signals


async def looked_at_closely(store: Store, entry: Entry, entity: str, serial: str, fields: Mapping[str, Any]) -> bool:
    """Tell whether two must approve a case, and no waiver may stand in for them. What a kit is not told counts, too."""
    if ANSWERS not in entry.required:
        return False
    stored = await store.policy(entity)
    parameters = decode(stored.body, Policy).parameters if stored else {}
    rows = await store.checks.of(entity, serial)
    signals = [signal for name, (code, signal) in MARKS.items() if name in rows and rows[name].code == code]
    return wants_two(fields, signals, store.now()[:10], parameters)
