"""A card reader and a back-clip on the air, below the real pcscd and a real bus, and the agent's own links to them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from unittest import mock

from card_kit import DOOR
from recovery_stand import Door, kit_file
from recovery_work import IdentityReader, IdentityReaderOnAir, Work, read_chip

from padkit_agent.links.ble import open_peripheral
from padkit_agent.links.pcsc import open_reader, see_readers
from padkit_sdk.errors import LinkLost
from padkit_sim.control import ask
from padkit_sim.control import words as w
from padkit_sim.run import Options, standing

SPEED = 50.0
SEEN_S, LONG_S = 15.0, 60.0
CARDS = 100
PATIENCE = 2  # times what a flow has


class Patient:
    """A chip that is waited for, however busy this machine is."""

    def __init__(self, chip):
        self._chip = chip

    async def power_on(self, *, timeout_s):
        return await self._chip.power_on(timeout_s=PATIENCE * timeout_s)

    async def transmit(self, command, *, timeout_s):
        return await self._chip.transmit(command, timeout_s=PATIENCE * timeout_s)

    async def power_off(self, *, timeout_s):
        await self._chip.power_off(timeout_s=PATIENCE * timeout_s)


class CardReader(Work):
    """One card after the other; a spoilt one is not used again."""

    type = "card_reader"
    wire = "usb"
    model = "PCSC"
    table = f'type = "card_reader"\ncards = [{{ bin = "999900", count = {CARDS} }}]'
    usb_kinds = ("bulk",)
    brief = True
    next_card = 0

    def __init__(self, door):
        super().__init__(door)
        self._moved = asyncio.Event()

    def hear(self, event):
        if event.name in ("card.inserted", "card.removed"):
            self._moved.set()

    async def set_out(self):
        if (await self.door.truth())["inserted"]:
            await self._move("remove_card")
        CardReader.next_card = CardReader.next_card % CARDS + 1
        await self._move("insert_card", item=str(CardReader.next_card))

    async def do(self):
        seen = await read_chip(Patient(self.driver), asyncio.get_running_loop().time)
        return {"number": seen.pan.digits == (await self.door.truth())["inserted"]}

    async def _move(self, action: str, **words: str) -> None:
        """A card goes in or out; somebody who sees nothing happen goes on all the same."""
        self._moved.clear()
        await self.door.hand(action, **words)
        with suppress(TimeoutError):
            async with asyncio.timeout(SEEN_S):
                await self._moved.wait()


class ReaderInTheAir(IdentityReader):
    """What the air does; a line behind it is tried in memory."""

    wire = "ble"
    table = IdentityReaderOnAir.table
    openings = 2  # one takes some seconds
    brief = True

    @classmethod
    def concerns(cls, fault):
        return fault.startswith("ble.")


STACKED = (CardReader, ReaderInTheAir)


class StackDoor(Door):
    """The door of one device of the kit."""

    def __init__(self, control: Path, place: int) -> None:
        self._control = control
        self.device = f"device_{place}"
        self.serial = ""

    async def ask(self, request):
        return self.said(await asyncio.to_thread(ask, self._control, request))


class CardDoor(StackDoor):
    """`see` hears which readers there are."""

    def __init__(self, control: Path, place: int) -> None:
        super().__init__(control, place)
        self.serial = "CR-0001"
        self._wires = self._opened = ()
        self._news = asyncio.Event()

    def see(self, wires):
        self._wires = tuple(wire for wire in wires if self.serial in wire.path)
        self._news.set()

    async def open_link(self, match):
        try:
            async with asyncio.timeout(SEEN_S):
                await self._until_seen(True)
        except TimeoutError:
            raise LinkLost("the kit's own reader is not there") from None
        self._opened = self._wires
        return await open_reader(match, Path(self._wires[0].path))

    def gone(self, link):
        return self._opened != self._wires

    async def replug(self):
        async with asyncio.timeout(LONG_S):
            await self.ask(w.Unplug(self.device))
            await self._until_seen(False)
            await self.ask(w.Plug(self.device))
            await self._until_seen(True)

    async def _until_seen(self, there: bool) -> None:
        while bool(self._wires) is not there:
            self._news.clear()
            await self._news.wait()


class AirDoor(StackDoor):
    """The peripheral is found by its address; that its link is lost is told by the link."""

    def gone(self, link):
        return False

    async def open_link(self, match):
        return await open_peripheral(match, Path((await self.truth())["serial"]))


@asynccontextmanager
async def standing_doors() -> AsyncIterator[dict[type, StackDoor]]:
    """One kit with both devices, and the door of each by the work that is done there."""
    file = kit_file(*(work.table for work in STACKED))
    async with standing(file, Options(speed=SPEED), time.monotonic) as environment:
        ways = {name: environment[name] for name in ("DBUS_SYSTEM_BUS_ADDRESS", "PCSCLITE_CSOCK_NAME")}
        DOOR.unlink(missing_ok=True)
        DOOR.symlink_to(ways["PCSCLITE_CSOCK_NAME"])
        control = Path(environment["PADKIT_SIM_CONTROL"])
        cards, air = CardDoor(control, 1), AirDoor(control, 2)
        with mock.patch.dict(os.environ, ways | {"PCSCLITE_CSOCK_NAME": str(DOOR)}):
            looking = asyncio.create_task(see_readers([], cards.see))
            try:
                yield {CardReader: cards, ReaderInTheAir: air}
            finally:
                looking.cancel()
                await asyncio.wait([looking])
                DOOR.unlink()
