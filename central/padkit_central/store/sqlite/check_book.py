"""What online checks of customers found: the last word on each, by serial. Nothing personal in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from functools import partial

from padkit_central.store.records import CheckRow, Point
from padkit_central.store.sqlite.order_book import Read, Write
from padkit_contract.checks import Verdict

COLUMNS = "name,verdict,code,at,mark,system_serial"


class CheckBook:
    """What was found. `put` returns when its commit is durable; both raise `StoreFailed`."""

    def __init__(self, write: Write, read: Read, *, ids: Callable[[], str]) -> None:
        self._write = write
        self._read = read
        self._ids = ids

    async def put(self, entity: str, kit: str, serial: str, rows: Iterable[CheckRow]) -> None:
        """Keep the last word on each check of a serial."""
        await self._write(Point.PAPER, partial(_put, entity=entity, kit=kit, serial=serial, rows=rows, ids=self._ids))

    async def of(self, entity: str, serial: str) -> dict[str, CheckRow]:
        """Return the last word on each check of a serial, by name."""
        return await self._read(partial(_of, entity=entity, serial=serial))


def _put(
    connection: sqlite3.Connection,
    entity: str,
    kit: str,
    serial: str,
    rows: Iterable[CheckRow],
    ids: Callable[[], str],
) -> None:
    for row in rows:
        connection.execute(
            f"insert into check_result(id,entity,kit,serial,{COLUMNS}) values(?,?,?,?,?,?,?,?,?,?)"
            " on conflict(entity,serial,name) do update set kit=excluded.kit,verdict=excluded.verdict,"
            "code=excluded.code,at=excluded.at,mark=excluded.mark,system_serial=excluded.system_serial",
            (ids(), entity, kit, serial, row.name, row.verdict.value, row.code, row.at, row.mark, row.system_serial),
        )


def _of(connection: sqlite3.Connection, entity: str, serial: str) -> dict[str, CheckRow]:
    found = connection.execute(
        f"select {COLUMNS} from check_result where entity=? and serial=?",  # noqa: S608  (constants)
        (entity, serial),
    )
    return {
        it["name"]: CheckRow(it["name"], Verdict(it["verdict"]), it["code"], it["at"], it["mark"], it["system_serial"])
        for it in found
    }
