"""The form a flow begins with: what is typed or chosen, held against the catalogue before anything else happens."""

from __future__ import annotations

import asyncio
from typing import Any

from msgspec.structs import replace

from padkit_contract.catalogue import Entry, check_fields, load_catalogue
from padkit_contract.errors import Invalid
from padkit_sdk.errors import Refused

TYPED = frozenset({"typed", "choice"})


def _form_of(business: str) -> Entry:
    entry = load_catalogue().entry(business)
    inputs = tuple(each for each in entry.inputs if each.source in TYPED)
    specs = {each.field: entry.specs[each.field] for each in inputs}
    return replace(entry, inputs=inputs, specs=specs)


async def check_form(business: str, fields: dict[str, Any]) -> None:
    """Check the fields a person typed or chose. Raises `Refused` with the catalogue's reason (``field.missing`` …)."""
    entry = await asyncio.to_thread(_form_of, business)
    try:
        check_fields(entry, fields)
    except Invalid as exc:
        raise Refused(exc.reason, str(exc)) from exc
