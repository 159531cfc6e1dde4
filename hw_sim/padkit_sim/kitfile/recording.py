"""A recording in a kit file: which file, and whether its pauses are kept."""

from __future__ import annotations

from padkit_sim.devices.recording import FAULTS, HANDS, Player, PlayerSettings
from padkit_sim.errors import SimRefused
from padkit_sim.kitfile.table import Table
from padkit_sim.kitfile.types import DeviceType
from padkit_sim.recording.reading import Tape, read_tape
from padkit_sim.wires import UsbIdentity


def recording(table: Table) -> PlayerSettings:
    """The keys of a recording; its path begins beside the kit file. Raises `SimRefused`."""
    name = table.text("file", "")
    pauses = table.flag("pauses", default=True)
    try:
        return PlayerSettings(read_tape(table.beside(name)) if name else Tape("", ()), pauses)
    except SimRefused as exc:
        table.refuse("file", str(exc))


TYPE = DeviceType(
    "recording",
    recording,
    Player,
    FAULTS,
    {"tty": UsbIdentity("ttyUSB9", "1-9", 0x1209, 0x5EC0, "REC-0001", "Recording")},
    HANDS,
)
