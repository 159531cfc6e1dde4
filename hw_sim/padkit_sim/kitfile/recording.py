"""A recording in a kit file: which file, and whether its pauses are kept."""

from __future__ import annotations

from padkit_sim.devices.recording import FAULTS, HANDS, Player, PlayerSettings, UsbPlayer, UsbPlayerSettings
from padkit_sim.devices.usb import Descriptors
from padkit_sim.errors import SimRefused
from padkit_sim.faults import Dial
from padkit_sim.kitfile.table import Table
from padkit_sim.kitfile.types import DeviceType
from padkit_sim.recording.reading import Tape, read_tape
from padkit_sim.recording.usb_reading import UsbTape
from padkit_sim.wires import BleIdentity, UsbIdentity

NOTHING = Tape("", ())
NOTHING_ON_USB = UsbTape("", Descriptors(()), (), ())


def recording(table: Table) -> PlayerSettings | UsbPlayerSettings:
    """The keys of a recording; its path begins beside the kit file. Raises `SimRefused`."""
    name = table.text("file", "")
    pauses = table.flag("pauses", default=True)
    on_usb = table.table("wire").text("kind", "tty") == "usb"
    try:
        tape = read_tape(table.beside(name)) if name else NOTHING_ON_USB if on_usb else NOTHING
    except SimRefused as exc:
        table.refuse("file", str(exc))
    if isinstance(tape, UsbTape) != on_usb:
        table.refuse(
            "file", 'it is played on USB only: give wire = { kind = "usb" }' if not on_usb else "is not of USB"
        )
    return UsbPlayerSettings(tape, pauses) if isinstance(tape, UsbTape) else PlayerSettings(tape, pauses)


def _player(settings: PlayerSettings | UsbPlayerSettings, dial: Dial) -> Player | UsbPlayer:
    return UsbPlayer(settings, dial) if isinstance(settings, UsbPlayerSettings) else Player(settings, dial)


TYPE = DeviceType(
    "recording",
    recording,
    _player,
    FAULTS,
    {
        "tty": UsbIdentity("ttyUSB9", "1-9", 0x1209, 0x5EC0, "REC-0001", "Recording"),
        "usb": UsbIdentity("", "1-9", 0x1209, 0x5EC0, "REC-0001", "Recording"),
        "ble": BleIdentity("C0:FF:EE:00:00:09", "REC-0001"),
    },
    HANDS,
)
