"""The toy box: one line out, one line back. The answer to a line may order the driver to misbehave."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time

from padkit_sdk import AskAgain, ByteLink, DeviceEvent, DeviceFault, DriverContext, LinkLost
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

HELD: list[bytes] = []


class Toy(CardDispenser):
    def __init__(self, link: ByteLink, context: DriverContext) -> None:
        self._link = link
        self._context = context

    async def greet(self) -> None:
        if await self._ask("hello", 2.0) != "hello":
            raise LinkLost(f"{self._context.device}: no toy answers; look at the wire")

    async def capabilities(self) -> frozenset[Capability]:
        return frozenset({Capability.STAGE, Capability.PRESENT})

    async def identify(self, *, timeout_s: float) -> DeviceIdentity:
        serial = await self._ask("serial", timeout_s)
        return DeviceIdentity("toy", serial, json.dumps({"env": dict(os.environ), "settings": dict(self._context.settings)}))

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
        await self._link.write(b"bye\n")

    async def _act(self, line: str, timeout_s: float) -> BoxStatus:
        order = await self._ask(line, timeout_s)
        match order:
            case "crash":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hang":
                time.sleep(3600)
            case "events":
                while True:
                    self._context.emit(DeviceEvent("toy.shout", {"text": "x" * 1000}))
            case "shout":
                self._context.emit(DeviceEvent("toy.shout", {"text": "once"}))
            case "chatter":
                while True:
                    print("y" * 50)
            case "garbage":
                os.write(3, b"\xff" * 64)
                await asyncio.sleep(3600)
            case "oversize":
                os.write(3, b"\x7f\xff\xff\xff" + b"x" * 64)
                await asyncio.sleep(3600)
            case "leak":
                while True:
                    HELD.append(b"\xff" * 1_000_000)
            case "files":
                held = [open("/dev/null") for _ in range(1000)]
                del held
            case "exit":
                sys.exit(3)
            case "bug":
                raise ValueError("6222000000000000")
            case "jam":
                raise DeviceFault("box.jam", "toy: jam at the gate; open the flap", raw="01")
            case "ask":
                raise AskAgain("card.askew")
            case "wrong":
                return 7  # type: ignore[return-value]  # what a driver must not do
            case "never":
                try:
                    await asyncio.sleep(3600)
                finally:
                    await self._link.write(b"stopped\n")
            case "stubborn":
                while True:
                    try:
                        await asyncio.sleep(3600)
                    except asyncio.CancelledError:
                        continue
        return BoxStatus(CardPlace.GATE, HopperLevel.ENOUGH, bin_full=False, bin_count=None)

    async def _ask(self, line: str, timeout_s: float) -> str:
        """Send a line, return the answering line."""
        await self._link.write(line.encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            portion = await self._link.read(timeout_s=timeout_s)
            if not portion:
                raise LinkLost(f"{self._context.device}: silence after {line!r}; look at the wire")
            answer += portion
        return answer.decode().strip()
