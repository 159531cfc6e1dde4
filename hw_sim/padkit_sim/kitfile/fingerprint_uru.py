"""A U.are.U fingerprint reader in a kit file."""

from __future__ import annotations

from padkit_sim.devices.fingerprint_uru4500 import UruSettings
from padkit_sim.kitfile.table import Table


def uru(table: Table) -> UruSettings:
    """The keys of a U.are.U. Raises `SimRefused`."""
    return UruSettings(seed=table.whole("seed", 0))
