"""Wires: what carries a simulated device's bytes. A pty with a sysfs identity, and a memory wire for tests."""

from padkit_sim.wires.line import FAULTS, NAMES, Burst, Line, Pull
from padkit_sim.wires.memory import MemoryWire
from padkit_sim.wires.pty import PtyWire
from padkit_sim.wires.tree import UsbIdentity, UsbTree
from padkit_sim.wires.wire import Wire

__all__ = ["FAULTS", "NAMES", "Burst", "Line", "MemoryWire", "PtyWire", "Pull", "UsbIdentity", "UsbTree", "Wire"]
