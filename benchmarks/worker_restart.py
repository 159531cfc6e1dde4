"""How long a device is away when its worker is killed, and how soon one is usable after it was plugged in.

Usable means: a STATUS through room, lease and worker was answered. The simulated kit sends no kernel events, so plugging is
found by the room's sweep alone, which is the slow way; the moment of plugging is spread over the sweep's period.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from pathlib import Path

import psutil

from benchmarks import ground
from benchmarks.device_room import SEED, SimulatedKit, device_room, simulated_kit
from benchmarks.figures import Figure, Goal, Peer, Result
from benchmarks.stats import median, quantile
from padkit_agent.devices import DeviceRoom, DeviceState, LeasedDevice
from padkit_agent.devices.room import SWEEP_S
from padkit_sdk.errors import LinkLost, OutcomeUnknown
from padkit_sdk.ports import CardDispenser

ROOMS, KILLS = 4, 3  # three restarts are the budget of one worker
PLUGS = 12
PEERS = 7
LIMIT_S = 5.0


def measure() -> Result:
    """Kill, plug, and start the peer."""
    with ground.folder() as folder:
        return asyncio.run(_measure(folder))


async def _measure(folder: Path) -> Result:
    kills: list[float] = []
    async with simulated_kit(folder) as kit:
        scripts = [await script_s(kit.tty("two")) for _ in range(PEERS)]
        for _ in range(ROOMS):
            async with device_room(kit, "one") as room:
                kills += [await kill_s(room) for _ in range(KILLS)]
        async with device_room(kit, "one") as room:
            chance = random.Random(SEED)
            plugs = [await plug_s(kit, room, chance.uniform(0, SWEEP_S)) for _ in range(PLUGS)]
    peer = Peer("a script started anew that imports the driver, opens the box and asks", median(scripts))
    return Result(
        {
            "killed_to_usable": Figure(median(kills), "s", Goal("<", 1.0), peer, kills),
            "killed_to_usable_worst": Figure(max(kills), "s", Goal("<", 1.0), peer, kills),
            "plugged_to_usable": Figure(median(plugs), "s", Goal("<", 1.5), peer, plugs),
            "plugged_to_usable_worst": Figure(max(plugs), "s", Goal("<", 1.5), peer, plugs),
        },
        (
            f"killed: SIGKILL to the worker; plugged: found by the sweep every {SWEEP_S:g} s, no kernel event",
            f"p90: killed {quantile(kills, 0.9):.3f} s, plugged {quantile(plugs, 0.9):.3f} s",
        ),
    )


async def kill_s(room: DeviceRoom) -> float:
    """Kill the worker of the box; return the seconds until STATUS is answered again."""
    async with room.lease("box", owner="bench", purpose="measure", ttl_s=60) as held:
        await answered(room, held)
        worker = worker_pid()
        begun_s = time.perf_counter()
        os.kill(worker, signal.SIGKILL)
        await answered(room, held)
        return time.perf_counter() - begun_s


async def plug_s(kit: SimulatedKit, room: DeviceRoom, phase_s: float) -> float:
    """Pull the cable and put it in again; return the seconds from then until STATUS is answered."""
    with room.events() as events:
        await kit.ask("unplug", device="one")
        await anext(event async for event in events if event.name == f"device.{DeviceState.ABSENT.value}")
    await asyncio.sleep(phase_s)
    async with room.lease("box", owner="bench", purpose="measure", ttl_s=60) as held:
        begun_s = time.perf_counter()
        await kit.ask("plug", device="one")
        await answered(room, held)
        return time.perf_counter() - begun_s


async def answered(room: DeviceRoom, held: LeasedDevice) -> None:
    """Wait until STATUS is answered, asking again when the link was not there."""
    while True:
        await room.wait_ready("box", LIMIT_S)
        try:
            await held.port(CardDispenser).status(timeout_s=LIMIT_S)
        except (LinkLost, OutcomeUnknown):
            continue
        return


def worker_pid() -> int:
    """Return the one worker below the room's spawner, which is a child of ours."""
    (worker,) = (below for child in psutil.Process().children() for below in child.children() if _is_spawner(child))
    return int(worker.pid)


def _is_spawner(process: psutil.Process) -> bool:
    return "padkit_agent.spawner" in process.cmdline()


async def script_s(tty: Path) -> float:
    """Start the peer; return the seconds until it has its answer."""
    begun_s = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.peers.open_driver", str(tty), cwd=ground.ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    taken_s = time.perf_counter() - begun_s
    await process.wait()
    return taken_s
