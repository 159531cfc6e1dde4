"""The store's door for requests for authorisation. All methods raise `StoreFailed`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import partial

from padkit_central.store.authorisation_records import Authorisation, Rule
from padkit_central.store.records import Point
from padkit_central.store.sqlite import authorisations
from padkit_central.store.sqlite.order_book import MAX_LISTED, Read, Write, rows_of
from padkit_central.store.sqlite.orders import Moment

C = sqlite3.Connection


class AuthorisationBook:
    """Requests for authorisation. Writing methods return when their commit is durable."""

    def __init__(self, write: Write, read: Read, *, ids: Callable[[], str], at: Callable[[], str]) -> None:
        self._write = write
        self._read = read
        self.new_id = ids
        self._at = at

    async def ask(self, new: Authorisation, line: bytes, withdraw: Rule) -> Authorisation:
        """Write a request down; see `authorisations.ask`."""
        job = partial(authorisations.ask, new=new, line=line, withdraw=withdraw, moment=self._moment())
        return await self._write(Point.AUTHORISED, job)

    async def change(self, entity: str, name: str, rule: Rule) -> Authorisation:
        """Decide on a request; see `authorisations.change`."""
        job = partial(authorisations.change, entity=entity, name=name, rule=rule, moment=self._moment())
        return await self._write(Point.AUTHORISED, job)

    async def one(self, entity: str, name: str) -> Authorisation | None:
        """Return one request."""
        return await self._read(partial(authorisations.by_id, entity=entity, name=name))

    async def newest(self, entity: str, kit: str, serial: str) -> Authorisation | None:
        """Return the last round of a kit's business."""
        return await self._read(partial(authorisations.newest, entity=entity, kit=kit, serial=serial))

    async def listed(self, entity: str, *, only_open: bool) -> list[Authorisation]:
        """Return requests, the newest first, at most `MAX_LISTED`."""
        return await self._read(partial(authorisations.listed, entity=entity, only_open=only_open, limit=MAX_LISTED))

    def _moment(self) -> Moment:
        at = self._at()
        return Moment(at, int(datetime.fromisoformat(at).timestamp()), rows_of(self.new_id()))
