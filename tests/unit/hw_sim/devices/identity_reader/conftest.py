"""A reader on a bench: time is stepped by hand, frames are built by hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import xor

import pytest

from padkit_sim.devices.device import HandAction, Moment, Step
from padkit_sim.devices.identity_reader import FAULTS, NAMES, IdentityReader, Person, ReaderSettings, Resident
from padkit_sim.faults import FaultBook, FaultRequest

PREAMBLE = bytes.fromhex("AAAAAA9669")


def resident(name):
    return Resident(name, "1", "01", "19900307", "虚构路1号", "999999199003071234", "样例局", "20200101", "长期")


PEOPLE = (
    Person("test_a", resident("测试甲"), fingers=1),
    Person("test_b", resident("阿依·测\ue863"), fingers=2, new_address="新迁巷8号"),
    Person("test_c", resident("测试丙"), fingers=0),
)


def frame(cmd, para):
    body = bytes([0, 3, cmd, para])
    return PREAMBLE + body + bytes([reduce(xor, body)])


@dataclass
class Bench:
    """`now_s` is both clocks."""

    reader: IdentityReader
    book: FaultBook
    now_s: float = 0.0
    wake_at_s: float | None = None

    def at(self) -> Moment:
        return Moment(self.now_s, self.now_s)

    def take(self, step: Step):
        self.wake_at_s = step.wake_at_s
        return [piece.data for piece in step.pieces]

    def send(self, data, baud=None):
        return self.take(self.reader.receive(data, self.at(), baud))

    def run(self, seconds):
        self.now_s += seconds
        return self.take(self.reader.update(self.at()))

    def ask(self, cmd, para):
        """The reply to one command: SW3 and data; None when nothing came."""
        assert self.send(frame(cmd, para)) == []
        assert self.wake_at_s is not None
        self.now_s = self.wake_at_s
        answers = self.take(self.reader.update(self.at()))
        return (answers[0][9], answers[0][10:-1]) if answers else None

    def status(self, cmd, para):
        return f"{self.ask(cmd, para)[0]:02X}"

    def selected(self):
        assert [self.status(0x20, 0x01), self.status(0x20, 0x02)] == ["9F", "90"]
        return self

    def lay(self, person):
        self.take(self.reader.hand(HandAction("lay_card", person), self.at()))
        return self

    def lift(self):
        self.take(self.reader.hand(HandAction("lift_card"), self.at()))

    def arm(self, name, *, nth=1, times=1, **args):
        self.book.arm(FaultRequest(name, args, nth=nth, times=times))

    def state(self):
        return self.reader.state(self.at())


@pytest.fixture
def bench_of():
    """Make a bench; keywords are those of `ReaderSettings`."""

    def make(**settings) -> Bench:
        book = FaultBook({spec.name: spec for spec in FAULTS}, {"reader": NAMES}, seed=1)
        return Bench(IdentityReader(ReaderSettings(people=PEOPLE, **settings), book.dial("reader")), book)

    return make


@pytest.fixture
def bench(bench_of):
    """A reader with nothing on it."""
    return bench_of()
