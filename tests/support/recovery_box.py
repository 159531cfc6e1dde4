"""The card boxes at work, with their cards counted: none is lost, doubled or fed for nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from typing import Any

from recovery_work import T, Work, read_chip

from padkit_sdk.ports import CardPlace, Slot

CARDS = 40
SLOTS = f'slots = [{{ bin = "999900", count = {CARDS} }}]'
RUN_S = 2.0  # longer than the motor of a box that only ejects runs for one card


class _Box(Work):
    """`pairs`: how often two cards may leave the hopper at once; `takings`: how many cards people have got."""

    acknowledges = True
    pairs = takings = 0

    async def settle(self):
        """Each card is in one place, and nobody has one that he did not take."""
        places = await self.places()
        assert len({card["serial"] for card in await self.cards()}) == places.total() == CARDS
        assert places["hand"] == self.takings

    @asynccontextmanager
    async def one_fed(self):
        """One card at most leaves the hopper for one call, whatever comes of it."""
        before = await self.places()
        try:
            yield
        finally:
            fed = before["hopper"] - (await self.places())["hopper"]
            assert fed <= 1 + self.pairs, f"{fed} cards were fed for one call"

    async def take(self) -> None:
        """A customer takes one card."""
        before = self.takings
        await self.touch("take_card")
        assert 1 <= self.takings - before <= 1 + self.pairs

    async def touch(self, action: str) -> None:
        """Somebody does that, and keeps the cards that he gets."""
        before = (await self.places())["hand"]
        await self.try_to(action)
        self.takings += (await self.places())["hand"] - before

    async def places(self) -> Counter[str]:
        return Counter(card["place"] for card in await self.cards())

    async def cards(self) -> list[dict[str, Any]]:
        return (await self.door.truth())["cards"]


class CardBox(_Box):
    """One card is read and given to a customer, the next one captured."""

    type = "card_dispenser"
    model = "CRT-591"
    table = f'type = "card_dispenser"\n{SLOTS}'

    async def do(self):
        box = self.driver
        await self._clear_path()
        async with self.one_fed():
            await box.stage(timeout_s=T)
        chip = await read_chip(box, self._loop.time)
        staged = [card for card in await self.cards() if card["place"] == "path"]
        shown = (await box.move(Slot.GATE, timeout_s=T)).card
        await self.take()
        taken = await box.status(timeout_s=T)
        async with self.one_fed():
            await box.stage(timeout_s=T)
        await box.move(Slot.GATE, timeout_s=T)
        binned = await box.move(Slot.BIN, timeout_s=T)
        return {
            "number": chip.pan.digits in [card["pan"] for card in staged],
            "slip": chip.pan.digits == staged[0]["slip_pan"],
            "shown": shown,
            "taken": taken.card,
            "counted": binned.bin_count - taken.bin_count,
            "hopper": binned.hopper,
            "bin full": binned.bin_full,
        }

    async def settle(self):
        await super().settle()
        places = await self.places()
        counter = (await self.door.truth())["bin_counter"]
        assert (places["path"], places["gate"], counter) == (0, 0, places["bin"])

    async def _clear_path(self) -> None:
        """What a flow finds and has no customer for goes to the bin."""
        found = await self.driver.prepare(timeout_s=T)
        if found.card in (CardPlace.INSIDE, CardPlace.GATE):
            await self.driver.move(Slot.BIN, timeout_s=T)


class EjectBox(_Box):
    """One card is given to a customer."""

    type = "eject_box"
    model = "CRT-541"
    table = f'type = "eject_box"\n{SLOTS}'

    async def set_out(self):
        """Two people look into the mouth, and take what nobody has asked for."""
        await asyncio.sleep(RUN_S)
        await self.touch("take_card")

    async def do(self):
        await self.driver.prepare(timeout_s=T)
        async with self.one_fed():
            given = await self.driver.eject(timeout_s=T)
        await self.take()
        return {"given": given.card, "hopper": given.hopper}
