"""The toy box: one line out, one line back. The answer to a line may order the driver to misbehave."""

from __future__ import annotations

import json
import os

from padkit_sdk import ByteLink, DriverContext, LinkLost
from padkit_sdk.ports import (
    BoxStatus,
    Capability,
    CardDispenser,
    CardPlace,
    Check,
    DeviceIdentity,
    HopperLevel,
    SelfTest,
    Slot,
)
from padkit_toy.misdeeds import MISDEEDS


class Toy(CardDispenser):
    def __init__(self, link: ByteLink, context: DriverContext) -> None:
        self.link = link
        self.context = context

    async def greet(self) -> None:
        if await self._ask("hello", 2.0) != "hello":
            raise LinkLost(f"{self.context.device}: no toy answers; look at the wire")

    async def capabilities(self) -> frozenset[Capability]:
        return frozenset({Capability.STAGE, Capability.PRESENT})

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        serial = await self._ask("serial", timeout_s)
        return DeviceIdentity(
            "toy", serial, json.dumps({"env": dict(os.environ), "settings": dict(self.context.settings)})
        )

    async def self_test(self, *, timeout_s: float) -> SelfTest:
        answer = await self._ask("test", timeout_s)
        return SelfTest((Check("toy.answers", answer == "test", answer),))

    async def prepare(self, *, timeout_s: float) -> BoxStatus:
        return await self.status(timeout_s=timeout_s)

    async def status(self, *, timeout_s: float) -> BoxStatus:
        await self._ask("status", timeout_s)
        return BoxStatus(CardPlace.INSIDE, HopperLevel.LOW, bin_full=False, bin_count=7)

    async def stage(self, *, timeout_s: float) -> BoxStatus:
        return await self._act("stage", timeout_s)

    async def move(self, to: Slot, *, timeout_s: float) -> BoxStatus:
        return await self._act(f"move {to.value}", timeout_s)

    async def close(self) -> None:
        await self.link.write(b"bye\n")

    async def _act(self, line: str, timeout_s: float) -> BoxStatus:
        order = await self._ask(line, float(self.context.settings["patience_s"]))
        if order in MISDEEDS:
            await MISDEEDS[order](self)
        if order == "wrong":
            return 7  # type: ignore[return-value]  # what a driver must not do
        return BoxStatus(CardPlace.GATE, HopperLevel.ENOUGH, bin_full=False, bin_count=None)

    async def _ask(self, line: str, timeout_s: float) -> str:
        """Send a line, return the answering line."""
        await self.link.write(line.encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            portion = await self.link.read(timeout_s=timeout_s)
            if not portion:
                raise LinkLost(f"{self.context.device}: silence after {line!r}; look at the wire")
            answer += portion
        return answer.decode().strip()
