"""What an idle agent holds in memory: its core, and the worker of each device, both devices ready.

PSS as the kernel reckons it (``smaps_rollup``): a page shared by n processes counts 1/n in each. Central and core bank are
stopped before the look, so that what they share with the agent is not divided by them; the simulated kit has to stay.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import psutil

from benchmarks import ground, whole_agent
from benchmarks.figures import Figure, Goal, Peer, Result
from benchmarks.stats import median

SETTLE_S = 5.0
LOOKS = 5
BETWEEN_S = 1.0
KIB = 1024
MEGA = 1e6
CORE_PEER = "import asyncio, aiohttp.web, aiohttp, sqlite3, cryptography.hazmat.primitives.ciphers"
WORKER_PEER = "import asyncio, msgspec, serial"
THEN_WAIT = "; print(flush=True); input()"


def measure() -> Result:
    """Let everything come up and settle, then look."""
    with ground.folder() as folder:
        return asyncio.run(_measure(folder))


async def _measure(folder: Path) -> Result:
    looks: list[dict[str, float]] = []
    async with whole_agent.standing(folder) as world:
        await asyncio.sleep(SETTLE_S)
        for name in ("central", "core"):
            await world.children.pop(name).stop()
        agent = psutil.Process(world.children["agent"].process.pid)
        for _ in range(LOOKS):
            await asyncio.sleep(BETWEEN_S)
            looks.append(look(agent))
        await world.children.pop("agent").stop()
        peers = {name: python_mb(code) for name, code in (("core", CORE_PEER), ("worker", WORKER_PEER))}
    samples = {name: [each[name] for each in looks] for name in looks[0]}
    core_peer = Peer("python with aiohttp, sqlite3 and cryptography imported, idle", peers["core"])
    worker_peer = Peer("python with asyncio, msgspec and pyserial imported, idle", peers["worker"])
    return Result(
        {
            "core_pss": _figure(samples["core"], Goal("<", 60), core_peer),
            "worker_pss": _figure(samples["worker"], Goal("<", 15), worker_peer),
            "spawner_pss": _figure(samples["spawner"], None, worker_peer),
            "all_pss": _figure(samples["all"], None, None),
            "core_rss": _figure(samples["rss"], None, None),
        },
        (
            "worker_pss: the larger of the two workers; spawner_pss: the process they are forked from, once a kit",
            "core_rss: everything the core maps, counted in full; no way of sharing makes PSS larger than this",
        ),
    )


def look(agent: psutil.Process) -> dict[str, float]:
    """Return megabytes of the core and what hangs below it."""
    (spawner,) = agent.children()
    workers = [pss_mb(each.pid) for each in spawner.children()]
    core, fork = pss_mb(agent.pid), pss_mb(spawner.pid)
    rss = agent.memory_info().rss / MEGA
    return {"core": core, "worker": max(workers), "spawner": fork, "all": core + fork + sum(workers), "rss": rss}


def pss_mb(pid: int) -> float:
    """Return the proportional set size of a process, in megabytes."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    found = re.search(r"^Pss:\s+(\d+) kB$", text, re.MULTILINE)
    assert found is not None
    return int(found[1]) * KIB / MEGA


def python_mb(code: str) -> float:
    """Return the PSS of an interpreter that ran `code` and waits."""
    command = [sys.executable, "-c", code + THEN_WAIT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdout.readline()
        size = pss_mb(process.pid)
        process.stdin.write(b"\n")
        process.stdin.close()
        return size


def _figure(samples: list[float], goal: Goal | None, peer: Peer | None) -> Figure:
    return Figure(median(samples), "MB", goal, peer, samples)
