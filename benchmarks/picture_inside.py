"""The inside of the picture's part of `benchmarks.wires`: prints one JSON object of times in seconds, ours and bare in turns."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.picture_source import GIVE, IN, PID, SIZE, VID
from benchmarks.wires_inside import WAIT_S, Round, turns
from padkit_agent.devices import WireScan
from padkit_agent.links.usb import open_usb
from padkit_sdk import Usb

COUNT, WARM_UP = 25, 3


@asynccontextmanager
async def ours() -> AsyncIterator[Round]:
    (wire,) = WireScan.from_environment(os.environ)()
    link = await open_usb(Usb(VID, PID), Path(wire.path))

    async def once() -> None:
        await link.control(*GIVE, b"", timeout_s=WAIT_S)
        picture = await link.read(IN, SIZE, timeout_s=WAIT_S)
        assert picture is not None and len(picture) == SIZE

    yield once
    await link.close()


@asynccontextmanager
async def bare() -> AsyncIterator[Round]:
    import usb.core
    import usb.util

    device = usb.core.find(idVendor=VID, idProduct=PID)
    usb.util.claim_interface(device, 0)

    async def once() -> None:
        device.ctrl_transfer(*GIVE, b"", timeout=5000)
        assert len(device.read(IN, SIZE, timeout=5000)) == SIZE

    yield once
    usb.util.release_interface(device, 0)
    usb.util.dispose_resources(device)


if __name__ == "__main__":
    told = asyncio.run(turns(ours, bare, count=COUNT, warm_up=WARM_UP))
    sys.stdout.write(json.dumps(told) + "\n")
