"""A peripheral of Bluetooth LE as the device under test: named by its address, never found by itself: it may be a neighbour's."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from padkit_sdk.links import Ble, LinkMatch

ADDRESS = re.compile(r"([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")


def named_peripheral(matches: Sequence[LinkMatch], given: str) -> Ble | None:
    """The first match over the air for the peripheral whose address is `given`, None when that is no address."""
    match = next((match for match in matches if isinstance(match, Ble)), None)
    if match is None or not ADDRESS.fullmatch(given):
        return None
    return msgspec.structs.replace(match, serial=given.upper())
