"""One simulated device of a kit file, its control door, and a link to it whenever it is there. All of it in memory."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import IO, Any

import msgspec
from recovery_links import LineEnd, PortEnd

from padkit_sdk.errors import LinkLost
from padkit_sdk.links import LinkMatch
from padkit_sim.control import Desk
from padkit_sim.control import words as w
from padkit_sim.errors import SimRefused
from padkit_sim.kit import Kit
from padkit_sim.kitfile import KitFile
from padkit_sim.kitfile.load import parse


def kit_file(*tables: str) -> KitFile:
    """A kit of these devices, each with its keys; they are called by their places, ``device_1`` the first."""
    devices = (f'[[device]]\nid = "device_{place}"\n{table}\n' for place, table in enumerate(tables, 1))
    return parse('[kit]\nname = "recovery"\n' + "".join(devices), "recovery.toml")


class Door(ABC):
    """The ways in which a test asks a kit for something: those that a kit file and a person have."""

    device = "device_1"
    serial = ""  # of the kit's own device

    @abstractmethod
    async def ask(self, request: w.Request) -> dict[str, Any]:
        """What the kit answers. Raises `SimRefused`."""

    @abstractmethod
    async def open_link(self, match: LinkMatch) -> Any:
        """A new link to the kit's own device. Raises `LinkLost`."""

    async def arm(self, fault: str, args: dict[str, Any], nth: int) -> int:
        """Arm a fault and give its index."""
        return (await self.ask(w.Fault(fault, args, nth=nth, device=self.device)))["index"]

    async def struck(self, index: int) -> bool:
        """Whether that fault has struck."""
        return index in {firing["index"] for firing in (await self.ask(w.Faults()))["fired"]}

    async def truth(self) -> dict[str, Any]:
        """Where everything is."""
        return (await self.ask(w.State()))["devices"][self.device]

    async def hand(self, action: str, **words: str) -> None:
        """A person acts. Raises `SimRefused`."""
        await self.ask(w.Hand(self.device, action, **words))

    def gone(self, link: Any) -> bool:
        """Whether the agent would know that what `link` led to is there no more."""
        return link.lost

    async def replug(self) -> None:
        """Somebody pulls the cable, sees that, and puts it in again."""
        await self.ask(w.Unplug(self.device))
        await self.ask(w.Plug(self.device))

    async def swap_back(self) -> None:
        """Somebody plugs the kit's own device again, in place of the other."""
        if (await self.truth())["plugged"]:
            await self.ask(w.Unplug(self.device))
        await self.ask(w.Plug(self.device, serial=self.serial))

    def said(self, reply: bytes) -> dict[str, Any]:
        """A reply, taken apart. Raises `SimRefused`."""
        answer = msgspec.json.decode(reply)
        if not answer["ok"]:
            raise SimRefused(answer["error"])
        return answer


class Stand(Door):
    """A device in memory, plugged in."""

    def __init__(self, table: str, journal: IO[bytes] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._kit = Kit(kit_file(table), self._end_for, self._loop.time, journal)
        self._desk = Desk(self._kit)
        self._plans: list[asyncio.TimerHandle] = []
        self._kit.start()

    def close(self) -> None:
        self._kit.close()

    async def ask(self, request):
        return self._do(request)

    def soon(self, after_s: float, action: str, **words: str) -> None:
        """A person acts a little later, if that is possible then."""
        self._plans.append(self._loop.call_later(after_s, self._try, w.Hand(self.device, action, **words)))

    def change_plans(self) -> None:
        """Nobody acts any more."""
        for plan in self._plans:
            plan.cancel()
        self._plans.clear()

    async def open_link(self, match):
        """See `Door.open_link`."""
        if not self._end.plugged or self._end.serial != self.serial:
            raise LinkLost("in memory: the kit's own device is not plugged; plug it in")
        return self._end.open(match)

    def _try(self, request: w.Request) -> None:
        with suppress(SimRefused):
            self._do(request)

    def _do(self, request: w.Request) -> dict[str, Any]:
        return self.said(self._desk.answer(msgspec.json.encode(request)))

    def _end_for(self, entry):
        on_air = entry.wire == "ble"
        self.serial = entry.identity.address if on_air else entry.identity.serial
        self._end = PortEnd(entry.identity) if entry.wire == "usb" else LineEnd(self.serial)
        return self._end
