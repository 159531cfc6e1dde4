"""Wires: what carries a simulated device's bytes (a pty with a sysfs identity, memory for tests), and the machine they end in."""

from collections.abc import Mapping

from padkit_sim.faults import FaultSpec
from padkit_sim.wires.bluez_faults import BLE_FAULTS
from padkit_sim.wires.board import BoardTree
from padkit_sim.wires.identity import BleIdentity
from padkit_sim.wires.line import FAULTS, NAMES, Burst, Line, Pull
from padkit_sim.wires.memory import MemoryWire
from padkit_sim.wires.pty import PtyWire
from padkit_sim.wires.tree import UsbIdentity, UsbTree
from padkit_sim.wires.usb_line import FAULTS as USB_FAULTS
from padkit_sim.wires.usb_memory import MemoryPort
from padkit_sim.wires.usb_slot import Asked, Ended, Ending, Face, UsbSlot
from padkit_sim.wires.wire import Late, Stalled, UsbPort, UsbSide, Wire

FAULTS_ON: Mapping[str, tuple[FaultSpec, ...]] = {  # by kind of wire
    "tty": FAULTS,
    "usb": USB_FAULTS,
    "ble": (*FAULTS, *BLE_FAULTS),
}

__all__ = [
    "FAULTS",
    "FAULTS_ON",
    "NAMES",
    "Asked",
    "BleIdentity",
    "BoardTree",
    "Burst",
    "Ended",
    "Ending",
    "Face",
    "Late",
    "Line",
    "MemoryPort",
    "MemoryWire",
    "PtyWire",
    "Pull",
    "Stalled",
    "UsbIdentity",
    "UsbPort",
    "UsbSide",
    "UsbSlot",
    "UsbTree",
    "Wire",
]
