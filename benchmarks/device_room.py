"""The agent's device room in this process, on a simulated kit of two like boxes: what `command_overhead` and others stand on."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import FilteringBoundLogger

from padkit_agent.devices import DeviceProfile, DeviceRoom, Ground, KitProfile, LoopClock, WireScan, open_room
from padkit_agent.devices.spawning import SpawnerLauncher
from padkit_agent.devices.uevents import kernel_hints
from padkit_agent.plugins.finding import find_plugins
from padkit_sim.demo.process import Child, program, start

PLUGIN, MODEL = "card_dispenser", "CRT-591"
BOXES = {"one": "CDB-0001", "two": "CDB-0002"}
FIRST_PORT = 3
SEED = 7
READY_S = 10.0
KIT_FILE = """# Two boxes of one make, mechanics quick: what is measured is not the motor.
[kit]
name = "bench"
seed = 7
speed = 1000.0
""" + "".join(
    f"""
[[device]]
id = "{name}"
type = "card_dispenser"
wire = {{ kind = "tty", name = "ttyUSB{place}", location = "1-{place + FIRST_PORT}", serial = "{serial}" }}
slots = [{{ bin = "999900", count = 20, first_serial = {1 + 100 * place}, expiry = "3012" }}]
"""
    for place, (name, serial) in enumerate(BOXES.items())
)


@dataclass(frozen=True, slots=True)
class SimulatedKit:
    """A kit in a process of its own, and the way to its control socket."""

    child: Child

    @property
    def environment(self) -> Mapping[str, str]:
        environment: Mapping[str, str] = self.child.ready["env"]
        return environment

    def tty(self, box: str) -> Path:
        """Return the device node of a box."""
        place = [*BOXES].index(box)
        return Path(self.environment["PADKIT_DEV"]) / f"ttyUSB{place}"

    async def ask(self, verb: str, **words: str) -> dict[str, Any]:
        """Ask the control socket."""
        reader, writer = await asyncio.open_unix_connection(self.environment["PADKIT_SIM_CONTROL"], limit=1 << 20)
        try:
            writer.write(json.dumps({"do": verb, **words}).encode() + b"\n")
            answer: dict[str, Any] = json.loads(await reader.readline())
        finally:
            writer.close()
        assert answer["ok"], answer
        return answer


@asynccontextmanager
async def simulated_kit(folder: Path) -> AsyncIterator[SimulatedKit]:
    """Stand up a kit with the two boxes."""
    file = folder / "kit.toml"
    file.write_text(KIT_FILE)
    child = await start("kit", (program("padkit-sim"), "serve", str(file)), folder, {})
    try:
        yield SimulatedKit(child)
    finally:
        await child.stop()


@asynccontextmanager
async def device_room(kit: SimulatedKit, box: str) -> AsyncIterator[DeviceRoom]:
    """Open a room whose one device ``box`` is `box` of the kit, behind a worker; it is ready when this yields."""
    environment = {**os.environ, **kit.environment}
    launcher = SpawnerLauncher(environment, LoopClock())
    ground = Ground(
        launcher=launcher,
        scan=WireScan.from_environment(environment),
        hints=kernel_hints,
        clock=LoopClock(),
        chance=random.Random(SEED),
        log=silent_log(),
    )
    place = f"1-{[*BOXES].index(box) + FIRST_PORT}"  # else the other box would be taken for a swapped one
    profile = KitProfile((DeviceProfile("box", PLUGIN, MODEL, BOXES[box], place),))
    try:
        async with open_room(profile, find_plugins().found, ground) as room:
            await room.wait_ready("box", READY_S)
            yield room
    finally:
        await launcher.close()


def silent_log() -> FilteringBoundLogger:
    """Return a log that nobody reads."""
    log: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(), wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL)
    )
    return log
