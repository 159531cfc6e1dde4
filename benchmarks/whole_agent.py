"""A whole agent beside central, core and a simulated kit, as the demonstration stands it up; and how it is looked at."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from padkit_sim.demo import files
from padkit_sim.demo.world import World

LOOK_S = 0.01
READY_S = 20.0


@asynccontextmanager
async def standing(folder: Path) -> AsyncIterator[World]:
    """Stand everything up and wait until the agent's devices are ready."""
    async with World(folder / "w") as world:
        await devices_ready(folder / "w")
        yield world


async def devices_ready(folder: Path) -> float:
    """Look every 10 ms until all devices are ready; return the moment, as `time.perf_counter` reads it."""
    connector = aiohttp.UnixConnector(str(folder / files.SOCKET))
    async with asyncio.timeout(READY_S), aiohttp.ClientSession(connector=connector) as session:
        while True:
            async with session.get("http://agent/v1/devices") as response:
                devices = json.loads(await response.read())["devices"]
            if all(device["state"] == "ready" for device in devices):
                return time.perf_counter()
            await asyncio.sleep(LOOK_S)
