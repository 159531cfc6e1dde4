"""Which Bluetooth LE peripherals of ours are in range.

Looks around less while one is connected, and not at all while one is being connected.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from padkit_agent.core.found import FoundWire
from padkit_agent.links.ble_radio import Radio, connected_devices, lost_when_it_fails, radio_here
from padkit_sdk.links import Ble

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

KEPT_S = 10.0  # in range until it was not heard for so long
LOOK_S, REST_S = 4.0, 0.5  # while none is connected
GLANCE_S, LONG_REST_S = 1.5, 4.5  # while one is
NO_BLUETOOTH_S = 5.0  # until a machine without Bluetooth is looked at again


async def see_peripherals(matches: Sequence[Ble], tell: Callable[[tuple[FoundWire, ...]], None]) -> None:
    """Tell all peripherals that advertise a service of `matches`, at each change, until cancelled.

    One that is connected stays; one whose link broke is told as plugged anew, and gone when it is not heard any more. Raises
    `LinkLost` when Bluetooth fails.
    """
    services = frozenset(match.service for match in matches)
    while not services or not has_bluetooth(os.environ):  # noqa: ASYNC110 - sysfs tells nobody
        await asyncio.sleep(NO_BLUETOOTH_S)
    sight = _Sight(services, radio_here(), tell)
    with lost_when_it_fails("Bluetooth LE"):
        while True:
            await sight.look()
            await sight.rest()


def has_bluetooth(environ: Mapping[str, str]) -> bool:
    """Whether there is an adapter, or a bus that somebody names on purpose."""
    adapters = Path(environ.get("PADKIT_SYSFS", "/sys")) / "class" / "bluetooth"
    return "DBUS_SYSTEM_BUS_ADDRESS" in environ or (adapters.is_dir() and any(adapters.iterdir()))


class _Sight:
    """One look after the other, and what was told last."""

    def __init__(self, services: frozenset[str], radio: Radio, tell: Callable[[tuple[FoundWire, ...]], None]) -> None:
        self._services = services
        self._radio = radio
        self._tell = tell
        self._told: tuple[FoundWire, ...] | None = None

    async def look(self) -> None:
        """Look around for a while; a link that somebody wants to make ends it."""
        from bleak import BleakScanner

        async with self._radio.looking():
            for device in await connected_devices(sorted(self._services)):
                self._radio.hear(device, self._ours(device.details["props"].get("UUIDs", ())))
            async with BleakScanner(self._on_heard, sorted(self._services)):
                await self._watch(GLANCE_S if self._radio.connected else LOOK_S)

    async def rest(self) -> None:
        """Leave the radio alone for a while; a link that breaks ends it."""
        await self._watch(LONG_REST_S if self._radio.connected else REST_S)

    async def _watch(self, for_s: float) -> None:
        """Tell what changes, for so long, or until there is something better to do."""
        loop, losses, connected = asyncio.get_running_loop(), self._radio.losses.total(), len(self._radio.connected)
        until_s = loop.time() + for_s
        while (left_s := until_s - loop.time()) > 0:
            self._tell_changes()
            if self._radio.wanted or losses != self._radio.losses.total() or len(self._radio.connected) < connected:
                return
            await self._radio.wait(min(left_s, KEPT_S))

    def _on_heard(self, device: BLEDevice, data: AdvertisementData) -> None:
        self._radio.hear(device, self._ours(data.service_uuids))

    def _ours(self, services: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted(self._services.intersection(services)))

    def _tell_changes(self) -> None:
        before_s = asyncio.get_running_loop().time() - KEPT_S
        for address, heard in tuple(self._radio.heard.items()):
            if heard.at_s < before_s and address not in self._radio.connected:
                del self._radio.heard[address]
        seen = tuple(
            FoundWire(
                name=heard.name,
                path=address,
                serial=address,
                kind="ble",
                services=heard.services,
                instance=(self._radio.losses[address], 0),
            )
            for address, heard in sorted(self._radio.heard.items())
        )
        if seen != self._told:
            self._told = seen
            self._tell(seen)
