"""Whoever shows an identity card and a face to the simulated kit's camera, signs and enters a PIN, as the agent asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from padkit_sim.demo.world import ANSWER_S, LOOK_S, World

FRONT, BACK = "id_front", "id_back"
PINS = ("246813", "246813")  # TEST ONLY: the customer's two entries
UNSEEN = ("document.wrong_side", "document.not_found", "camera.no_picture")


class Hands:
    """Acts on progress lines; each call is one line of a flow."""

    def __init__(
        self,
        world: World,
        front: str,
        sits: str = "",
        *,
        back: str = "back-test_a.jpg",
        pins: Sequence[str] = PINS,
        present: str = PINS[0],
    ) -> None:
        self._world = world
        self._cards = {FRONT: front, BACK: back}
        self._sits = sits
        self._entries = {"1/2": pins[0], "2/2": pins[1], "1/1": present}
        self._wanted = ""
        self._side = BACK
        self._shown = self._seated = False
        self._signed = 0

    async def __call__(self, line: dict[str, Any]) -> None:
        note = line.get("note", "")
        match line["kind"], line.get("action"):
            case "doing", "read_document":
                self._wanted = note
                await self._show(note)
            case "done", "read_document":
                self._wanted = ""
            case "hint", "read_document" if note in UNSEEN and not self._wanted:  # we came after a side was asked for
                await self._show(FRONT if self._side == BACK else BACK)
            case "ended", _:
                await self._leave()
            case "hint", "enter_pin" if note.startswith("pin.entry "):
                await self._world.kit("hand", device="pin", action="press_keys", item=f"{self._entries[note[10:]]}E")
            case "doing", "sign_document":
                await self._sign()
            case "doing", "check_face":
                await self._sit()
            case "hint", "check_face" if note.startswith("face.step "):
                if not self._seated:  # we came after the sitting had begun
                    await self._sit()
                await self._world.kit("camera", action="step", item=":".join(note.split(" ")[2:]))

    async def _sign(self) -> None:
        """Write on the pad as soon as it takes ink, then touch "confirm"."""
        await self._pad_when(lambda it: bool(it["capturing"]))
        self._signed += 1  # nobody writes twice alike
        await self._world.kit("hand", device="pad", action="sign", item=f"generated:{self._signed}")
        await self._pad_when(lambda it: not it["moving"])
        await self._world.kit("hand", device="pad", action="press", item="confirm")

    async def _pad_when(self, is_so: Callable[[dict[str, Any]], bool]) -> None:
        async with asyncio.timeout(ANSWER_S):
            while not is_so((await self._world.kit("state"))["devices"]["pad"]):  # noqa: ASYNC110 - another process
                await asyncio.sleep(LOOK_S)

    async def _leave(self) -> None:
        if self._shown:
            await self._world.kit("camera", action="take_document")
        if self._seated:
            await self._world.kit("camera", action="leave")
        self._shown = self._seated = False

    async def _sit(self) -> None:
        self._seated = True
        await self._world.kit("camera", action="sit", item=self._sits)

    async def _show(self, side: str) -> None:
        self._side, self._shown = side, True
        await self._world.kit("camera", action="lay_document", item=self._cards[side])
