"""A whole kit at once: how soon it stands, how soon an agent's room has every device of it ready, and what each worker holds.

Thirty kits one after the other, then eight at the same time; each time all seven devices must become ready through their
workers and real stacks (pty, libusb, pcscd, D-Bus). A room is the agent's core for devices, without its store and uplink.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import FilteringBoundLogger

from benchmarks import ground
from benchmarks.figures import Figure, Goal, Result
from benchmarks.memory import pss_mb
from benchmarks.stats import median
from padkit_agent.devices import (
    DeviceProfile,
    Ground,
    KitProfile,
    LoopClock,
    SpawnerLauncher,
    WireScan,
    kernel_hints,
    open_room,
)
from padkit_agent.plugins import find_plugins
from padkit_sim.hil.serving import Serving, Wanted

SEQUENTIAL, PARALLEL = 30, 8
READY_S = 60.0
SETTLE_S = 2.0
KIT = Path(__file__).parents[1] / "tests" / "journeys" / "every_device.toml"
DEVICES = (
    DeviceProfile("box", "card_dispenser", "CRT-591"),
    DeviceProfile("clip", "back_clip", "SAM_V", serial="C0:FF:EE:00:00:01"),
    DeviceProfile("slot", "back_clip", "PCSC"),
    DeviceProfile("pin", "back_clip", "ZT588"),
    DeviceProfile("finger", "fingerprint", "U.are.U 4500"),
    DeviceProfile("module", "fingerprint", "R30x"),
    DeviceProfile("pad", "signature_pad", "STU"),
)


def measure() -> Result:
    """Stand kits up one by one, then together; look at the workers' memory in the last one."""
    stood, ready, held = [], [], {}
    with ground.folder() as folder:
        for number in range(SEQUENTIAL):
            kit, stood_s = _stand(folder / f"one{number}")
            try:
                last = number == SEQUENTIAL - 1
                ready_s, memory = asyncio.run(_room(kit.environment, weigh=last))
            finally:
                kit.stop()
            stood.append(stood_s)
            ready.append(ready_s)
            held = memory or held
        with ThreadPoolExecutor(PARALLEL) as pool:
            kits = list(pool.map(lambda number: _stand(folder / f"many{number}"), range(PARALLEL)))
        try:
            together = asyncio.run(_rooms([kit.environment for kit, _ in kits]))
        finally:
            for kit, _ in kits:
                kit.stop()
    figures = {
        "kit_stands": Figure(median(stood), "s", Goal("<", 0.2), None, stood),
        "devices_ready": Figure(median(ready), "s", Goal("<", 2.0), None, ready),
        "sequential_right": Figure(float(len(ready)), "kits", Goal("==", SEQUENTIAL)),
        "parallel_right": Figure(float(len(together)), "kits", Goal("==", PARALLEL)),
        "parallel_devices_ready": Figure(max(together), "s", None, None, together),
    }
    for plugin, held_mb in held.items():
        figures[f"{plugin}_pss"] = Figure(held_mb, "MB", Goal("<", 15))
    return Result(
        figures,
        (
            "kit_stands: from the start of the process `padkit-sim serve` to its ready line, interpreter and imports included",
            "devices_ready: from opening the room (workers not yet started) until all seven devices are ready",
            "parallel: eight kits and eight rooms on two cores; the figure is the slowest",
            "the goal of 15 MB is for a light worker; back_clip holds bleak and pyscard, fingerprint no template library yet",
            "four plugins: sdk_bridge needs a vendor's library and is left out; the kit has no camera yet",
        ),
    )


def _stand(folder: Path) -> tuple[Serving, float]:
    folder.mkdir()
    kit = Serving(Wanted(str(KIT), folder))
    begun_s = time.perf_counter()
    kit.start()
    return kit, time.perf_counter() - begun_s


async def _rooms(environments: list[Mapping[str, str]]) -> list[float]:
    told = await asyncio.gather(*(_room(it, weigh=False) for it in environments))
    return [ready_s for ready_s, _ in told]


async def _room(environment: Mapping[str, str], *, weigh: bool) -> tuple[float, dict[str, float]]:
    """Open the room; when all is ready, and what each plugin's worker holds then, in MB of PSS."""
    launcher = SpawnerLauncher(dict(environment), LoopClock())
    scan, clock = WireScan.from_environment(environment), LoopClock()
    pids: dict[str, int] = {}
    stand = Ground(launcher, scan, kernel_hints, clock, random.SystemRandom(), _hearing(pids))
    begun_s = time.perf_counter()
    try:
        async with open_room(KitProfile(DEVICES), find_plugins().found, stand) as room:
            for profile in DEVICES:
                await room.wait_ready(profile.device, READY_S)
            ready_s = time.perf_counter() - begun_s
            if not weigh:
                return ready_s, {}
            await asyncio.sleep(SETTLE_S)
            return ready_s, {plugin: pss_mb(pid) for plugin, pid in pids.items()}
    finally:
        await launcher.close()


def _hearing(pids: dict[str, int]) -> FilteringBoundLogger:
    """Return a log that shows nothing and keeps which process hosts which plugin."""

    def keep(_log: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if event["event"] == "plugin.up":
            pids[event["plugin"]] = event["pid"]
        raise structlog.DropEvent

    log: FilteringBoundLogger = structlog.wrap_logger(structlog.PrintLogger(), processors=[keep])
    return log
