"""A whole kit at once: how soon it stands, how soon an agent has every device of it ready and at work, what each worker holds.

Thirty kits one after the other, then eight at the same time. Each time a real agent, enrolled, without central, opens all eight
devices through five plugins in their workers and the real stacks (pty, libusb, pcscd, D-Bus, a vendor's library), and each device
does what it is for (`tests/journeys/deeds.py`): of a kit that is alone all at once, of one among others each in its turn, as a
person works, because one process plays a whole kit and has a box's answer 0.3 s late when it draws two fingers on a quarter of a
core. A kit is right when every one of them was.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
from tests.support import vendor_library

from benchmarks import ground
from benchmarks.figures import Figure, Goal, Result
from benchmarks.memory import pss_mb
from benchmarks.stats import median
from padkit_sim.demo import files
from padkit_sim.demo.process import WorldFailed, program, start
from padkit_sim.demo.world import World
from padkit_sim.hil.serving import Serving, Wanted

SEQUENTIAL, PARALLEL = 30, 8
SETTLE_S = 2.0
LIGHT_MB = 15
JOURNEYS = ground.ROOT / "tests" / "journeys"
KIT, SETTINGS, AGENT = JOURNEYS / "every_device.toml", JOURNEYS / "every_agent.toml", JOURNEYS / "deed_agent.py"
DOOR, READY = "deeds.sock", "ready"
PLUGINS = ("back_clip", "card_dispenser", "fingerprint", "sdk_bridge", "signature_pad")
DEVICES = ("box", "reader", "slot", "pin", "finger", "module", "pad", "vendor")


@dataclass(frozen=True, slots=True)
class Run:
    """One kit and its agent: seconds to where they came, what went wrong, and what each process held, in MB of PSS."""

    stood_s: float
    ready_s: float
    worked_s: float
    wrong: tuple[str, ...]
    idle: Mapping[str, float]
    worked: Mapping[str, float]


def measure() -> Result:
    """Stand kits up one by one, then together; look at the processes' memory in the last one."""
    with ground.folder() as folder:
        return asyncio.run(_measure(folder))


async def _measure(folder: Path) -> Result:
    await World(folder / "keys").set_up()
    vendor_library.build(folder)
    alone = [await _run(folder, f"one{number}", weigh=number == SEQUENTIAL - 1) for number in range(SEQUENTIAL)]
    together = await asyncio.gather(*(_run(folder, f"all{number}", in_turn=True) for number in range(PARALLEL)))
    stood, ready, worked = ([getattr(it, name) for it in alone] for name in ("stood_s", "ready_s", "worked_s"))
    late = [it.ready_s for it in together]
    figures = {
        "kit_stands": Figure(median(stood), "s", Goal("<", 0.2), None, stood),
        "devices_ready": Figure(median(ready), "s", Goal("<", 2.0), None, ready),
        "devices_worked": Figure(median(worked), "s", None, None, worked),
        "sequential_right": Figure(float(_right(alone)), "kits", Goal("==", SEQUENTIAL)),
        "parallel_right": Figure(float(_right(together)), "kits", Goal("==", PARALLEL)),
        "parallel_devices_ready": Figure(max(late), "s", None, None, late),
    }
    for name, held_mb in alone[-1].idle.items():
        figures[f"{name}_pss"] = Figure(held_mb, "MB", Goal("<", LIGHT_MB) if name in PLUGINS else None)
    for name, held_mb in alone[-1].worked.items():
        figures[f"{name}_worked_pss"] = Figure(held_mb, "MB")
    return Result(
        figures,
        (
            "kit_stands: from the start of the process `padkit-sim serve` to its ready line, interpreter and imports included",
            "devices_ready: from the start of the process of the agent until all eight devices are ready; no store before",
            "devices_worked: from then until each did what it is for, all at once, with the hands of people where one is needed",
            f"parallel: {PARALLEL} kits and {PARALLEL} agents at the same time, devices in turn; the figure is the slowest",
            f"pss: {SETTLE_S:g} s after ready; worked_pss: the same after the deeds; children: processes of a worker's own",
            f"the goal of {LIGHT_MB} MB is for a light worker; the plugins for camera and liveness are not there yet",
            *(wrong for it in (*alone, *together) for wrong in it.wrong),
        ),
    )


def _right(runs: list[Run]) -> int:
    return sum(not it.wrong for it in runs)


async def _run(folder: Path, name: str, *, weigh: bool = False, in_turn: bool = False) -> Run:
    """Stand a kit and its agent up, let every device work, take both down."""
    home = folder / name
    shutil.copytree(folder / "keys", home)
    vendor_library.installed(folder / vendor_library.FILE, home / "vendor")
    shutil.copyfile(SETTINGS, home / files.AGENT)
    kit, begun_s = Serving(Wanted(str(KIT), home / "k")), time.perf_counter()
    await asyncio.to_thread(kit.start)
    stood_s = time.perf_counter() - begun_s
    try:
        return await _agent(home, name, kit.environment, stood_s, weigh=weigh, in_turn=in_turn)
    finally:
        await asyncio.to_thread(kit.stop)


async def _agent(
    home: Path, name: str, environment: Mapping[str, str], stood_s: float, *, weigh: bool, in_turn: bool
) -> Run:
    command, begun_s = (program("python"), str(AGENT), "--config", files.AGENT), time.perf_counter()
    try:
        agent = await start("agent", command, home, environment)
    except WorldFailed as exc:
        late_s = time.perf_counter() - begun_s
        return Run(stood_s, late_s, 0.0, (f"{name}: {str(exc).splitlines()[0]}",), {}, {})
    try:
        wrong = [await _ask(home, READY)]
        ready_s = time.perf_counter() - begun_s
        idle = await _weigh(home, agent.process.pid) if weigh else {}
        begun_s = time.perf_counter()
        for group in [[each] for each in DEVICES] if in_turn else [DEVICES]:
            wrong += await asyncio.gather(*(_ask(home, device) for device in group))
        worked_s = time.perf_counter() - begun_s
        worked = await _weigh(home, agent.process.pid) if weigh else {}
    finally:
        await agent.stop()
    told = tuple(f"{name}: {it}" for it in wrong if it)
    return Run(stood_s, ready_s, worked_s, told, idle, worked)


async def _ask(home: Path, wish: str) -> str:
    """Ask for a deed, or for all to be ready; what went wrong, or nothing."""
    reader, writer = await asyncio.open_unix_connection(str(home / DOOR))
    try:
        writer.write(wish.encode() + b"\n")
        wrong = json.loads(await reader.readline())["wrong"]
    finally:
        writer.close()
    return f"{wish}: {wrong}" if wrong else ""


async def _weigh(home: Path, core: int) -> dict[str, float]:
    """What the core, the spawner and each plugin's worker hold, and what a worker itself has started."""
    await asyncio.sleep(SETTLE_S)
    lines = map(json.loads, (home / "agent.log").read_text(encoding="utf-8").splitlines())
    workers = {it["plugin"]: psutil.Process(it["pid"]) for it in lines if it["event"] == "plugin.up"}
    (spawner,) = psutil.Process(core).children()
    held = {"core": pss_mb(core), "spawner": pss_mb(spawner.pid)}
    for plugin, worker in sorted(workers.items()):
        held[plugin] = pss_mb(worker.pid)
        if begotten := worker.children(recursive=True):
            held[f"{plugin}_children"] = sum(pss_mb(it.pid) for it in begotten)
    return held
