"""A fingerprint module with EF01 packets in a kit file."""

from __future__ import annotations

from padkit_sim.devices.fingerprint_r30x import MODELS, ModuleSettings
from padkit_sim.kitfile.table import Table

FOUR_BYTES = r"[0-9A-F]{8}"


def module(table: Table) -> ModuleSettings:
    """The keys of a module. Raises `SimRefused`."""
    means = "four bytes, as eight digits 0-9 and A-F"
    return ModuleSettings(
        address=bytes.fromhex(table.text("address", "FFFFFFFF", pattern=FOUR_BYTES, means=means)),
        password=bytes.fromhex(table.text("password", "00000000", pattern=FOUR_BYTES, means=means)),
        capacity=table.whole("capacity", 200, least=1, most=1000),
        model=table.choice("model", tuple(MODELS), "R30x"),
    )
