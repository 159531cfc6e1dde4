"""A thin card dispenser (CRT-541 type): hopper, one roller, a mouth. What it pushes out it never sees again."""

from padkit_sim.devices.eject_box.box import EjectBox
from padkit_sim.devices.eject_box.faults import FAULTS, NAMES
from padkit_sim.devices.eject_box.hands import HANDS
from padkit_sim.devices.eject_box.state import EjectSettings

__all__ = ["FAULTS", "HANDS", "NAMES", "EjectBox", "EjectSettings"]
