"""A plugin's real worker: its resident memory before first use and at its peak, and how long a call takes through it."""

from __future__ import annotations

import asyncio
import os
import random
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.device_room import silent_log
from padkit_agent.devices import DeviceProfile, Ground, KitProfile, LoopClock, open_room
from padkit_agent.devices.contract import LeasedDevice
from padkit_agent.devices.spawning import SpawnerLauncher
from padkit_agent.devices.uevents import kernel_hints
from padkit_agent.plugins.finding import find_plugins
from padkit_sdk import PadkitError
from padkit_sdk.ports import DocumentReader, FaceChecker, Picture
from padkit_sdk.secrets import HiddenBytes
from padkit_vision.evaluate import faces, labels, sittings
from padkit_vision.evaluate.judged import Wanted

READY_S, CALL_S, LEASE_S = 30.0, 60.0, 900.0
SEED = 7
MS = 1000.0
Use = Callable[[LeasedDevice], Awaitable[list[float]]]


@dataclass(frozen=True, slots=True)
class Worn:
    """Megabytes of the worker when its device was ready, at its peak, and the times of the calls in ms."""

    idle_mb: float
    peak_mb: float
    ms: list[float]


async def wear(plugin: str, port: str, use: Use) -> Worn:
    """Let a worker of `plugin` become ready, look; let `use` do its work through it, look again."""
    launcher = SpawnerLauncher(dict(os.environ), LoopClock())
    ground = Ground(launcher, tuple, kernel_hints, LoopClock(), random.Random(SEED), silent_log())
    model = Wanted(plugin, port).find().model
    profile = KitProfile((DeviceProfile("eyes", plugin, model),))
    try:
        async with open_room(profile, find_plugins().found, ground) as room:
            await room.wait_ready("eyes", READY_S)
            worker = _worker()
            idle_mb = _mb(worker.pid, "VmRSS")
            async with room.lease("eyes", owner="bench", purpose="measure", ttl_s=LEASE_S) as held:
                ms = await use(held)
            return Worn(idle_mb, _mb(worker.pid, "VmHWM"), ms)
    finally:
        await launcher.close()


def read_through(pictures: list[Path]) -> Use:
    """Read the pictures one by one."""

    async def use(held: LeasedDevice) -> list[float]:
        reader = held.port(DocumentReader)
        times = []
        for path in pictures:
            data = HiddenBytes(await asyncio.to_thread(path.read_bytes))
            began_s = time.perf_counter()
            with suppress(PadkitError):
                await reader.read(Picture(data, "bench", began_s), timeout_s=CALL_S)
            times.append((time.perf_counter() - began_s) * MS)
        return times

    return use


def look_through(sessions: Path, pairs: Path) -> Use:
    """Play the sittings, then compare the pairs, so that everything is loaded."""

    async def use(held: LeasedDevice) -> list[float]:
        checker = held.port(FaceChecker)
        times: list[float] = []
        for it in labels.sessions(sessions):
            times += (await sittings.sit(checker, sittings.Sitting(*it))).ms
        for pair in labels.pairs(pairs):
            with suppress(PadkitError):
                await faces.compare(checker, faces.Pair(*pair))
        return times

    return use


def _worker() -> psutil.Process:
    (spawner,) = psutil.Process().children()
    (worker,) = spawner.children()
    return worker


def _mb(pid: int, key: str) -> float:
    found = re.search(rf"^{key}:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(encoding="ascii"), re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024 / 1e6
