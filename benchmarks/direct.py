"""The driver with nothing around it: this process opens the line and calls the driver. The peer of everything with a worker."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from padkit_agent.links.serial import open_serial
from padkit_card_dispenser.driver import Crt591, open_driver
from padkit_card_dispenser.plugin import MATCHES
from padkit_sdk.links import DeviceEvent, DriverContext


def drop(_: DeviceEvent) -> None:
    """Nobody listens."""


@asynccontextmanager
async def direct_box(tty: Path) -> AsyncIterator[Crt591]:
    """Give the driver of the box at `tty`, open."""
    link = await open_serial(MATCHES[0], tty)
    driver = await open_driver(link, DriverContext("box", time.monotonic, drop, {}))
    try:
        yield driver
    finally:
        await driver.close()
