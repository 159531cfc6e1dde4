"""The store's door to the kits' chains and contacts."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol, TypeVar

from padkit_central.store.chain_records import Alarm, Fits, Gap, Link, Met
from padkit_central.store.records import Arrival, Point
from padkit_central.store.sqlite import chain, contacts, intake
from padkit_contract.commands import Standing

T = TypeVar("T")
C = sqlite3.Connection


class Write(Protocol):
    """Runs a piece in the writer's next transaction."""

    def __call__(self, point: Point, run: Callable[[C], T]) -> Awaitable[T]: ...


class Read(Protocol):
    """Runs a question on the reading connection."""

    def __call__(self, read: Callable[[C], T]) -> Awaitable[T]: ...


class ChainBook:
    """Books places and alarms. Writing methods return when their commit is durable; all raise `StoreFailed`."""

    def __init__(self, write: Write, read: Read, *, ids: Callable[[], str], at: Callable[[], str]) -> None:
        self._write = write
        self._read = read
        self._ids = ids
        self._at = at

    async def book(self, entity: str, kit: str, link: Link, fits: Fits) -> Alarm | None:
        """Book a place of a kit's chain, or open the case of what does not fit; see `chain.book`."""
        job = partial(chain.book, entity=entity, kit=kit, new=link, fits=fits, ids=self._two_ids(), at=self._at())
        return await self._write(Point.CHAIN, job)

    async def sound(self, entity: str, kit: str, alarm: Alarm) -> None:
        """Open an alarm's case, once."""
        job = partial(chain.sound, entity=entity, kit=kit, alarm=alarm, ids=self._two_ids(), at=self._at())
        await self._write(Point.CHAIN, job)

    async def meet(self, entity: str, kit: str, meeting: contacts.Meet, standing: Standing, escrow: bytes) -> Met:
        """Note a contact; see `contacts.meet`."""
        job = partial(
            contacts.meet,
            entity=entity,
            kit=kit,
            meeting=meeting,
            standing=standing,
            escrow=escrow,
            ids=self._two_ids(),
            at=self._at(),
        )
        return await self._write(Point.CHAIN, job)

    async def forget_traits(self, entity: str, kit: str) -> None:
        """Let the next contact pin the kit's traits anew."""
        await self._write(Point.CHAIN, partial(contacts.forget_traits, entity=entity, kit=kit))

    async def top_before(self, entity: str, kit: str, at: str) -> Link | None:
        """Return the furthest record of a kit that was booked before `at`."""
        return await self._read(partial(chain.top_before, entity=entity, kit=kit, at=at))

    async def links(self, entity: str, kit: str) -> list[Link]:
        """Return a kit's chain in order."""
        return await self._read(partial(chain.links, entity=entity, kit=kit))

    async def stored(self, entity: str, kit: str) -> list[Arrival]:
        """Return the kit's stored records in the order of its chain."""
        return await self._read(partial(intake.of_chain, entity=entity, kit=kit))

    async def envelopes_of_others(self, entity: str, kit: str) -> frozenset[str]:
        """Return the envelopes that stand in other chains of the same kit, of before or after it was enrolled anew."""
        return await self._read(partial(chain.envelopes_of_others, entity=entity, kit=kit))

    async def kits(self) -> list[tuple[str, str]]:
        """Return (entity, kit) of every kit with a record."""
        return await self._read(chain.kits)

    async def gaps(self, before: str) -> list[Gap]:
        """Return the holes of all chains that are known of since before the moment `before`."""
        return await self._read(partial(chain.gaps, before=before))

    def _two_ids(self) -> tuple[str, str]:
        return self._ids(), self._ids()
