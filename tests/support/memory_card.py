"""The slot of a simulated card reader as a `CardLink`, without USB and without pcscd: for tests of drivers."""

from __future__ import annotations

import asyncio

from padkit_sdk.errors import DeviceFault, LinkLost, Refused
from padkit_sdk.links import CardAfter, CardLink, CardReset
from padkit_sim.devices.bank_card import numbered
from padkit_sim.devices.card_reader import FAULTS, NAMES, ReaderCard
from padkit_sim.devices.card_reader.slot import Seat, Silence
from padkit_sim.faults import FaultBook

CARDS = (ReaderCard(numbered("999900", 901)), ReaderCard(numbered("999900", 902), "T=1"))


class MemoryCardLink(CardLink):
    """`seat` is what hands act on; call `changed` afterwards. `sent` are the commands so far."""

    name = "Memory reader (MEM-0001) 00 00"
    serial = "MEM-0001"

    def __init__(self):
        self.book = FaultBook({spec.name: spec for spec in FAULTS}, {"chip": NAMES}, seed=1)
        self.seat = Seat(CARDS, self.book.dial("chip"))
        self.sent = []
        self.closed = self.taken = self.lost = False
        self._had = False
        self._change = asyncio.Event()

    def insert(self, item="1"):
        self.seat.insert(item=item)
        self.changed()

    def remove(self):
        self.seat.remove()
        self.changed()

    def lose(self):
        self.lost = True
        self.changed()

    def changed(self):
        self._change.set()
        self._change = asyncio.Event()

    async def connect(self, *, timeout_s, exclusive=True):
        self._check()
        if self.taken:
            raise Refused("link.busy", "another program has the card")
        if self.seat.card is None:
            raise DeviceFault("chip.absent", "no card")
        return self._reset()

    async def transmit(self, command, *, timeout_s):
        self._check()
        self.sent.append(command)
        if not self._had:
            raise DeviceFault("chip.off", "no power")
        if self.seat.card is None:
            raise DeviceFault("chip.absent", "pulled")
        try:
            return self.seat.exchange(command)
        except Silence:
            raise DeviceFault("chip.transmission", "silent") from None

    async def reset(self, *, cold, timeout_s):
        self._check()
        return self._reset()

    async def disconnect(self, after=CardAfter.UNPOWER, *, timeout_s):
        self._check()
        self._had = False
        self.seat.power_off()

    async def present(self, *, timeout_s):
        self._check()
        return self.seat.card is not None

    async def wait_card(self, *, present, timeout_s):
        while (self.seat.card is not None) is not present:
            self._check()
            await self._change.wait()
        return True

    async def close(self):
        self.closed = True

    def _reset(self):
        try:
            atr = self.seat.power_on()
        except Silence:
            raise DeviceFault("chip.mute", "mute") from None
        self._had = True
        assert self.seat.card is not None
        return CardReset(self.seat.card.protocol.number, atr)

    def _check(self):
        if self.closed or self.lost:
            raise LinkLost("gone")
