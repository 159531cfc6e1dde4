"""Wires: what carries a simulated device's bytes (a pty with a sysfs identity, memory for tests), and the machine they end in."""

from padkit_sim.wires.board import BoardTree
from padkit_sim.wires.line import FAULTS, NAMES, Burst, Line, Pull
from padkit_sim.wires.memory import MemoryWire
from padkit_sim.wires.pty import PtyWire
from padkit_sim.wires.tree import UsbIdentity, UsbTree
from padkit_sim.wires.wire import Wire

__all__ = [
    "FAULTS",
    "NAMES",
    "BoardTree",
    "Burst",
    "Line",
    "MemoryWire",
    "PtyWire",
    "Pull",
    "UsbIdentity",
    "UsbTree",
    "Wire",
]
