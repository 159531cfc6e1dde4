"""A kit with every device in a process of its own, and an agent's room of devices on it, with real workers and real stacks."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import structlog

from padkit_agent.devices import (
    DeviceProfile,
    DeviceRoom,
    Ground,
    KitProfile,
    LoopClock,
    SpawnerLauncher,
    WireScan,
    no_hints,
    open_room,
)
from padkit_agent.devices.cameras import CAMERAS, CameraScan
from padkit_agent.plugins import find_plugins
from padkit_sim.hil import RunningKit, Serving
from padkit_sim.hil.serving import Wanted
from padkit_sim.hil.talk import KitJournal

EVERY = Path(__file__).parent / "every_device.toml"
READY_S = 30.0
DEVICES = (
    DeviceProfile("box", "card_dispenser", "CRT-591", serial="CDB-0001"),
    DeviceProfile("clip", "back_clip", "SAM_V", serial="C0:FF:EE:00:00:01"),
    DeviceProfile("slot", "back_clip", "PCSC", serial="CR-0001"),
    DeviceProfile("pin", "back_clip", "ZT588", serial="PIN-0001"),
    DeviceProfile("finger", "fingerprint", "U.are.U 4500", serial="{URU-0001}"),
    DeviceProfile("module", "fingerprint", "R30x", serial="FP-0001"),
    DeviceProfile("pad", "signature_pad", "STU", serial="STU-0001"),
)

LID = DeviceProfile("lid", "camera", "pictures")  # it has no cable that could be pulled


@contextmanager
def kit_at(folder: Path, file: Path = EVERY) -> Iterator[RunningKit]:
    """Stand a simulated kit up."""
    wanted = Wanted(str(file), folder)
    serving = Serving(wanted)
    serving.start()
    try:
        yield RunningKit(serving, KitJournal(wanted.journal, update_golden=False))
    finally:
        serving.stop()


@asynccontextmanager
async def room_on(kit: RunningKit, *profiles: DeviceProfile) -> AsyncIterator[DeviceRoom]:
    """Open the devices of `profiles`, all when none is given, and wait until each is ready."""
    devices = profiles or DEVICES
    clock = LoopClock()
    cameras = tuple(filter(None, kit.environment.get(CAMERAS, "").splitlines()))
    launcher = SpawnerLauncher(dict(kit.environment), clock)
    log = structlog.get_logger(room="devices")
    ground = Ground(
        launcher,
        CameraScan(cameras, WireScan.from_environment(kit.environment)),
        no_hints,
        clock,
        random.Random(7),
        log,
    )
    try:
        async with open_room(KitProfile(devices), find_plugins().found, ground) as room:
            for profile in devices:
                await room.wait_ready(profile.device, READY_S)
            yield room
    finally:
        await launcher.close()
