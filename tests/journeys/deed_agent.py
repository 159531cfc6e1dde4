"""The real agent, with one more door: its own room of devices is asked for deeds that the local API has no call for yet.

`deeds.sock` beside the settings takes one device's name a connection, or `READY`, and answers one JSON line when that device has
done what it is for, or when all are ready: ``{"wrong": ""}``, or what went wrong. People's hands reach the simulated kit that the
environment names.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from deeds import DEEDS, Deed, read_identity, speak_to_chip

from padkit_agent import app
from padkit_agent.config import load_settings
from padkit_agent.devices import DeviceRoom, Ground, KitProfile, open_room
from padkit_agent.plugins.finding import FoundPlugin
from padkit_sim.hil import KitJournal, RunningKit, Serving
from padkit_sim.hil.serving import Wanted

READY = "ready"
READY_S = 60.0
DOOR = "deeds.sock"
OURS: dict[str, Deed] = {
    **{device: deed for device, deed in DEEDS.items() if device != "clip"},
    "reader": partial(read_identity, device="reader"),
    "vendor": partial(speak_to_chip, device="vendor"),
}


def kit_here() -> RunningKit:
    """The kit of our environment, steered and not stopped by us."""
    wanted = Wanted("", Path())
    serving = Serving(wanted)
    serving.environment = os.environ
    return RunningKit(serving, KitJournal(wanted.journal))


async def do(wish: str, room: DeviceRoom, kit: RunningKit) -> None:
    """One deed, or the wait until all are ready."""
    if wish == READY:
        for view in room.list():
            await room.wait_ready(view.device, READY_S)
    else:
        await room.wait_ready(wish, READY_S)
        await OURS[wish](room, kit)


@asynccontextmanager
async def room_with_door(
    door: Path, profile: KitProfile, plugins: Mapping[str, FoundPlugin], ground: Ground
) -> AsyncIterator[DeviceRoom]:
    """The agent's room of devices, and the door into it."""
    kit = kit_here()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wrong = ""
        try:
            await do((await reader.readline()).decode().strip(), room, kit)
        except Exception as exc:  # noqa: BLE001 - told to whoever asked
            wrong = f"{type(exc).__name__}: {exc}"
        writer.write(json.dumps({"wrong": wrong}).encode() + b"\n")
        await writer.drain()
        writer.close()

    async with open_room(profile, plugins, ground) as room, await asyncio.start_unix_server(serve, str(door)):
        yield room


if __name__ == "__main__":
    config = Path(sys.argv[sys.argv.index("--config") + 1])
    app.open_room = partial(room_with_door, config.resolve().with_name(DOOR))  # type: ignore[attr-defined]
    asyncio.run(app.run(load_settings(config)))
