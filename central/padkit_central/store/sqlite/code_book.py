"""Codes on customers' telephones, the last one of each case: a keyed digest, never the code or the number."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial

from padkit_central.store.records import CodeRow, Point
from padkit_central.store.sqlite.order_book import Read, Write

COLUMNS = "mark,mac_key,digest,made_at,sent,tries,used"


class CodeBook:
    """The last code of each case. Writing methods return when their commit is durable; all raise `StoreFailed`."""

    def __init__(self, write: Write, read: Read, *, ids: Callable[[], str]) -> None:
        self._write = write
        self._read = read
        self._ids = ids

    async def put(self, entity: str, kit: str, serial: str, row: CodeRow) -> None:
        """Keep the code of a case in place of the one before."""
        job = partial(_put, entity=entity, kit=kit, serial=serial, row=row, row_id=self._ids())
        await self._write(Point.PAPER, job)

    async def of(self, entity: str, serial: str) -> CodeRow | None:
        """Return the last code of a case."""
        return await self._read(partial(_of, entity=entity, serial=serial))

    async def count_try(self, entity: str, serial: str) -> CodeRow | None:
        """Count a try at the last code of a case; return it with the try counted."""
        return await self._write(Point.PAPER, partial(_count_try, entity=entity, serial=serial))


def _put(connection: sqlite3.Connection, entity: str, kit: str, serial: str, row: CodeRow, row_id: str) -> None:
    values = (row.mark, row.key, row.digest, row.made_at, row.sent, row.tries, int(row.used))
    connection.execute(
        f"insert into phone_code(id,entity,kit,serial,{COLUMNS}) values(?,?,?,?,?,?,?,?,?,?,?)"
        " on conflict(entity,serial) do update set kit=excluded.kit,"
        + ",".join(f"{name}=excluded.{name}" for name in COLUMNS.split(",")),
        (row_id, entity, kit, serial, *values),
    )


def _of(connection: sqlite3.Connection, entity: str, serial: str) -> CodeRow | None:
    it = connection.execute(
        f"select {COLUMNS} from phone_code where entity=? and serial=?",  # noqa: S608  (constants)
        (entity, serial),
    ).fetchone()
    if it is None:
        return None
    return CodeRow(it["mark"], it["mac_key"], it["digest"], it["made_at"], it["sent"], it["tries"], bool(it["used"]))


def _count_try(connection: sqlite3.Connection, entity: str, serial: str) -> CodeRow | None:
    connection.execute("update phone_code set tries=tries+1 where entity=? and serial=?", (entity, serial))
    return _of(connection, entity, serial)
