"""The store's door for orders, their audit trail and what belongs to them. All methods raise `StoreFailed`."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from padkit_central.store.order_records import (
    Approval,
    Asked,
    Booking,
    Judge,
    KitWord,
    Place,
    Placed,
    Result,
    Target,
)
from padkit_central.store.records import Point
from padkit_central.store.sqlite import audit, orders, targets, unlocks
from padkit_central.store.sqlite.orders import Moment
from padkit_central.store.trail import AuditRow
from padkit_contract.crypto import sm3
from padkit_contract.ids import Uuid7

T = TypeVar("T")
C = sqlite3.Connection
MAX_LISTED = 1000


class Write(Protocol):
    """Runs a piece in the next transaction; see `Writer.write`."""

    def __call__(self, point: Point, run: Callable[[C], T]) -> Awaitable[T]: ...


class Read(Protocol):
    """Runs a piece that only reads."""

    def __call__(self, read: Callable[[C], T]) -> Awaitable[T]: ...


class OrderBook:
    """Orders and their audit trail. Writing methods return when their commit is durable."""

    def __init__(self, write: Write, read: Read, *, ids: Callable[[], str], at: Callable[[], str]) -> None:
        self._write = write
        self._read = read
        self._ids = ids
        self._at = at

    async def ask(self, asked: Asked, kits: Sequence[str], ask: Judge, queue: Judge) -> bool:
        """Write an order down; see `orders.ask`."""
        job = partial(orders.ask, asked=asked, kits=kits, ask=ask, queue=queue, moment=self._moment())
        return await self._write(Point.ASKED, job)

    async def approve(self, entity: str, command: str, approval: Approval, queue: Judge) -> Asked:
        """Add a consent; see `orders.approve`."""
        job = partial(
            orders.approve, entity=entity, command=command, approval=approval, queue=queue, moment=self._moment()
        )
        return await self._write(Point.ASKED, job)

    async def sweep(self, queue: Judge) -> list[Target]:
        """End what expired, queue what waited for its time; see `orders.sweep`. Writes only when there is something."""
        if not await self._read(targets.look_to_sweep(self._moment().now_s)):
            return []
        return await self._write(Point.ENDED, partial(orders.sweep, queue=queue, moment=self._moment()))

    async def sent(self, target: Target, *, again_after_s: int) -> bool:
        """Note that a command is about to be sent, and when it will be again; see `targets.sent`."""
        job = partial(targets.sent, target=target, at=self._at(), next_try_at=self._after(again_after_s))
        return await self._write(Point.PUSHED, job)

    async def postpone(self, target: Target, why: str, *, again_after_s: int) -> None:
        """Note that a command could not be sent; see `targets.postpone`."""
        job = partial(targets.postpone, target=target, detail=why, next_try_at=self._after(again_after_s))
        await self._write(Point.PUSHED, job)

    async def book(self, entity: str, kit: str, result: Result, standing: str, seq: int) -> Booking:
        """Note what a kit says of a command, and its own standing; see `orders.book`, `targets.note_word`."""
        job = partial(_book, entity=entity, kit=kit, result=result, standing=standing, seq=seq, moment=self._moment())
        return await self._write(Point.ENDED, job)

    async def end(self, target: Target, result: Result) -> None:
        """End a command by central's own rule: one that never left, or that nobody signed."""
        job = partial(orders.end, target=target, result=result, moment=self._moment(), who="central")
        await self._write(Point.ENDED, job)

    async def order(self, entity: str, command: str) -> tuple[Asked, list[Target], list[Approval]] | None:
        """Return an order with its kits and approvals."""

        def read(connection: C) -> tuple[Asked, list[Target], list[Approval]] | None:
            asked = orders.by_id(connection, entity, command)
            if asked is None:
                return None
            return (
                asked,
                targets.of_command(connection, entity, command),
                orders.approvals(connection, entity, command),
            )

        return await self._read(read)

    async def approvals(self, entity: str, command: str) -> list[Approval]:
        """Return who approved an order, in the order they did, with their papers."""
        return await self._read(partial(orders.approvals, entity=entity, command=command))

    async def place(self, entity: str, kit: str) -> Place:
        """Return what is pending at a kit and what is known of it."""
        return await self._read(partial(targets.place, entity=entity, kit=kit))

    async def places(self, entity: str, kits: Sequence[str]) -> list[Place]:
        """Return the places of several kits, as named."""
        return await self._read(lambda connection: [targets.place(connection, entity, kit) for kit in kits])

    async def listed(self, entity: str, kit: str, *, only_open: bool) -> list[Placed]:
        """Return orders at kits, the newest first, at most `MAX_LISTED`; an empty `kit` means all."""
        return await self._read(partial(targets.listed, entity=entity, kit=kit, only_open=only_open, limit=MAX_LISTED))

    async def due(self) -> set[tuple[str, str]]:
        """Return the kits (entity, kit) that have something to be sent by now."""
        return await self._read(partial(targets.due, at=self._at()))

    async def words(self, entity: str) -> list[KitWord]:
        """Return all kits that central knows by a row."""
        return await self._read(partial(targets.words, entity=entity))

    async def note(self, entity: str, who: str, what: str, body: bytes) -> AuditRow:
        """Add a line to the audit trail."""
        job = partial(audit.append, entity=entity, who=who, what=what, body=body, row_id=self._ids(), at=self._at())
        return await self._write(Point.ASKED, job)

    async def trail(self, entity: str, after: int, limit: int) -> list[AuditRow]:
        """Return lines of the audit trail behind number `after`."""
        return await self._read(partial(audit.rows, entity=entity, after=after, limit=limit))

    async def give_unlock(self, given: unlocks.Given) -> None:
        """Note who got the code of a challenge; see `unlocks.give`."""
        await self._write(Point.ASKED, partial(unlocks.give, given=given, moment=self._moment()))

    async def keep_bundle(self, entity: str, kit: str, digest: str, body: bytes) -> None:
        """Keep a sealed support bundle; see `unlocks.keep_bundle`."""
        job = partial(
            unlocks.keep_bundle,
            entity=entity, kit=kit, digest=digest, body=body, row_id=self._ids(), at=self._at(),
        )  # fmt: skip
        await self._write(Point.PAPER, job)

    async def bundle(self, entity: str, kit: str) -> unlocks.Bundle | None:
        """Return the newest support bundle of a kit."""
        return await self._read(partial(unlocks.bundle, entity=entity, kit=kit))

    def _after(self, seconds: int) -> str:
        moment = datetime.fromisoformat(self._at()) + timedelta(seconds=seconds)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _moment(self) -> Moment:
        at = self._at()
        return Moment(at, int(datetime.fromisoformat(at).timestamp()), rows_of(self._ids()))


def rows_of(base: str) -> Callable[[], str]:
    """Return a maker of row ids for one transaction, in the writer's thread: of the millisecond and chance of `base`."""
    made_ms, drawn = int(base.replace("-", "")[:12], 16), 0

    def chance(count: int) -> bytes:
        nonlocal drawn
        drawn += 1
        return sm3(f"{base} {drawn}".encode())[:count]

    return Uuid7(lambda: made_ms, chance)


def _book(connection: C, entity: str, kit: str, result: Result, standing: str, seq: int, moment: Moment) -> Booking:
    booking = orders.book(connection, entity, kit, result, moment)
    targets.note_word(connection, entity, kit, standing, seq, moment.at, moment.ids())
    return booking
