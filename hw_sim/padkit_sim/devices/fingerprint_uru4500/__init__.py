"""The U.are.U 4500 fingerprint reader on its USB port, and invented fingers to touch it with."""

from padkit_sim.devices.finger import HANDS
from padkit_sim.devices.fingerprint_uru4500.faults import FAULTS, NAMES
from padkit_sim.devices.fingerprint_uru4500.reader import UruReader, UruSettings

__all__ = ["FAULTS", "HANDS", "NAMES", "UruReader", "UruSettings"]
