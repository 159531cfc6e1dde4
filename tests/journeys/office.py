"""The people at central who order a kit: two operators with keys of their own, and what they do at a terminal."""

from __future__ import annotations

import json
from typing import Any

from journey import Journey, a_moment

from padkit_sim.demo import files
from padkit_sim.demo.world import KIT, WorldFailed

WANG, LI = "wang", "li"
WAIT_S = "20"
HOLDER, PASSCODE = "Li Hua", "correct horse"  # TEST ONLY
PASSCODE_FILE = "passcode.TEST-ONLY"


class Office:
    """Orders for the journey's kit."""

    def __init__(self, journey: Journey) -> None:
        self._journey = journey

    async def open(self) -> None:
        """Issue the operators' folders and name the kit's holder, once a world."""
        for name in (WANG, LI):
            if not (self._journey.folder / name).exists():
                await self._journey.world.central_cli("ca", "operator", "ca", name, "--out", name)
                await self.user(name)
                await self._name_holder()

    async def user(self, name: str) -> None:
        """Let an operator decide on requests for authorisation."""
        words = ("--role", "authoriser", "--level", "4", "--reason", "journey", "--by", "journey")
        await self._journey.world.central_cli("user", "put", name, *words, "--config", files.CENTRAL)

    async def _name_holder(self) -> None:
        (self._journey.folder / PASSCODE_FILE).write_text(PASSCODE + "\n")
        named = ("--name", HOLDER, "--passcode-file", PASSCODE_FILE)
        await self._journey.world.central_cli("kit", "holder", KIT, *named, "--config", files.CENTRAL)

    async def order(self, kind: str, *words: str, by: str = WANG, wait: bool = True) -> dict[str, Any]:
        """Ask for an order and wait for its end; return it as central shows it."""
        waiting = ("--wait", WAIT_S) if wait else ()
        out = await self._cli(kind, KIT, *words, "--reason", "journey", *self._as(by), *waiting, "--json")
        order: dict[str, Any] = json.loads(out)
        return order

    async def cancel(self, order: str, by: str = WANG) -> str:
        """Take an order back; return the id of the order that does it."""
        out = await self._cli("cancel", order, "--reason", "journey", *self._as(by), "--json")
        return str(json.loads(out)["command"])

    async def approve(self, order: str, by: str = LI) -> None:
        """Give the second person's consent."""
        await self._cli("approve", order, "--yes", *self._as(by))

    async def state(self, order: str) -> str:
        """Return how far an order came at the kit."""
        out = await self._cli("status", order, "--json")
        return str(json.loads(out)["kits"][0]["state"])

    async def ended(self, order: str) -> str:
        """Wait for the end of an order."""
        while (state := await self.state(order)) in ("asked", "approved", "queued", "sent", "received"):
            await a_moment()
        return state

    async def code(self, challenge: str) -> str:
        """Two people make the code for a challenge."""
        people = ("--operator", WANG, "--operator", LI, "--password-file", files.PASSWORD)
        out = await self._cli("unlock-code", KIT, "--challenge", challenge, "--reason", "journey", *people, "--json")
        return str(json.loads(out)["code"])

    async def _cli(self, *words: str) -> str:
        return await self._journey.world.central_cli("command", *words, "--config", files.CENTRAL)

    @staticmethod
    def _as(name: str) -> tuple[str, ...]:
        return ("--operator", name, "--password-file", files.PASSWORD)


async def standing(journey: Journey) -> dict[str, Any]:
    """Return how the kit says it stands."""
    said: dict[str, Any] = (await journey.world.agent("GET", "/v1/status"))["standing"]
    return said


async def stands(journey: Journey, mode: str) -> dict[str, Any]:
    """Wait until the kit stands like this, with nothing left to finish."""
    while (it := await standing(journey)).get("mode", "open") != mode or it.get("finishing"):
        await a_moment()
    return it


async def refusal_of(doing: Any) -> str:
    """Return the code that a request was refused with."""
    try:
        await doing
    except WorldFailed as exc:
        return str(exc).rpartition("[")[2].rstrip("]")
    return ""
