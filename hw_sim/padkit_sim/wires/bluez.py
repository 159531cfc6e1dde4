"""An ``org.bluez`` of our own on a D-Bus: one adapter, and the peripherals in its range. `stacks.bluez` has the bus itself."""

from __future__ import annotations

import asyncio
from typing import Protocol

from dbus_fast import BusType
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface

from padkit_sim.wires.bluez_objects import ADAPTER, AdapterObject, failed

NAME = "org.bluez"
ADVERTISED_S = 0.1  # from one advertisement to the next


class InRange(Protocol):
    """A peripheral as the radio knows it."""

    @property
    def path(self) -> str:
        """Of its D-Bus object."""
        ...

    def air(self, *, heard: bool) -> None:
        """One advertising interval has passed; `heard`: somebody looks around."""
        ...

    def forget(self) -> None:
        """BlueZ drops what it knows: link and object."""
        ...


class Bluez:
    """The service and its radio. Needs a running loop from `connect` to `close`; peripherals may come before."""

    def __init__(self) -> None:
        self._bus: MessageBus | None = None
        self._adapter = AdapterObject(self)
        self._peripherals: list[InRange] = []
        self._looking = 0
        self._tick: asyncio.TimerHandle | None = None

    async def connect(self, address: str) -> None:
        """Appear on the bus at `address`. Raises `OSError`."""
        self._bus = await MessageBus(address, BusType.SYSTEM, negotiate_unix_fd=True).connect()
        self._bus.export(ADAPTER, self._adapter)
        await self._bus.request_name(NAME)
        self._breathe()

    async def close(self) -> None:
        """Vanish from the bus, as when bluetoothd ends: every link goes with it."""
        if self._tick is not None:
            self._tick.cancel()
        for peripheral in self._peripherals:
            peripheral.forget()
        self._looking = 0
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.disconnect()
            await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast 5.2 leaves it untyped

    # -- peripherals

    def join(self, peripheral: InRange) -> None:
        """It is in range from now on."""
        self._peripherals.append(peripheral)

    def leave(self, peripheral: InRange) -> None:
        """It is out of range."""
        peripheral.forget()
        self._peripherals.remove(peripheral)

    def export(self, path: str, thing: ServiceInterface) -> None:
        """Show an object; nothing without a bus."""
        if self._bus is not None:
            self._bus.export(path, thing)

    def unexport(self, path: str) -> None:
        """Take an object back."""
        if self._bus is not None:
            self._bus.unexport(path)

    def _breathe(self) -> None:
        """Let an advertising interval pass for all."""
        for peripheral in tuple(self._peripherals):
            peripheral.air(heard=self._looking > 0)
        self._tick = asyncio.get_running_loop().call_later(ADVERTISED_S, self._breathe)

    # -- adapter

    def look_around(self, *, on: bool) -> None:
        """See `AdapterSide`."""
        if not on and not self._looking:
            raise failed("No discovery started")
        self._looking += 1 if on else -1
        self._adapter.emit_properties_changed({"Discovering": self._looking > 0})

    def discovering(self) -> bool:
        """See `AdapterSide`."""
        return self._looking > 0

    def forget(self, path: str) -> None:
        """See `AdapterSide`."""
        known = next((one for one in self._peripherals if one.path == path), None)
        if known is None:
            raise failed("Does Not Exist", "DoesNotExist")
        known.forget()
