"""The driver before the simulated box, over a line in memory and on a clock that reads step."""

from __future__ import annotations

import asyncio

import pytest

from padkit_card_dispenser import open_crt541
from padkit_sdk import DriverContext, LinkLost
from padkit_sim.devices.bank_card import numbered
from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.eject_box import FAULTS, NAMES, EjectBox, EjectSettings
from padkit_sim.faults import FaultBook, FaultRequest

CARDS = tuple(numbered("999900", serial) for serial in range(1, 9))
STEP_S = 0.05


class Desk:
    """A link to the simulated box. `deaf` loses what the box says, `turned` changes it, `torn` loses what it hears."""

    def __init__(self, **settings):
        self.book = FaultBook({spec.name: spec for spec in FAULTS}, {"box": NAMES}, 1)
        self.book.cleared = lambda device, name: self.box.fault_cleared(name)
        self.box = EjectBox(EjectSettings(**{"cards": CARDS} | settings), self.book.dial("box"))
        self.now_s = 100.0
        self.baud = 0
        self.sent = []
        self.closed = False
        self.deaf = self.torn = lambda data: False
        self.turned = lambda data: data
        self.hanging = asyncio.Event()
        self.hangs = False
        self._coming = b""

    def at(self):
        return Moment(self.now_s, self.now_s)

    def context(self, **settings):
        return DriverContext("box", lambda: self.now_s, lambda event: None, settings)

    async def opened(self, **settings):
        return await open_crt541(self, self.context(**settings))

    def fault(self, name, *, nth=1, times=1, **args):
        self.book.arm(FaultRequest(name, args, nth=nth, times=times))

    def hand(self, action):
        self._take(self.box.hand(HandAction(action), self.at()))

    def places(self):
        """Of the cards that left the hopper."""
        cards = self.box.state(self.at()).cards
        return {card.serial: card.place.value for card in cards if card.place.value != "hopper"}

    def asked(self, code):
        """How often the host asked for that."""
        return sum(data[3:5] == code for data in self.sent)

    async def write(self, data):
        if self.closed:
            raise LinkLost("closed")
        self.sent.append(data)
        if not self.torn(data):
            self._take(self.box.receive(data, self.at(), self.baud))

    async def read(self, *, timeout_s):
        assert timeout_s > 0
        if self.closed:
            raise LinkLost("closed")
        if self.hangs and self.box.state(self.at()).moving:
            self.hanging.set()
            await asyncio.Event().wait()
        passed_s = 0.0
        while not self._coming and passed_s < timeout_s:
            step_s = min(STEP_S, timeout_s - passed_s)
            passed_s, self.now_s = passed_s + step_s, self.now_s + step_s
            self._take(self.box.update(self.at()))
        data, self._coming = self._coming, b""
        return data

    def discard_input(self):
        self._coming = b""

    def set_baud(self, baud):
        self.baud = baud

    async def close(self):
        self.closed = True

    def _take(self, step):
        for piece in step.pieces:
            if not self.deaf(piece.data):
                self._coming += self.turned(piece.data)


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def make_desk():
    return Desk


@pytest.fixture
async def driver(desk):
    return await desk.opened()
