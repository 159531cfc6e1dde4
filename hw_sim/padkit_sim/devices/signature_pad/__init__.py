"""The signature pad: a Wacom STU with its screen, and invented hands that write on it."""

from padkit_sim.devices.signature_pad.faults import FAULTS, NAMES
from padkit_sim.devices.signature_pad.hands import HANDS
from padkit_sim.devices.signature_pad.models import MODELS, PadSettings
from padkit_sim.devices.signature_pad.pad import SignaturePad

__all__ = ["FAULTS", "HANDS", "MODELS", "NAMES", "PadSettings", "SignaturePad"]
