"""An identity-card reader in a kit file: whose cards there are, and which lies on it."""

from __future__ import annotations

from padkit_sim.devices.identity_reader import FAULTS, HANDS, IdentityReader, ReaderSettings
from padkit_sim.kitfile.people import person
from padkit_sim.kitfile.table import Table
from padkit_sim.kitfile.types import DeviceType
from padkit_sim.wires import BleIdentity, UsbIdentity


def reader(table: Table) -> ReaderSettings:
    """The keys of a reader. Raises `SimRefused`."""
    people = tuple(person(one) for one in table.tables("person"))
    on_reader = table.text("on_reader", "")
    if on_reader and on_reader not in {one.id for one in people}:
        table.refuse(
            "on_reader", f"give the id of a person, or leave it out; there are {', '.join(p.id for p in people)}"
        )
    return ReaderSettings(
        people=people,
        on_reader=on_reader,
        latch=table.flag("latch", default=True),
        old_module=table.flag("old_module", default=False),
    )


TYPE = DeviceType(
    "identity_reader",
    reader,
    IdentityReader,
    FAULTS,
    {
        "tty": UsbIdentity("ttyUSB1", "1-4", 0x1209, 0x1DCA, "CLIP-0001", "Back-clip"),
        "ble": BleIdentity("C0:FF:EE:00:00:01", "CLIP-0001"),
    },
    HANDS,
)
