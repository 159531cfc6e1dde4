"""A PIN keypad in a kit file: its keys (sample ones by default) and the rate it listens at first."""

from __future__ import annotations

from padkit_sim.devices.pin_pad import FAULTS, HANDS, PadSettings, PinPad
from padkit_sim.devices.pin_pad.pad import RATES
from padkit_sim.devices.pin_pad.state import SAMPLE_MASTER, SAMPLE_PIN_KEY
from padkit_sim.kitfile.table import Table
from padkit_sim.kitfile.types import DeviceType
from padkit_sim.wires import UsbIdentity

DOUBLE = "(?:[0-9A-Fa-f]{32})"
SINGLE_OR_NONE = "(?:[0-9A-Fa-f]{16})?"


def pin_pad(table: Table) -> PadSettings:
    """The keys of a keypad. Raises `SimRefused`."""
    baud = table.whole("baud", RATES[-1])
    if baud not in RATES:
        table.refuse("baud", f"give one of {', '.join(map(str, RATES))}")
    master = table.text("master_key", SAMPLE_MASTER.hex(), pattern=DOUBLE, means="32 hex digits")
    working = table.text(
        "pin_key", SAMPLE_PIN_KEY.hex(), pattern=f"{DOUBLE}?", means="32 hex digits, or nothing for none"
    )
    user = table.text("user_key", "", pattern=SINGLE_OR_NONE, means="16 hex digits, or nothing for none")
    return PadSettings(bytes.fromhex(master), bytes.fromhex(working), bytes.fromhex(user), baud)


TYPE = DeviceType(
    "pin_pad",
    pin_pad,
    PinPad,
    FAULTS,
    {"tty": UsbIdentity("ttyUSB3", "1-8", 0x1209, 0x5588, "PIN-0001", "PIN keypad")},
    HANDS,
)
