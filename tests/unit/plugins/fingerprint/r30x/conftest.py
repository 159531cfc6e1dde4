"""A driver on a simulated module, both in this process; the line between them is memory."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import asynccontextmanager

import pytest

from padkit_fingerprint.r30x.driver import R30x
from padkit_sdk import DriverContext, LinkLost
from padkit_sim.attached import Attached
from padkit_sim.devices.device import HandAction
from padkit_sim.devices.fingerprint_r30x import FAULTS, NAMES, FingerModule, ModuleSettings
from padkit_sim.faults import FaultBook, FaultRequest
from padkit_sim.journal import Journal
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.wires import Line, MemoryWire

SPEED = 200


class Wire(MemoryWire):
    """Tells the link when the module said something."""

    def __init__(self):
        super().__init__()
        self.news = asyncio.Event()

    def write(self, data):
        super().write(data)
        self.news.set()


class MemoryLink:
    """See `ByteLink`."""

    def __init__(self, wire):
        self._wire = wire
        self._closed = False

    async def write(self, data):
        if self._closed or not self._wire.plugged:
            raise LinkLost("memory: unplugged")
        self._wire.hear(data)

    async def read(self, *, timeout_s):
        try:
            async with asyncio.timeout(timeout_s):
                while not self._wire.said:
                    self._wire.news.clear()
                    await self._wire.news.wait()
        except TimeoutError:
            return b""
        data = b"".join(self._wire.said)
        self._wire.said.clear()
        return data

    def discard_input(self):
        self._wire.said.clear()

    def set_baud(self, baud):
        raise AssertionError("the driver picks no line rate")

    async def close(self):
        self._closed = True


class Bench:
    """The simulated module, its faults, and a person beside it."""

    def __init__(self, **settings):
        self.book = FaultBook({spec.name: spec for spec in FAULTS}, {"finger": NAMES}, seed=1)
        self.wire = Wire()
        dial = self.book.dial("finger")
        self.settings = ModuleSettings(**settings)
        self.module = FingerModule(self.settings, dial)
        timing = MechanicalTime(time.monotonic, SPEED)
        line = Line(dial, random.Random(1))
        self.attached = Attached("finger", self.module, self.wire, line, timing, Journal(time.monotonic), paced=False)
        self.events = []
        self._news = asyncio.Event()
        self.attached.plug()

    def fault(self, name, *, nth=1, times=1, **args):
        self.book.arm(FaultRequest(name, args, nth=nth, times=times))

    def touch(self, item="right_index", person="zhang", action="touch_finger"):
        self.attached.hand(HandAction(action, person=person, item=item))

    def hear(self, event):
        self.events.append(event)
        self._news.set()

    def said(self):
        return [(event.name, *event.detail.values()) for event in self.events]

    def until(self, *event):
        """Wait for one more event of that kind than there is at the call."""
        return self._until(event, self.said().count(event))

    async def _until(self, event, had):
        async with asyncio.timeout(10):
            while self.said().count(event) == had:
                self._news.clear()
                await self._news.wait()

    def state(self):
        return self.module.state(self.attached.now())

    @asynccontextmanager
    async def opened(self, *, model="", **settings):
        """A driver for the module's own model, or for the one that a kit profile wrongly says."""
        context = DriverContext("finger", time.monotonic, self.hear, settings)
        driver = R30x(MemoryLink(self.wire), context, model or self.settings.model)
        try:
            await driver.start(timeout_s=5)
            yield driver
        finally:
            await driver.close()


@pytest.fixture
async def bench():
    bench = Bench()
    yield bench
    bench.attached.close()


@pytest.fixture
async def small_bench():
    """A module with a password, another address and two pages."""
    bench = Bench(password=b"\x12\x34\x56\x78", address=b"\0\0\0\x07", capacity=2)
    yield bench
    bench.attached.close()


@pytest.fixture
async def small_window():
    """An R503."""
    bench = Bench(model="R503")
    yield bench
    bench.attached.close()


@pytest.fixture(params=["R30x", "R503"])
async def each_bench(request):
    """One of each model."""
    bench = Bench(model=request.param)
    yield bench
    bench.attached.close()
