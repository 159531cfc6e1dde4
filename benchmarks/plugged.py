"""How soon a device is usable after it was plugged in, on every kind of wire, in a room with every device of a kit.

Usable means: it did something over its wire that was asked through room, lease and worker. The simulated kit sends no kernel
events, so USB and serial lines are found by the room's sweep alone, which is the slow way.
"""

from __future__ import annotations

import asyncio
import random
import time

from benchmarks import ground
from benchmarks.device_room import SEED, silent_log
from benchmarks.figures import Figure, Goal, Result
from benchmarks.stats import median
from benchmarks.whole_kit import KIT
from padkit_agent.devices import (
    DeviceProfile,
    DeviceRoom,
    Ground,
    KitProfile,
    LeasedDevice,
    LoopClock,
    WireScan,
    no_hints,
    open_room,
)
from padkit_agent.devices.spawning import SpawnerLauncher
from padkit_agent.plugins import find_plugins
from padkit_sdk.errors import PadkitError
from padkit_sdk.ports import ChipCard, Device
from padkit_sim.hil import KitJournal, RunningKit, Serving
from padkit_sim.hil.serving import Wanted

DEVICES = (
    DeviceProfile("box", "card_dispenser", "CRT-591"),
    DeviceProfile("clip", "back_clip", "SAM_V", serial="C0:FF:EE:00:00:01"),
    DeviceProfile("slot", "back_clip", "PCSC"),
    DeviceProfile("pin", "back_clip", "ZT588"),
    DeviceProfile("finger", "fingerprint", "U.are.U 4500"),
    DeviceProfile("module", "fingerprint", "R30x"),
    DeviceProfile("pad", "signature_pad", "STU"),
)
ON = {"serial": "module", "usb_pad": "pad", "usb_finger": "finger", "pcsc": "slot", "ble": "clip"}
PLUGS = 20
SHORTEST_S, LONGEST_S = 0.05, 3.0  # that a cable is out
LIMIT_S, ASK_S = 30.0, 5.0
SELECT = bytes.fromhex("00A404000E") + b"2PAY.SYS.DDF01" + b"\x00"


def measure() -> Result:
    """Pull and plug each device in turn."""
    with ground.folder() as folder:
        wanted = Wanted(str(KIT), folder / "kit")
        serving = Serving(wanted)
        serving.start()
        try:
            taken = asyncio.run(_plugs(RunningKit(serving, KitJournal(wanted.journal))))
        finally:
            serving.stop()
    figures = {}
    for wire, times in taken.items():
        figures[f"{wire}_usable"] = Figure(median(times), "s", Goal("<", 1.5), None, times)
        figures[f"{wire}_usable_worst"] = Figure(max(times), "s", Goal("<", 1.5))
    return Result(
        figures,
        (
            f"from the plug in the simulator until the device says who it is, or the reader's chip answers; {PLUGS} times each",
            f"out for {SHORTEST_S:g} to {LONGEST_S:g} s before; no kernel event tells of it, and six other devices are open",
        ),
    )


async def _plugs(kit: RunningKit) -> dict[str, list[float]]:
    launcher = SpawnerLauncher(dict(kit.environment), LoopClock())
    scan = WireScan.from_environment(kit.environment)
    stand = Ground(launcher, scan, no_hints, LoopClock(), random.Random(SEED), silent_log())
    chance = random.Random(SEED)
    try:
        async with open_room(KitProfile(DEVICES), find_plugins().found, stand) as room:
            for profile in DEVICES:
                await room.wait_ready(profile.device, LIMIT_S)
            return {
                wire: [await plug_s(kit, room, device, chance.uniform(SHORTEST_S, LONGEST_S)) for _ in range(PLUGS)]
                for wire, device in ON.items()
            }
    finally:
        await launcher.close()


async def plug_s(kit: RunningKit, room: DeviceRoom, device: str, away_s: float) -> float:
    """Pull the cable and put it in again; return the seconds from then until the device answers."""
    await asyncio.to_thread(kit.unplug, device)
    await asyncio.sleep(away_s)
    begun_s = time.perf_counter()
    await asyncio.to_thread(kit.plug, device)
    async with asyncio.timeout(LIMIT_S), room.lease(device, owner="bench", purpose="measure", ttl_s=60) as held:
        while True:
            await room.wait_ready(device, LIMIT_S)
            try:
                await ask(held)
            except PadkitError:  # what it was before the bounce was seen
                continue
            return time.perf_counter() - begun_s


async def ask(held: LeasedDevice) -> None:
    """Speak to the device itself: the chip in a PC/SC reader, which its service would answer for; else who it is."""
    if held.has(ChipCard):
        chip = held.port(ChipCard)
        await chip.power_on(timeout_s=ASK_S)
        await chip.transmit(SELECT, timeout_s=ASK_S)
        await chip.power_off(timeout_s=ASK_S)
    else:
        await held.port(Device).identify(timeout_s=ASK_S)
