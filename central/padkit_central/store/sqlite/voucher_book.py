"""Stamps on receipts: one a business, the first one for good."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from padkit_central.store.records import Point
from padkit_central.store.sqlite.order_book import Read, Write


class VoucherBook:
    """The stamps that were given. All methods raise `StoreFailed`."""

    def __init__(self, write: Write, read: Read, *, ids: Callable[[], str], at: Callable[[], str]) -> None:
        self._write = write
        self._read = read
        self._ids = ids
        self._at = at

    async def of(self, entity: str, serial: str) -> tuple[str, bytes] | None:
        """Return what was sealed of a business (SM3, hex) and the stamp."""
        return await self._read(lambda connection: _of(connection, entity, serial))

    async def put(self, entity: str, kit: str, serial: str, digest: str, stamp: bytes) -> tuple[str, bytes]:
        """Keep a stamp unless the business has one; return the one that it has. It is on disk then."""
        values = (self._ids(), entity, kit, serial, digest, stamp, self._at())

        def write(connection: sqlite3.Connection) -> tuple[str, bytes]:
            connection.execute(
                "insert or ignore into voucher(id,entity,kit,serial,digest,stamp,sealed_at) values(?,?,?,?,?,?,?)",
                values,
            )
            kept = _of(connection, entity, serial)
            assert kept is not None
            return kept

        return await self._write(Point.PAPER, write)


def _of(connection: sqlite3.Connection, entity: str, serial: str) -> tuple[str, bytes] | None:
    row = connection.execute(
        "select digest,stamp from voucher where entity=? and serial=?", (entity, serial)
    ).fetchone()
    return (row["digest"], bytes(row["stamp"])) if row else None
