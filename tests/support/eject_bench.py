"""A box that only ejects on its bench, for the tests of hostile wires."""

from __future__ import annotations

from functools import reduce
from operator import xor

from hostile_bench import CALL_S, OnLine

from padkit_card_dispenser import open_crt541
from padkit_sdk.ports import CardPlace
from padkit_sim.faults import FaultBook
from padkit_sim.kitfile import find_kit_file, load


class EjectBox(OnLine):
    type = "eject_box"
    seal = staticmethod(
        lambda frame: frame[:-1] + bytes([reduce(xor, frame[:-1], 0)]) if frame[:1] == b"\x02" else frame
    )

    def device(self):
        (entry,) = (it for it in load(find_kit_file("eject_only_box")).devices if it.type == self.type)
        self.dial = FaultBook({}, {"it": frozenset()}, 0).dial("it")
        return entry.kind.make(entry.settings, self.dial)

    async def opened(self):
        return await open_crt541(self.line, self.context)

    def asks(self):
        box = self.driver
        return [
            lambda: box.status(timeout_s=5),
            lambda: box.identify(timeout_s=5),
            lambda: box.self_test(timeout_s=5),
            lambda: box.prepare(timeout_s=CALL_S),
            lambda: box.eject(timeout_s=CALL_S),
        ]

    async def usual(self):
        box = self.driver
        await box.identify(timeout_s=5)
        await box.self_test(timeout_s=5)
        await box.prepare(timeout_s=CALL_S)
        await box.eject(timeout_s=CALL_S)
        await box.status(timeout_s=5)

    async def good(self):
        for card in self.attached.device.state(self.attached.now()).cards:
            self.attached.device.tamper(card.pan, "hopper")
        assert (await self.driver.prepare(timeout_s=CALL_S)).card is CardPlace.NONE
