"""SQL of users; each change has its line in the audit trail, in the same transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial

import msgspec

from padkit_central.store.people_records import UserRole, UserRow
from padkit_central.store.records import Point
from padkit_central.store.sqlite import audit
from padkit_central.store.sqlite.order_book import Read, Write
from padkit_contract.errors import Invalid

COLUMNS = "entity,mark,name,role,level,reports_to,disabled"


class PeopleBook:
    """Users of each entity. Writing methods return when their commit is durable; all raise `StoreFailed`."""

    def __init__(self, write: Write, read: Read, *, ids: Callable[[], str], at: Callable[[], str]) -> None:
        self._write = write
        self._read = read
        self._ids = ids
        self._at = at

    async def users(self, entity: str) -> list[UserRow]:
        """Return an entity's users, by name."""
        return await self._read(partial(_users, entity=entity))

    async def put(self, user: UserRow, by: str, reason: str) -> None:
        """Write a user down, in place of what was known of him; a disabled one stays disabled."""
        job = partial(_put, user=user, by=by, reason=reason, ids=(self._ids(), self._ids()), at=self._at())
        await self._write(Point.PAPER, job)

    async def switch(self, entity: str, key: str, by: str, reason: str, *, disabled: bool) -> None:
        """Disable or enable a user. Raises `Invalid` ``user.unknown``."""
        job = partial(
            _switch, entity=entity, key=key, by=by, reason=reason, disabled=disabled, row_id=self._ids(), at=self._at()
        )
        await self._write(Point.PAPER, job)


def _users(connection: sqlite3.Connection, entity: str) -> list[UserRow]:
    rows = connection.execute(f"select {COLUMNS} from central_user where entity=? order by mark", (entity,))  # noqa: S608
    return [
        UserRow(
            row["entity"],
            row["mark"],
            row["name"],
            UserRole(row["role"]),
            row["level"],
            row["reports_to"],
            disabled=bool(row["disabled"]),
        )
        for row in rows
    ]


def _put(connection: sqlite3.Connection, user: UserRow, by: str, reason: str, ids: tuple[str, str], at: str) -> None:
    values = (user.entity, user.key, user.name, user.role.value, user.level, user.reports_to, int(user.disabled))
    connection.execute(
        f"insert into central_user(id,{COLUMNS}) values(?,?,?,?,?,?,?,?) on conflict(entity,mark) do update set"
        " name=excluded.name,role=excluded.role,level=excluded.level,reports_to=excluded.reports_to",
        (ids[0], *values),
    )
    told = {"user": user.name, "role": user.role.value, "level": user.level, "reports_to": user.reports_to}
    body = msgspec.json.encode({**told, "reason": reason})
    audit.append(connection, user.entity, by, "user.put", body, ids[1], at)


def _switch(
    connection: sqlite3.Connection, entity: str, key: str, by: str, reason: str, *, disabled: bool, row_id: str, at: str
) -> None:
    found = connection.execute(
        "update central_user set disabled=? where entity=? and mark=? returning name", (int(disabled), entity, key)
    ).fetchone()
    if found is None:
        raise Invalid("user.unknown", f"{entity} has no user of that name; see padkit-central user list")
    body = msgspec.json.encode({"user": found["name"], "reason": reason})
    audit.append(connection, entity, by, "user.disabled" if disabled else "user.enabled", body, row_id, at)
