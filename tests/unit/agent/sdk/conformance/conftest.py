"""A bench of fakes: a driver that does as it is told, hands that write down what they did, a clock that stands still."""

from __future__ import annotations

from pathlib import Path

import pytest

from padkit_sdk import DriverOffer, UsbSerial
from padkit_sdk.conformance.bench import Bench, Setup
from padkit_sdk.conformance.hands import NoHands, Power
from padkit_sdk.conformance.port import Port
from padkit_sdk.conformance.target import Target
from padkit_sdk.manifest import SDK_VERSION, Manifest
from padkit_sdk.ports import BoxStatus, Capability, CardPlace, DeviceIdentity, HopperLevel, SelfTest

MATCH = UsbSerial(vid=0x1209, pid=0xCA4D, baud=9_600)
EMPTY = BoxStatus(CardPlace.NONE, HopperLevel.ENOUGH, bin_full=False, bin_count=3)


class FakeLink:
    closed = False

    async def close(self):
        self.closed = True


class FakeBox:
    """Stands as `status_now` says; an error in `fails` is raised by the method of that name."""

    def __init__(self):
        self.status_now = EMPTY
        self.fails = {}
        self.asked = []
        self.closed = 0

    async def identify(self, *, timeout_s):
        return self._did("identify", DeviceIdentity("FAKE", "S-1", "1.0"))

    async def self_test(self, *, timeout_s):
        return self._did("self_test", SelfTest(()))

    async def capabilities(self):
        return frozenset({Capability.STAGE, Capability.CAPTURE})

    async def prepare(self, *, timeout_s):
        return self._did("prepare", self.status_now)

    async def status(self, *, timeout_s):
        return self._did("status", self.status_now)

    async def stage(self, *, timeout_s):
        return self._did("stage", self.status_now)

    async def move(self, to, *, timeout_s):
        return self._did(f"move {to.value}", self.status_now)

    async def close(self):
        self.closed += 1
        self._did("close", None)

    def _did(self, what, value):
        self.asked.append(what)
        if what in self.fails:
            raise self.fails[what]
        return value


class FakeHands(NoHands):
    """Sees the cards that the test says, and can do what the test allows."""

    name = "fake"

    def __init__(self):
        self.did = []
        self.seen = {}
        self.powers = frozenset({Power.SEE_CARDS})

    def tidy(self):
        self.did.append("tidy")

    def cut_power(self):
        self.did.append("cut_power")

    def cards(self):
        return dict(self.seen)

    def is_moving(self):
        self.did.append("is_moving")
        return self.did.count("is_moving") > 2


class World:
    """Everything on the fake bench."""

    def __init__(self):
        self.box = FakeBox()
        self.hands = FakeHands()
        self.links = []
        self.ports = [Port(Path("/dev/ttyUSB0"), MATCH, "CDB-0001")]
        self.now_s = 0.0
        self.open_error = None
        manifest = Manifest("fake", "1.0", SDK_VERSION, "fake.plugin", ("card_dispenser",), ("usb_serial",))
        offer = DriverOffer("FAKE-1", ("card_dispenser",), (MATCH,), self._open)
        self.target = Target(manifest, offer, {}, {"usb_serial": self._open_link})

    def setup(self):
        return Setup(self.target, lambda: self.ports[0], self.hands, lambda: self.now_s)

    def bench(self):
        return Bench(self.setup())

    async def _open_link(self, match, path):
        self.links.append(FakeLink())
        return self.links[-1]

    async def _open(self, link, context):
        if self.open_error:
            raise self.open_error
        return self.box


@pytest.fixture
def world():
    return World()


@pytest.fixture
async def bench(world):
    bench = world.bench()
    await bench.open()
    return bench
