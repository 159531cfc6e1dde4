"""A signature pad in a kit file: which model it is, and the number on its back."""

from __future__ import annotations

from padkit_sim.devices.signature_pad import MODELS, PadSettings
from padkit_sim.kitfile.table import Table


def signature_pad(table: Table) -> PadSettings:
    """The keys of a pad. Raises `SimRefused`."""
    return PadSettings(
        model=table.choice("model", tuple(MODELS), "STU-540"),
        pad_serial=table.text("pad_serial", "SP00000001", pattern=r"[!-~]{1,10}", means="1 to 10 ASCII characters"),
    )
