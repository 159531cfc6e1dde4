"""A driver on a simulated reader, both in this process; the wire between them is memory."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from random import Random

import pytest
from usb_memory import MemoryUsbLink

from padkit_fingerprint.uru4500.driver import Uru4500
from padkit_sdk import DriverContext
from padkit_sim.attached_usb import AttachedUsb
from padkit_sim.devices.device import HandAction
from padkit_sim.devices.fingerprint_uru4500 import FAULTS, NAMES, UruReader, UruSettings
from padkit_sim.faults import FaultBook, FaultRequest
from padkit_sim.journal import Journal
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.wires import MemoryPort, UsbIdentity

SPEED = 200
WHO = UsbIdentity("", "1-2", 0x05BA, 0x000A, "{TEST}", "reader")


class Desk:
    """The simulated reader, its faults, and a person beside it."""

    def __init__(self):
        self.book = FaultBook({spec.name: spec for spec in FAULTS}, {"finger": NAMES}, seed=1)
        self.port = MemoryPort(WHO)
        dial = self.book.dial("finger")
        self.reader = UruReader(UruSettings(), dial)
        timing = MechanicalTime(time.monotonic, SPEED)
        self.attached = AttachedUsb("finger", self.reader, self.port, dial, timing, Journal(time.monotonic))
        self.events = []
        self._news = asyncio.Event()
        self.attached.plug()

    def fault(self, name, **args):
        nth, times = args.pop("nth", 1), args.pop("times", 1)
        self.book.arm(FaultRequest(name, args, nth=nth, times=times))

    def touch(self, item="right_index", person="zhang", action="touch_finger"):
        self.attached.hand(HandAction(action, person=person, item=item))

    def hear(self, event):
        self.events.append(event)
        self._news.set()

    async def until(self, name):
        """Wait for an event of that name."""
        async with asyncio.timeout(10):
            while name not in self.said():
                self._news.clear()
                await self._news.wait()

    def said(self):
        return [event.name for event in self.events]

    def context(self, **settings):
        return DriverContext("finger", time.monotonic, self.hear, settings)

    def driver(self, **settings):
        return Uru4500(MemoryUsbLink(self.port), self.context(**settings), Random(4).getrandbits)


@pytest.fixture
async def desk():
    desk = Desk()
    yield desk
    desk.attached.close()
    await asyncio.sleep(0)


@pytest.fixture
def opened(desk):
    """Open a driver on the desk, and close it afterwards."""

    @asynccontextmanager
    async def opening(**settings):
        driver = desk.driver(**settings)
        try:
            await driver.start(timeout_s=10)
            yield driver
        finally:
            await driver.close()

    return opening
