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
from typing import TYPE_CHECKING

from padkit_agent import cli
from padkit_agent.devices import room as devices

if TYPE_CHECKING:
    from padkit_agent.devices import DeviceRoom, Ground, KitProfile
    from padkit_agent.plugins.finding import FoundPlugin

READY = "ready"
READY_S = 150.0
DOOR = "deeds.sock"
OPEN_ROOM = devices.open_room


async def do(wish: str, room: DeviceRoom) -> None:
    """One deed, or the wait until all are ready."""
    if wish == READY:
        for view in room.list():
            await room.wait_ready(view.device, READY_S)
        return
    await room.wait_ready(wish, READY_S)
    from deeds import OF_AGENT, kit_of  # late: the agent starts as it always does

    await OF_AGENT[wish](room, kit_of(os.environ))


@asynccontextmanager
async def room_with_door(
    door: Path, profile: KitProfile, plugins: Mapping[str, FoundPlugin], ground: Ground
) -> AsyncIterator[DeviceRoom]:
    """The agent's room of devices, and the door into it."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wrong = ""
        try:
            await do((await reader.readline()).decode().strip(), room)
        except Exception as exc:  # noqa: BLE001 - told to whoever asked
            wrong = f"{type(exc).__name__}: {exc}"
        writer.write(json.dumps({"wrong": wrong}).encode() + b"\n")
        await writer.drain()
        writer.close()

    async with OPEN_ROOM(profile, plugins, ground) as room, await asyncio.start_unix_server(serve, str(door)):
        yield room


if __name__ == "__main__":
    words = sys.argv[1:]
    door = Path(words[words.index("--config") + 1]).resolve().with_name(DOOR)
    devices.open_room = partial(room_with_door, door)  # type: ignore[assignment]  # before the agent takes it
    cli.main(["run", *words])
