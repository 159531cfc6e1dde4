"""A signature pad on a desk: driver and simulated pad in one process, joined by a USB link in memory, with hands and faults."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager

from usb_memory import MemoryUsbLink

from padkit_sdk import DriverContext
from padkit_sdk.ports import PadLanguage
from padkit_sdk.signature import unpack_series
from padkit_signature_pad.driver import open_pad
from padkit_sim.attached_usb import AttachedUsb
from padkit_sim.devices.device import HandAction
from padkit_sim.devices.signature_pad import FAULTS, NAMES, PadSettings, SignaturePad
from padkit_sim.faults import FaultBook, FaultRequest
from padkit_sim.journal import Journal
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.wires import MemoryPort

PAD = "pad"
DOCUMENT = bytes(range(32))
PATIENCE_S = 20.0
SPEED = 100.0


class Desk:
    """`speed` divides the time that hands and screens take."""

    def __init__(self, model="STU-540", speed=SPEED, **settings):
        self.events = []
        self.settings = settings
        self.book = FaultBook({spec.name: spec for spec in FAULTS}, {PAD: NAMES}, seed=1)
        self.book.cleared = lambda device, name: self.pad.fault_cleared(name)
        dial = self.book.dial(PAD)
        self.pad = SignaturePad(PadSettings(model), dial)
        self.port = MemoryPort()
        self.attached = AttachedUsb(
            PAD, self.pad, self.port, dial, MechanicalTime(time.monotonic, speed), Journal(time.monotonic)
        )
        self.attached.plug()
        self.link = MemoryUsbLink(self.port)

    async def open(self):
        """The driver, opened on what is plugged."""
        self.link = MemoryUsbLink(self.port)
        return await open_pad(self.link, self.context())

    def context(self):
        return DriverContext(PAD, time.monotonic, self.events.append, self.settings)

    def arm(self, fault, nth=1, times=1, **args):
        self.book.arm(FaultRequest(fault, args, nth=nth, times=times))

    def seen(self):
        """The truth about the pad, now."""
        self.attached.catch_up()
        return self.pad.state(self.attached.now())

    async def until(self, holds):
        """Wait until something holds of the pad's true state."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds(self.seen()):  # noqa: ASYNC110 - the device tells nobody
                await asyncio.sleep(0.001)

    async def does(self, *actions):
        """Do these when a capture runs, one after the other; each waits for the one before."""
        over = 0
        for action in actions:
            await self.until(lambda seen, over=over: seen.capturing and seen.captures > over and not seen.moving)
            name, _, item = action.partition(" ")
            if item == "redo":
                over = self.seen().captures
            self.attached.hand(HandAction(name, item=item))
        await self.until(lambda seen: not seen.moving)

    async def signed(self, driver, *actions, timeout_s=PATIENCE_S, **words):
        """What `sign` gives while somebody does `actions`."""
        acting = asyncio.create_task(self.does(*actions))
        try:
            return await driver.sign(DOCUMENT, timeout_s=timeout_s, language=PadLanguage.ENGLISH, **words)
        finally:
            acting.cancel()
            await asyncio.wait([acting])

    def told(self):
        """The names of the events so far."""
        return [event.name for event in self.events]

    def close(self):
        self.attached.close()


@asynccontextmanager
async def desk(model="STU-540", speed=SPEED, **settings):
    """A desk with an open driver on it: both."""
    place = Desk(model, speed, **settings)
    driver = await place.open()
    try:
        yield place, driver
    finally:
        await driver.close()
        place.close()


def points_of(signature):
    """The points of a signature."""
    return unpack_series(signature.series)[1]
