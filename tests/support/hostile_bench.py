"""A driver before its simulated device on a wire that can be spoiled: what all benches share; see `hostile_benches`."""

from __future__ import annotations

import asyncio
import contextlib
import random
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping

from growth import Growth
from saboteur import HostileLine, HostileUsb, Saboteur, SimEnd

from padkit_sdk import DriverContext, LinkLost, PadkitError
from padkit_sim.attached import Attached
from padkit_sim.attached_usb import AttachedUsb
from padkit_sim.devices.device import HandAction
from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultBook
from padkit_sim.journal import Journal
from padkit_sim.kitfile import find_kit_file, load
from padkit_sim.kitfile.table import Source, Table
from padkit_sim.kitfile.types import TYPES
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.wires import Line, MemoryPort

SETTLE_S = 60.0  # any motion, entry or wait of a device is over by then
CALL_S = 20.0
FEWEST_CALLS = 12  # one call of a fingerprint module can hear a thousand frames


class Deaf(Journal):
    """Keeps nothing: memory is what is measured."""

    def _add(self, device, direction, data, note):
        pass


class Bench(ABC):
    """One driver and its device. Events of the driver are dropped. `journal` makes what a recording is written with."""

    type = ""
    few = 150  # frames, when nobody asks for more
    seal: Callable[[bytes], bytes] = staticmethod(lambda frame: frame)

    def __init__(self, seed: int, journal: Callable[[Callable[[], float]], Journal] = Deaf) -> None:
        loop = asyncio.get_running_loop()
        self.dice = random.Random(seed)
        self.saboteur = Saboteur(self.dice, type(self).seal)
        self.context = DriverContext("it", loop.time, lambda event: None, self.settings())
        self.time = MechanicalTime(loop.time, 1.0)
        self.journal = journal(loop.time)
        self.driver = None
        self.asked = 0
        self.attached = self.stand()

    def settings(self) -> Mapping[str, object]:
        return {}

    def device(self):
        """The simulated device as the demo's kit file has it, else as an empty table gives it."""
        kind = TYPES[self.type]
        known = [entry.settings for entry in load(find_kit_file("demo")).devices if entry.type == self.type]
        settings = known[0] if known else kind.read(Table(Source("bench", {}), (), {}))
        self.dial = FaultBook({}, {"it": frozenset()}, 0).dial("it")
        return kind.make(settings, self.dial)

    def hand(self, action: str, **words: str) -> None:
        """A person acts, if that is possible now."""
        with contextlib.suppress(SimRefused):
            self.attached.hand(HandAction(action, **words))

    def soon(self, seconds: float, action: str, **words: str) -> None:
        """A person acts a little later."""
        asyncio.get_running_loop().call_later(seconds, lambda: self.hand(action, **words))

    async def open(self) -> None:
        self.driver = await self.opened()

    async def close(self) -> None:
        await self.leave()
        if self.attached is not None:
            self.attached.close()

    async def leave(self) -> None:
        """Close the driver; the device stands."""
        if self.driver is not None:
            await self.driver.close()
            self.driver = None

    async def mishear(self) -> None:
        """Ask for something while the wire is bad: a value or a typed error, nothing else."""
        try:
            self.asked += 1
            async with asyncio.timeout(10 * CALL_S):
                await self.dice.choice(self.asks())()
        except LinkLost:
            await self.again()
        except PadkitError as exc:
            assert str(exc)

    async def replay(self) -> None:
        """A whole session, from the opening on, while the wire is bad; then the wire is good again."""
        await self.leave()
        self.saboteur.on = True
        try:
            self.asked += 1
            async with asyncio.timeout(20 * CALL_S):
                await self.open()
                await self.usual()
        except PadkitError as exc:
            assert str(exc)
        await self.again()
        await self.good()

    async def ordeal(self, frames: int) -> int:
        """Hear so many bad frames, recovering every few calls. Raises `AssertionError`, also when memory grows; see `Growth`."""
        await self.open()
        await self.usual()
        with Growth(frames) as growth:
            while self.saboteur.frames < frames or self.asked < FEWEST_CALLS:
                for _ in range(self.dice.randint(1, 6)):
                    self.saboteur.on = True
                    await self.mishear()
                await self.recover()
                growth.heard(self.saboteur.frames)
            return growth.check()

    async def again(self) -> None:
        """What the agent does with a lost link: close and open, until that works."""
        self.saboteur.on = False
        await asyncio.sleep(SETTLE_S)
        await self.leave()
        await self.open()

    async def recover(self) -> None:
        """The wire is good again: after a while the next answer is right."""
        self.saboteur.on = False
        await asyncio.sleep(SETTLE_S)
        await self.good()

    # -- each bench says these

    @abstractmethod
    def stand(self):
        """Put the simulated device up, with the saboteur on its wire."""

    @abstractmethod
    async def opened(self):
        """A driver of ours, opened on it."""

    @abstractmethod
    def asks(self) -> list[Callable[[], Awaitable[object]]]:
        """What it can be asked for, the usual more often."""

    @abstractmethod
    async def usual(self) -> None:
        """The work of a day, after the opening: what a recording of it holds."""

    @abstractmethod
    async def good(self) -> None:
        """Ask for something, and see that the answer is right."""


class OnLine(Bench):
    """On a serial line."""

    def stand(self):
        device = self.device()
        self.line = HostileLine(self.saboteur)
        line = Line(self.dial, random.Random(0))
        attached = Attached(self.type, device, SimEnd(self.line), line, self.time, self.journal, paced=False)
        self.line.plug(attached._hear)
        return attached


class OnUsb(Bench):
    """In a USB port."""

    def stand(self):
        self.port = MemoryPort()
        attached = AttachedUsb(self.type, self.device(), self.port, self.dial, self.time, self.journal)
        attached.plug()
        return attached

    def link(self) -> HostileUsb:
        return HostileUsb(self.port, self.saboteur)
