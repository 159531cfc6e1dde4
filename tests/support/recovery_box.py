"""The card box at work, with its cards counted: one is given to a customer, the next captured, and none is lost or doubled."""

from __future__ import annotations

from collections import Counter
from typing import Any

from recovery_work import T, Work, read_chip

from padkit_sdk.ports import CardPlace, Slot

CARDS = 40


class CardBox(Work):
    type = "card_dispenser"
    model = "CRT-591"
    table = f'type = "card_dispenser"\nslots = [{{ bin = "999900", count = {CARDS} }}]'
    acknowledges = True
    pairs = 0  # how often two cards may leave the hopper at once
    takings = 0

    async def do(self):
        box = self.driver
        await self._clear_path()
        await self._stage()
        chip, truth = await read_chip(box, self._loop.time), await self._cards()
        staged = [card for card in truth if card["place"] == "path"]
        shown = (await box.move(Slot.GATE, timeout_s=T)).card
        await self.door.hand("take_card")
        self.takings += 1
        taken = await box.status(timeout_s=T)
        await self._stage()
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

    async def _clear_path(self) -> None:
        """What a flow finds and has no customer for goes to the bin."""
        found = await self.driver.prepare(timeout_s=T)
        if found.card in (CardPlace.INSIDE, CardPlace.GATE):
            await self.driver.move(Slot.BIN, timeout_s=T)

    async def _stage(self) -> None:
        """One card at most leaves the hopper, whatever comes of it."""
        before = await self._places()
        try:
            await self.driver.stage(timeout_s=T)
        finally:
            fed = before["hopper"] - (await self._places())["hopper"]
            assert fed <= 1 + self.pairs, f"{fed} cards were fed for one call"

    async def settle(self):
        """Each card is in one place, nobody took one that he was not given, and the counter has counted the captured."""
        truth = await self.door.truth()
        places = await self._places()
        assert len({card["serial"] for card in truth["cards"]}) == places.total() == CARDS
        assert self.takings <= places["hand"] <= self.takings + self.pairs
        assert (places["path"], places["gate"], truth["bin_counter"]) == (0, 0, places["bin"])

    async def _places(self) -> Counter[str]:
        return Counter(card["place"] for card in await self._cards())

    async def _cards(self) -> list[dict[str, Any]]:
        return (await self.door.truth())["cards"]
