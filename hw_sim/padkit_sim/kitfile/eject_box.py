"""A box that only ejects in a kit file: its packs of blanks, its address and line rate."""

from __future__ import annotations

from padkit_sim.devices.eject_box import FAULTS, HANDS, EjectBox, EjectSettings
from padkit_sim.devices.eject_box.box import RATES
from padkit_sim.kitfile.box import pack
from padkit_sim.kitfile.table import Table
from padkit_sim.kitfile.types import DeviceType
from padkit_sim.wires import UsbIdentity


def eject_box(table: Table) -> EjectSettings:
    """The keys of a box that only ejects. Raises `SimRefused`."""
    usual = EjectSettings()
    baud = table.whole("baud", usual.baud)
    if baud not in RATES.values():
        table.refuse("baud", f"give one of {', '.join(map(str, RATES.values()))}")
    return EjectSettings(
        cards=tuple(card for slot in table.tables("slots") for card in pack(slot)),
        address=table.whole("address", usual.address, most=15),
        low_at=table.whole("low_at", usual.low_at),
        baud=baud,
        take_after_s=table.number("take_after_s") if table.has("take_after_s") else None,
    )


TYPE = DeviceType(
    "eject_box",
    eject_box,
    EjectBox,
    FAULTS,
    {"tty": UsbIdentity("ttyUSB4", "1-10", 0x1209, 0xE541, "EJB-0001", "Card dispenser, eject only")},
    HANDS,
)
