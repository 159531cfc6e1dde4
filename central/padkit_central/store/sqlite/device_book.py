"""The store's door for peripherals. All methods raise `StoreFailed`; writing ones return when their commit is durable."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

from padkit_central.store.device_records import DeviceChange, DeviceEvent, DeviceKey, DeviceRow, Judge
from padkit_central.store.records import Point
from padkit_central.store.sqlite import devices
from padkit_central.store.sqlite.order_book import Read, Write


class DeviceBook:
    """The register of peripherals and their histories."""

    def __init__(self, write: Write, read: Read, *, ids: Callable[[], str], at: Callable[[], str]) -> None:
        self._write = write
        self._read = read
        self._ids = ids
        self._at = at

    async def meet(self, entity: str, kit: str, keys: Collection[DeviceKey], judge: Judge) -> Sequence[DeviceChange]:
        """Note what a kit says of its devices; see `devices.meet`. Where nothing changes nothing is written."""
        if not await self._read(partial(devices.judged, entity=entity, kit=kit, keys=keys, judge=judge)):
            return ()
        job = partial(devices.meet, entity=entity, kit=kit, keys=keys, judge=judge, new_id=self._ids, at=self._at())
        return await self._write(Point.CHAIN, job)

    async def decide(self, entity: str, row: DeviceRow, event: DeviceEvent) -> None:
        """Write down what a person decided; see `devices.decide`."""
        job = partial(devices.decide, entity=entity, row=row, event=event, new_id=self._ids)
        await self._write(Point.PAPER, job)

    async def one(self, entity: str, key: DeviceKey) -> DeviceRow | None:
        """Return one peripheral."""
        return await self._read(partial(devices.one, entity=entity, key=key))

    async def rows(self, entity: str, kit: str = "") -> list[DeviceRow]:
        """Return the peripherals of an entity, or those whose last kit is `kit`."""
        return await self._read(partial(devices.rows, entity=entity, kit=kit))

    async def history(self, entity: str, *, key: DeviceKey | None = None, kit: str = "") -> list[DeviceEvent]:
        """Return what happened; see `devices.history`."""
        return await self._read(partial(devices.history, entity=entity, key=key, kit=kit))
