"""A fingerprint module with EF01 packets (R30x, R503) on its serial line, and invented fingers to touch it with."""

from padkit_sim.devices.finger import HANDS
from padkit_sim.devices.fingerprint_r30x.faults import FAULTS, NAMES
from padkit_sim.devices.fingerprint_r30x.models import MODELS, ModuleSettings
from padkit_sim.devices.fingerprint_r30x.module import FingerModule

__all__ = ["FAULTS", "HANDS", "MODELS", "NAMES", "FingerModule", "ModuleSettings"]
