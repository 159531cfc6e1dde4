"""A whole agent at work: five plugins in their workers on all kinds of wire, a vendor's library, central, and people.

What the local API offers is asked of it: a card is opened with the identity card over Bluetooth LE, the card box, the signature
pad and the PIN keypad. The other deeds, which no flow has yet, are asked of the agent's own room of devices (`deed_agent`).
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import vendor_library
from deed_agent import DOOR
from journey import ANSWERS, HERE, SPEED, ReadyWorld, a_moment

from padkit_sim.demo import files
from padkit_sim.demo.hands import Hands
from padkit_sim.demo.play import open_card
from padkit_sim.demo.process import start

pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("gcc")]  # a busy machine is no fault of the agent
KIT_FILE, SETTINGS = HERE / "every_device.toml", HERE / "every_agent.toml"
VENDOR = "vendor"  # the folder that the settings name
NOWHERE = "https://127.0.0.1:1"
PLUGINS = {"back_clip", "card_dispenser", "fingerprint", "signature_pad", "sdk_bridge"}
ON_WIRES = {
    "box": "box",
    "reader": "clip",
    "slot": "slot",
    "pin": "pin",
    "finger": "finger",
    "module": "module",
    "pad": "pad",
}
DEVICES = frozenset({*ON_WIRES, "vendor"})
IN_FLOWS, FINGERS = frozenset({"reader", "box", "pin", "pad"}), frozenset({"finger", "module"})
LONG_S = 200.0


class WholeWorld(ReadyWorld):
    """A world whose agent has every device, and answers at one more door."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, kit_file=str(KIT_FILE), speed=SPEED)
        self.agent_command = (sys.executable, str(HERE / "deed_agent.py"))

    async def start_agent_locked(self) -> None:
        settings = SETTINGS.read_text(encoding="utf-8").replace(NOWHERE, self.central_url)
        (self.folder / files.AGENT).write_text(settings, encoding="utf-8")
        command = (*self.agent_command, "--config", files.AGENT)
        self.children["agent"] = await start("agent", command, self.folder, self._environment)

    async def all_work(self, *, but: frozenset[str] = frozenset()) -> None:
        """All at once: a card is opened with reader, box, pad and keypad, each other device does what it is for."""
        async with asyncio.timeout(LONG_S), asyncio.TaskGroup() as tasks:
            tasks.create_task(self.open_card())
            for device in DEVICES - IN_FLOWS - but:
                tasks.create_task(self.ask(device))

    async def open_card(self) -> None:
        if (await self.kit("state"))["devices"]["clip"]["person"]:
            await self.kit("hand", device="clip", action="lift_card")  # a reader reads a card once
        await self.kit("hand", device="clip", action="lay_card", person="test_a")
        await self.kit("auto", device="box", take_after_s=1.0)
        last = await open_card(self, ANSWERS, lambda _line: None, hands=Hands(self, ""))
        assert last["phase"] == "CLOSED", last

    async def ask(self, wish: str) -> None:
        reader, writer = await asyncio.open_unix_connection(str(self.folder / DOOR))
        writer.write(wish.encode() + b"\n")
        answer = json.loads(await reader.readline())
        writer.close()
        assert not answer["wrong"], f"{wish}: {answer['wrong']}"

    async def until(self, state: str, *devices: str) -> None:
        """Wait until the local API shows `devices` in this state."""
        async with asyncio.timeout(LONG_S):
            while any(seen != state for name, seen in (await self.states()).items() if name in devices):
                await a_moment()

    async def states(self) -> dict[str, str]:
        return {it["name"]: it["state"] for it in (await self.agent("GET", "/v1/status"))["devices"]}

    def workers(self) -> dict[str, int]:
        """The process of each plugin, the last one that came up, as the agent's log tells."""
        lines = map(json.loads, (self.folder / "agent.log").read_text(encoding="utf-8").splitlines())
        return {it["plugin"]: it["pid"] for it in lines if it["event"] == "plugin.up"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WholeWorld]:
    made = WholeWorld(tmp_path_factory.mktemp("a"))
    await made.set_up()
    vendor_library.installed(vendor_library.build(tmp_path_factory.mktemp("v")), made.folder / VENDOR)
    async with made:
        yield made


async def test_all_devices_are_ready_and_each_does_what_it_is_for_at_the_same_time(world: WholeWorld) -> None:
    assert await world.states() == dict.fromkeys(DEVICES, "ready")
    await world.all_work()


async def test_every_device_comes_back_when_it_was_away(world: WholeWorld) -> None:
    library = world.folder / VENDOR / vendor_library.FILE
    taken = library.rename(library.with_name("taken-away"))
    for device in ON_WIRES.values():
        await world.kit("unplug", device=device)
    await world.until("absent", *DEVICES)
    for device in ON_WIRES.values():
        await world.kit("plug", device=device)
    taken.rename(library)
    await world.until("ready", *DEVICES)
    await world.all_work()


async def test_a_worker_that_is_killed_takes_no_other_with_it(world: WholeWorld) -> None:
    """While the worker of both finger readers is away, all others stay as they are and do their work; then it is back."""
    before = world.workers()
    assert before.keys() == PLUGINS
    assert len(set(before.values())) == len(PLUGINS)
    os.kill(before["fingerprint"], signal.SIGKILL)
    await world.all_work(but=FINGERS)
    await world.all_work()
    after = world.workers()
    assert {plugin for plugin in PLUGINS if after[plugin] != before[plugin]} == {"fingerprint"}
