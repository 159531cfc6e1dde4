"""A USB device that has one picture ready, as large as a fingerprint reader's message, under the real libusb of a child process.

Asked for by one control transfer, as the reader is; nothing is reckoned for it, so what is measured is the way of the bytes.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from pathlib import Path

from padkit_sim.attached_usb import AttachedUsb
from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.usb import Descriptors, Endpoint, Interface, Kind, Setup, Transfer, UsbStep
from padkit_sim.faults import FaultBook
from padkit_sim.journal import Journal
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.stacks.preload import preloaded
from padkit_sim.wires import FAULTS_ON, UsbIdentity, UsbSlot
from padkit_sim.wires.uevents import Uevents
from padkit_sim.wires.usbfs import UsbfsFace

VID, PID, IN, PACKET = 0x1209, 0x0002, 0x82, 64
GIVE = (0x40, 0x10, 0, 0)  # request type, request, value, index
SIZE = 64 + 290 * 384  # header and rows of a U.are.U 4500
SEED = 7


class PictureSource:
    """See `UsbDevice`."""

    descriptors = Descriptors((Interface(0, 0xFF, 0, 0, (Endpoint(IN, Kind.BULK, PACKET),)),))

    def __init__(self) -> None:
        self._picture = random.Random(SEED).randbytes(SIZE)

    def control(self, setup: Setup, data: bytes, at: Moment) -> UsbStep:
        asked = (setup.request_type, setup.request) == GIVE[:2]
        return UsbStep((Transfer(IN, self._picture),)) if asked else UsbStep(stalled=True)

    def out(self, endpoint: int, data: bytes, at: Moment) -> UsbStep:
        return UsbStep(stalled=True)

    def update(self, at: Moment) -> UsbStep:
        return UsbStep()

    def power_cycle(self, at: Moment) -> UsbStep:
        return UsbStep()

    def hand(self, action: HandAction, at: Moment) -> UsbStep:
        return UsbStep()

    def fault_cleared(self, name: str) -> None:
        """None is armed."""

    def state(self, at: Moment) -> dict[str, object]:
        return {}


async def told_beside(root: Path, module: str) -> bytes:
    """Plug the source in, run a module of ours below its environment, return what it printed."""
    clock = time.monotonic
    specs = {spec.name: spec for spec in FAULTS_ON["usb"]}
    book = FaultBook(specs, {"source": frozenset(specs)}, SEED, clock)
    face = UsbfsFace(root, Uevents(root))
    slot = UsbSlot(UsbIdentity("", "1-2", VID, PID, "SOURCE", "Source"), (face,))
    times, journal = MechanicalTime(clock, 1.0), Journal(clock)
    source = AttachedUsb("source", PictureSource(), slot, book.dial("source"), times, journal)
    source.plug()
    trees = {"PADKIT_SYSFS": str(root / "sys"), "PADKIT_DEV": str(root / "dev")}
    try:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module),
            env={**os.environ, **preloaded(root, {}), **trees},
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await child.communicate()
        assert child.returncode == 0, f"{module} ended with {child.returncode}"
        return told
    finally:
        source.close()
        await face.end()
