"""USB devices for the programs of a kit: under the real libusb where umockdev's preload library is, else over USB/IP."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from padkit_sim.errors import SimRefused
from padkit_sim.kitfile import DeviceEntry
from padkit_sim.stacks.preload import LIBRARY, PACKAGE, have_preload, preloaded
from padkit_sim.stacks.stack import Ground
from padkit_sim.wires import Face, UsbIdentity, UsbSlot
from padkit_sim.wires.uevents import Uevents
from padkit_sim.wires.usbfs import UsbfsFace


class UsbStack:
    """See `Stack`."""

    def __init__(self, environment: Mapping[str, str], faces: tuple[Face, ...]) -> None:
        self.environment: Mapping[str, str] = environment
        self._faces = faces

    def wire_for(self, entry: DeviceEntry) -> UsbSlot:
        assert isinstance(entry.identity, UsbIdentity)
        return UsbSlot(entry.identity, self._faces)


@asynccontextmanager
async def standing_usb(ground: Ground) -> AsyncIterator[UsbStack]:
    """The real thing. Raises `SimRefused` where neither way can be gone."""
    if not have_preload():
        raise SimRefused(f"{LIBRARY}: not here; install the Debian package {PACKAGE}")
    face = UsbfsFace(ground.root, Uevents(ground.root))
    try:
        yield UsbStack(preloaded(ground.root, os.environ), (face,))
    finally:
        await face.end()
