"""A serial adapter for a program under the preload library: found by pyserial with its identity, modem lines, bytes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from usbfs_kit import UsbfsKit

from padkit_sim.wires import PtyWire, UsbIdentity, UsbTree
from padkit_sim.wires.modem import ModemNodes
from padkit_sim.wires.uevents import Uevents

BOX = UsbIdentity("ttyUSB0", "1-3", 0x1209, 0xCA4D, "CDB-0001", "Card dispenser box")
SCRIPT = """
import serial
from serial.tools.list_ports import comports
for port in comports():
    if port.vid:
        print(port.device, f"{port.vid:04X}:{port.pid:04X}", port.serial_number, port.location, port.product)
with serial.Serial("/dev/ttyUSB0", 38400, timeout=10) as line:
    line.rts = False
    print(line.cts, line.dsr, line.cd, line.rts)
    line.write(b"hello")
    print(line.read(5))
"""


@pytest.fixture
def root():
    path = Path(tempfile.mkdtemp(prefix="kit"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


async def test_an_adapter_is_whole_under_the_preload_library(root, libumockdev):
    tree, modems = UsbTree(root), ModemNodes(root, Uevents(root))
    wire = PtyWire(tree, BOX, modems)
    wire.plug(lambda data: wire.write(data[::-1]))
    async with UsbfsKit(root).child(SCRIPT) as child:
        lines = await child.rest()
    wire.unplug()
    await modems.end()
    assert lines == [
        "/dev/ttyUSB0 1209:CA4D CDB-0001 1-3 Card dispenser box",
        "True True False False",
        "b'olleh'",
    ]
    assert not (root / "ioctl/dev/ttyUSB0").exists()
