"""A box that only ejects, and time that passes when it is told to."""

from __future__ import annotations

from functools import reduce
from operator import xor

import pytest

from padkit_sim.devices.bank_card import numbered
from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.eject_box import FAULTS, NAMES, EjectBox, EjectSettings
from padkit_sim.faults import FaultBook, FaultRequest

CARDS = tuple(numbered("999900", serial) for serial in range(1, 9))


def frame(text: str) -> bytes:
    body = b"\x02" + text.encode() + b"\x03"
    return body + bytes([reduce(xor, body)])


class Rig:
    def __init__(self, **settings):
        self.book = FaultBook({spec.name: spec for spec in FAULTS}, {"box": NAMES}, seed=1)
        self.book.cleared = lambda device, name: self.box.fault_cleared(name)
        self.box = EjectBox(EjectSettings(**{"cards": CARDS} | settings), self.book.dial("box"))
        self.now_s = 0.0
        self.address = f"{settings.get('address', 0):02d}"

    def fault(self, name, *, nth=1, times=1, **args):
        self.book.arm(FaultRequest(name, args, nth=nth, times=times))

    def at(self):
        return Moment(self.now_s, self.now_s)

    def hear(self, data, baud=None):
        return b"".join(piece.data for piece in self.box.receive(data, self.at(), baud).pieces)

    def order(self, code):
        """What it says to the command, and to the go-ahead."""
        said = self.hear(frame(self.address + code))
        return said + (self.hear(b"\x05" + self.address.encode()) if said[:1] == b"\x06" else b"")

    def status(self):
        """Its two characters."""
        return self.order("AP")[6:8].decode()

    def wait(self, seconds=2.0):
        self.now_s += seconds
        return b"".join(piece.data for piece in self.box.update(self.at()).pieces)

    def hand(self, action):
        self.box.hand(HandAction(action), self.at())

    def state(self):
        return self.box.state(self.at())

    def places(self):
        return {card.serial: card.place.value for card in self.state().cards if card.place.value != "hopper"}


@pytest.fixture
def rig():
    return Rig()


@pytest.fixture
def make_rig():
    return Rig
