"""The card box as it is, but for one thing: while a card is fed, it says nonsense without end once a given file is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from padkit_card_dispenser.config import DEFAULTS
from padkit_card_dispenser.plugin import MATCHES
from padkit_sdk import ByteLink, DeviceEvent, DriverContext, DriverOffer, hookimpl
from padkit_sdk.ports import BoxStatus, Device

LOOK_S = 0.01


async def open_flooding(link: ByteLink, context: DriverContext) -> Device:
    from padkit_card_dispenser.driver import open_driver

    driver = await open_driver(link, context)
    feed = driver.stage

    async def stage(*, timeout_s: float) -> BoxStatus:
        watching = asyncio.create_task(flood_when(Path(str(context.settings["flood_when"])), context.emit))
        try:
            return await feed(timeout_s=timeout_s)
        finally:
            watching.cancel()

    driver.stage = stage  # type: ignore[method-assign]  # the wrapper is the point
    return driver


async def flood_when(told: Path, emit: Callable[[DeviceEvent], None]) -> None:
    """Flood once `told` is there; it is taken away first, so that the next worker behaves."""
    while not told.exists():  # noqa: ASYNC110 - another process makes the file
        await asyncio.sleep(LOOK_S)
    told.unlink()
    while True:
        emit(DeviceEvent("box.chatter"))
        await asyncio.sleep(0)  # so that it really goes out


@hookimpl
def padkit_drivers() -> Sequence[DriverOffer]:
    settings = {**DEFAULTS, "flood_when": ""}
    return [DriverOffer("CRT-591", ("card_dispenser", "chip_card"), MATCHES, open_flooding, settings)]
