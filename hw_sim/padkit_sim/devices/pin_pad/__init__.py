"""A PIN keypad (ZT588 type) behind a serial line: keys in its store, digits in its hands, blocks on the wire."""

from padkit_sim.devices.pin_pad.faults import FAULTS, NAMES
from padkit_sim.devices.pin_pad.hands import HANDS
from padkit_sim.devices.pin_pad.pad import PinPad
from padkit_sim.devices.pin_pad.state import PadSettings, PadState

__all__ = ["FAULTS", "HANDS", "NAMES", "PadSettings", "PadState", "PinPad"]
