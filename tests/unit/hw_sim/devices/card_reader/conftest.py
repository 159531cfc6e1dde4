"""A card reader on a bench: time is stepped by hand, messages are built by hand."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import pytest

from padkit_sim.devices.bank_card import numbered
from padkit_sim.devices.card_reader import FAULTS, NAMES, CardReader, CardReaderSettings, ReaderCard
from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.usb import taken
from padkit_sim.faults import FaultBook, FaultRequest

CARDS = (
    ReaderCard(numbered("999900", 901)),
    ReaderCard(numbered("999900", 902), "T=1"),
)


@dataclass
class Answer:
    """One message of the reader, taken apart."""

    type: int
    slot: int
    sequence: int
    icc: int
    command: int
    error: int
    last: int
    data: bytes

    @classmethod
    def of(cls, raw):
        kind, length, slot, sequence, status, error, last = struct.unpack_from("<BIBBBBB", raw)
        assert length == len(raw) - 10
        return cls(kind, slot, sequence, status & 3, status >> 6, error, last, raw[10:])


@dataclass
class Bench:
    """`now_s` is both clocks."""

    reader: CardReader
    book: FaultBook
    now_s: float = 0.0
    wake_at_s: float | None = None
    said: list[Answer] = field(default_factory=list)
    told: list[bytes] = field(default_factory=list)
    sequence: int = 0

    def at(self):
        return Moment(self.now_s, self.now_s)

    def take(self, step):
        self.wake_at_s = step.wake_at_s
        self.said += map(Answer.of, taken(step.transfers, 0x82))
        self.told += taken(step.transfers, 0x83)
        return step

    def message(self, kind, data=b"", own=b"\0\0\0", slot=0):
        self.sequence = (self.sequence + 1) % 256
        return struct.pack("<BIBB3s", kind, len(data), slot, self.sequence, own) + data

    def send(self, *args, **kwargs):
        return self.take(self.reader.out(0x01, self.message(*args, **kwargs), self.at()))

    def run(self, seconds):
        self.now_s += seconds
        self.take(self.reader.update(self.at()))

    def ask(self, *args, **kwargs):
        """The final answer to one message, and how often the reader said "wait" before."""
        self.said.clear()
        self.send(*args, **kwargs)
        while not self.said or self.said[-1].command == 2:
            self.now_s = self.wake_at_s
            self.take(self.reader.update(self.at()))
        assert {it.sequence for it in self.said} == {self.sequence}
        return self.said[-1]

    def insert(self, item="1"):
        self.take(self.reader.hand(HandAction("insert_card", item=item), self.at()))
        return self

    def remove(self):
        self.take(self.reader.hand(HandAction("remove_card"), self.at()))

    def powered(self, item="1"):
        self.insert(item)
        self.atr = self.ask(0x62).data
        return self

    def apdu(self, words):
        return self.ask(0x6F, bytes.fromhex(words))

    def arm(self, name, *, nth=1, times=1, **args):
        self.book.arm(FaultRequest(name, args, nth=nth, times=times))


@pytest.fixture
def bench():
    book = FaultBook({spec.name: spec for spec in FAULTS}, {"chip": NAMES}, seed=1)
    return Bench(CardReader(CardReaderSettings(CARDS), book.dial("chip")), book)
