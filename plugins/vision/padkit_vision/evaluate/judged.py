"""The driver that is judged: found and opened as the conformance kit does it, through its plugin's hook, whoever made it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from padkit_sdk import DriverContext, PadkitError, Refused
from padkit_sdk.conformance.target import Target, find_target
from padkit_sdk.links import LINK_KINDS, DeviceEvent, Onboard
from padkit_sdk.ports import Device

DEVICE = "evaluated"
Case = TypeVar("Case")
Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to judge: a plugin (entry point or folder), its model where it has several, settings ``NAME=VALUE``, the port."""

    plugin: str
    port: str
    model: str = ""
    settings: Sequence[str] = ()

    def find(self) -> Target:
        """Load the plugin. Raises `Refused`."""
        target = find_target(self.plugin, self.model, self.settings)
        if self.port not in target.offer.ports or not any(isinstance(it, Onboard) for it in target.offer.matches):
            offers = ", ".join(target.offer.ports)
            what = f"plugin {self.plugin}, model {target.model} offers {offers}"
            raise Refused("plugin.port", f"{what}; name one with {self.port} that needs no wire, with --plugin")
        return target


class Desk:
    """The open driver and the loop it lives on; what is tried is awaited there, one after the other."""

    def __init__(self, wanted: Wanted) -> None:
        self._runner = asyncio.Runner()
        try:
            self._device = self._runner.run(_open(wanted.find()))
        except BaseException:
            self._runner.close()
            raise

    def try_out(self, trial: Callable[[Any, Case], Awaitable[Outcome]], case: Case) -> Outcome:
        """Await ``trial(driver, case)``."""

        async def once() -> Outcome:
            return await trial(self._device, case)

        return self._runner.run(once())

    def close(self) -> None:
        """Close the driver and its loop."""
        with suppress(PadkitError):
            self._runner.run(self._device.close())
        self._runner.close()

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


async def _open(target: Target) -> Device:
    match = next(it for it in target.offer.matches if isinstance(it, Onboard))
    link = await target.openers[LINK_KINDS[Onboard]](match, Path(DEVICE))
    return await target.offer.open(link, DriverContext(DEVICE, time.monotonic, _unheard, target.settings))


def _unheard(event: DeviceEvent) -> None:
    """Nobody listens."""
