"""A pad on a bench: time is stepped by hand, reports are built by hand."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.signature_pad import FAULTS, NAMES, PadSettings, SignaturePad
from padkit_sim.devices.usb import Setup, taken
from padkit_sim.faults import FaultBook, FaultRequest

VECTORS = tomllib.loads(
    (Path(__file__).parents[4] / "vectors" / "signature_pad" / "reports.toml").read_text(encoding="utf-8")
)


def pytest_generate_tests(metafunc):
    """Give each test the vectors whose kind it names as its argument ``<kind>_vector``."""
    for name in metafunc.fixturenames:
        kind = name.removesuffix("_vector")
        if kind != name:
            metafunc.parametrize(name, VECTORS[kind], ids=[vector["name"] for vector in VECTORS[kind]])


class Bench:
    """`now_s` is both clocks. Pen reports gather in `reports`."""

    def __init__(self, model):
        self.book = FaultBook({spec.name: spec for spec in FAULTS}, {"pad": NAMES}, seed=1)
        self.pad = SignaturePad(PadSettings(model), self.book.dial("pad"))
        self.book.cleared = lambda device, name: self.pad.fault_cleared(name)
        self.now_s = 0.0
        self.reports = []

    def at(self):
        return Moment(self.now_s, self.now_s)

    def heard(self, step):
        self.reports += taken(step.transfers, 0x81)
        return step

    def set(self, text, *, pad_to=0):
        """Send a report; the last result, None when it was stalled."""
        data = bytes.fromhex(text)
        data = data.ljust(pad_to, b"\0")
        step = self.heard(self.pad.control(Setup(0x21, 9, 0x0300 | data[0], 0, len(data)), data, self.at()))
        return None if step.stalled else self.get(3)[2]

    def get(self, number):
        return self.heard(self.pad.control(Setup(0xA1, 1, 0x0300 | number, 0, 64), b"", self.at())).reply

    def out(self, data):
        return self.heard(self.pad.out(0x01, data, self.at()))

    def hand(self, action, item=""):
        return self.heard(self.pad.hand(HandAction(action, item=item), self.at()))

    def run(self, seconds):
        self.now_s += seconds
        return self.heard(self.pad.update(self.at()))

    def state(self):
        return self.pad.state(self.at())

    def arm(self, fault, nth=1, times=1, **args):
        self.book.arm(FaultRequest(fault, args, nth=nth, times=times))

    def capture(self):
        """An ink area as our driver has it, time and sequence, and a capture."""
        for order in ("2A 00 00 3C 00 1F 03 8F 01", "32 03", "15 00 00 00 07"):
            assert self.set(order) == 0


@pytest.fixture
def pads():
    return Bench


@pytest.fixture
def bench():
    return Bench("STU-540")
