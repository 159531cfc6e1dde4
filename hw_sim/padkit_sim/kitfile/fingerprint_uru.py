"""A U.are.U fingerprint reader in a kit file."""

from __future__ import annotations

from padkit_sim.devices.fingerprint_uru4500 import FAULTS, HANDS, UruReader, UruSettings
from padkit_sim.kitfile.table import Table
from padkit_sim.kitfile.types import DeviceType
from padkit_sim.wires import UsbIdentity


def uru(table: Table) -> UruSettings:
    """The keys of a U.are.U. Raises `SimRefused`."""
    return UruSettings(seed=table.whole("seed", 0))


TYPE = DeviceType(
    "fingerprint_uru4500",
    uru,
    UruReader,
    FAULTS,
    {
        "usb": UsbIdentity(
            "", "1-2", 0x05BA, 0x000A, "{URU-0001}", "U.are.U® 4500 Fingerprint Reader", "DigitalPersona, Inc."
        )
    },
    HANDS,
)
