"""A simulated card reader below the real pcscd, libccid and libusb, for clients in the process of the test.

libpcsclite looks up the way to the service once in a process, so all kits of one process are behind one link.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from padkit_agent.links.pcsc import open_reader, see_readers
from padkit_sdk.links import Pcsc
from padkit_sim.control import ask
from padkit_sim.control import words as w
from padkit_sim.kitfile.load import parse
from padkit_sim.run import Options, standing

DOOR = Path(tempfile.gettempdir()) / f"padkit-pcsc-{os.getpid()}"
FAST = 50.0
LONG_S = 10.0
KIT = """
[kit]
name = "cards"
[[device]]
id = "chip"
type = "card_reader"
cards = [{ bin = "999900" }, { bin = "999901", protocol = "T=1" }]
"""


class CardKit:
    """Hands for the one reader, and what is seen of it."""

    def __init__(self, control: Path) -> None:
        self._control = control
        self.sights: asyncio.Queue = asyncio.Queue()

    async def ask(self, request):
        return await asyncio.to_thread(ask, self._control, request)

    async def hand(self, action, item=""):
        await self.ask(w.Hand("chip", action, item=item))

    async def insert(self, item="1"):
        await self.hand("insert_card", item)

    async def remove(self):
        await self.hand("remove_card")

    async def arm(self, name, *, nth=1, **args):
        await self.ask(w.Fault(name, args, nth=nth))

    async def unplug(self):
        await self.ask(w.Unplug("chip"))

    async def plug(self):
        await self.ask(w.Plug("chip"))

    async def sight(self, *, readers):
        """What is seen next with so many readers."""
        async with asyncio.timeout(LONG_S):
            while len(wires := await self.sights.get()) != readers:
                pass
        return wires

    @asynccontextmanager
    async def link(self):
        """The reader, open as soon as it is there."""
        (wire,) = await self.sight(readers=1)
        link = await open_reader(Pcsc(""), Path(wire.path))
        try:
            yield link
        finally:
            await link.close()


@asynccontextmanager
async def card_kit(text: str = KIT, speed: float = FAST) -> AsyncIterator[CardKit]:
    """A kit that stands, looked at by `see_readers`."""
    os.environ["PCSCLITE_CSOCK_NAME"] = str(DOOR)
    async with standing(parse(text, "cards.toml"), Options(speed=speed), time.monotonic) as environment:
        DOOR.unlink(missing_ok=True)
        DOOR.symlink_to(environment["PCSCLITE_CSOCK_NAME"])
        kit = CardKit(Path(environment["PADKIT_SIM_CONTROL"]))
        looking = asyncio.create_task(see_readers([], kit.sights.put_nowait))
        try:
            yield kit
        finally:
            looking.cancel()
            await asyncio.wait([looking])
            DOOR.unlink()
