"""A fingerprint module with EF01 packets in a kit file."""

from __future__ import annotations

from padkit_sim.devices.fingerprint_r30x import FAULTS, HANDS, MODELS, FingerModule, ModuleSettings
from padkit_sim.kitfile.table import Table
from padkit_sim.kitfile.types import DeviceType
from padkit_sim.wires import UsbIdentity

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


TYPE = DeviceType(
    "fingerprint_r30x",
    module,
    FingerModule,
    FAULTS,
    {"tty": UsbIdentity("ttyUSB2", "1-6", 0x1209, 0xF3A0, "FP-0001", "Fingerprint module")},
    HANDS,
)
