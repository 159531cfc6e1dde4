"""The driver on the simulated keypad, over a line in memory and on a clock that reads step."""

from __future__ import annotations

import asyncio

import pytest

from padkit_back_clip.pin_pad import Zt588
from padkit_sdk import DriverContext, LinkLost
from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.pin_pad import FAULTS, NAMES, PadSettings, PinPad
from padkit_sim.faults import FaultBook, FaultRequest


class Desk:
    """A link whose far end is the simulated keypad. `customer` holds the keys that are pressed at each entry, in turn."""

    def __init__(self, settings):
        self.book = FaultBook({spec.name: spec for spec in FAULTS}, {"pad": NAMES}, 1)
        self.pad = PinPad(settings, self.book.dial("pad"))
        self.now_s = 100.0
        self.baud = 115_200
        self.sent = []
        self.wire = b""
        self.events = []
        self.customer = []
        self.closed = self.mute = False
        self.waiting = asyncio.Event()
        self._coming = b""
        self._entering = False

    def at(self):
        return Moment(self.now_s, self.now_s)

    def driver(self, **settings):
        return Zt588(self, DriverContext("pad", lambda: self.now_s, self.events.append, settings))

    def fault(self, name, *, nth=1, times=1, **args):
        self.book.arm(FaultRequest(name, args, nth=nth, times=times, device="pad"))

    def texts(self):
        return [frame[4:-3].decode() for frame in self.sent]

    def send_unasked(self, data):
        self._coming += data

    async def write(self, data):
        if self.closed:
            raise LinkLost("closed")
        self.sent.append(data)
        self.wire += data
        if not self.mute:
            self._take(self.pad.receive(data, self.at(), self.baud))
        entering = self.pad.state(self.at()).entering
        if entering and not self._entering and self.customer:
            self._press(self.customer.pop(0))
        self._entering = self.pad.state(self.at()).entering

    async def read(self, *, timeout_s):
        assert timeout_s > 0
        if not self._coming and self._entering and self.customer == ["nobody"]:
            self.waiting.set()
            await asyncio.Event().wait()
        if not self._coming:
            self.now_s += timeout_s
            self._take(self.pad.update(self.at()))
        data, self._coming = self._coming, b""
        return data

    def discard_input(self):
        self._coming = b""

    def set_baud(self, baud):
        self.baud = baud

    async def close(self):
        self.closed = True

    def _press(self, keys):
        """Keys after "clear:" reach the line as no keypad should send them."""
        if keys.startswith("clear:"):
            self._coming += keys.removeprefix("clear:").encode()
        else:
            self._take(self.pad.hand(HandAction("press_keys", item=keys), self.at()))

    def _take(self, step):
        said = b"".join(piece.data for piece in step.pieces)
        self._coming += said
        self.wire += said


@pytest.fixture
def desk():
    return Desk(PadSettings())


@pytest.fixture
def make_desk():
    return lambda **settings: Desk(PadSettings(**settings))


@pytest.fixture
async def pad(desk):
    """A started driver."""
    driver = desk.driver()
    await driver.start()
    return driver
