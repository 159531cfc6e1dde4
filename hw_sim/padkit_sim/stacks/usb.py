"""USB devices for the programs of a kit: under the real libusb where umockdev's preload library is, else over USB/IP."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from padkit_sim.kitfile import DeviceEntry
from padkit_sim.stacks.preload import LIBRARY, PACKAGE, have_preload, preloaded
from padkit_sim.stacks.stack import Ground
from padkit_sim.wires import Face, UsbIdentity, UsbSlot
from padkit_sim.wires.uevents import Uevents
from padkit_sim.wires.usb_slot import Tap
from padkit_sim.wires.usb_tree import UsbDeviceTree
from padkit_sim.wires.usbfs import UsbfsFace
from padkit_sim.wires.usbip import UsbipFace


class UsbStack:
    """See `Stack`."""

    def __init__(self, environment: Mapping[str, str], faces: tuple[Face, ...], tap: Tap | None) -> None:
        self.environment: Mapping[str, str] = environment
        self._faces = faces
        self._tap = tap

    def wire_for(self, entry: DeviceEntry) -> UsbSlot:
        assert isinstance(entry.identity, UsbIdentity)
        return UsbSlot(entry.identity, self._faces, self._tap)


@asynccontextmanager
async def standing_usb(ground: Ground) -> AsyncIterator[UsbStack]:
    """The real thing where it can be had, and USB/IP where it cannot, or is asked for as well. Raises `SimRefused`."""
    async with AsyncExitStack() as opened:
        environment: dict[str, str] = {}
        faces: list[Face] = []
        if have_preload():
            usbfs = UsbfsFace(ground.root, Uevents(ground.root))
            opened.push_async_callback(usbfs.end)
            faces.append(usbfs)
            environment |= preloaded(ground.root, os.environ)
        else:
            sys.stderr.write(f"padkit-sim: {LIBRARY} is not here, USB goes over USB/IP; install {PACKAGE} for libusb\n")
            loopback = UsbipFace(UsbDeviceTree(ground.root))
            opened.push_async_callback(loopback.end)
            faces.append(loopback)
            environment["PADKIT_USBIP"] = await loopback.start()
        if ground.usbip:
            host, _, port = ground.usbip.rpartition(":")
            outside = UsbipFace()
            opened.push_async_callback(outside.end)
            faces.append(outside)
            sys.stderr.write(f"padkit-sim: USB/IP at {await outside.start(host, int(port))}\n")
        yield UsbStack(environment, tuple(faces), ground.tap)
