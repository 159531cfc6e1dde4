"""What central has not taken, as the store knows it: counts, lines to show, and what a person did with what was set aside.

Set aside is a message that central refused for good and that no flow answers for, and a package that central refused or that
cannot be made. Nothing is removed: retrying a message writes it anew, with a place of its own in the chain, and says so here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from padkit_agent.core.queue import Load
from padkit_agent.store import outbox
from padkit_agent.store.rows import CaseRow, OutboxRow
from padkit_agent.store.vault import Vault
from padkit_agent.store.writer import Writer
from padkit_contract.authorise import AUTHORISE
from padkit_contract.messages import EVIDENCE, Reply
from padkit_sdk.errors import Refused

MOST = 500  # lines shown at once
MESSAGE = "message"
# their flow waits for the answer, and decides what follows from a refusal
_OWN = f"(business {outbox.OF_CATALOGUE} OR business = '{AUTHORISE}')"
_DEALT = "(SELECT item FROM dealt)"
_ASIDE = f"state = 'refused' AND NOT {_OWN} AND 'message:' || envelope NOT IN {_DEALT}"
_PACKAGE_ASIDE = f"state IN ('refused', 'broken') AND 'package:' || flow NOT IN {_DEALT}"
_PACKAGE_DUE = f"business = '{EVIDENCE}' AND state <> 'waiting' AND flow NOT IN (SELECT flow FROM package)"  # noqa: S608
_LISTED = f"SELECT min(at) FROM outbox WHERE business = '{EVIDENCE}' AND flow = package.flow"  # noqa: S608 - our own words

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a message (`number` its envelope) or a package (its flow). `code` is central's, of what was refused."""

    kind: str
    number: str
    business: str
    flow: str
    at: str
    state: str
    size: int
    code: str


class Queue:
    """The queue of one kit."""

    def __init__(self, writer: Writer, vault: Vault) -> None:
        self._writer = writer
        self._vault = vault

    async def load(self) -> Load:
        """Count."""
        return await self._run(load)

    async def lines(self) -> tuple[Line, ...]:
        """Return what was set aside, then what waits in the order in which it is sent, then the packages; `MOST` of each."""
        return await self._run(lambda connection: _lines(connection, self._vault))

    async def again(self, envelope: str, new: str, *, by: str, at: str) -> bool:
        """Write a message that was set aside anew as `new`; False: there is no such one. Raises `Refused` ``vault.damaged``."""

        def write(connection: sqlite3.Connection) -> bool:
            row = connection.execute(
                f"SELECT business, flow, priority, sealed FROM outbox WHERE envelope = ? AND {_ASIDE}",  # noqa: S608
                (envelope,),
            ).fetchone()
            if row is None:
                return False
            business, flow, priority, sealed = row
            body = self._vault.open(sealed, f"outbox:{envelope}")
            outbox.append(
                connection, self._vault, OutboxRow(new, business, flow, priority, needs_c3=False, at=at, body=body)
            )
            _deal(connection, f"{MESSAGE}:{envelope}", f"again {new}", by, at)
            return True

        return await self._run(write)

    async def pack_again(self, flow: str) -> bool:
        """Let a package that was set aside be made anew; False when there is no such one.

        What was never begun is due again; what was begun keeps its manifest and its place in the chain of packages.
        """

        def write(connection: sqlite3.Connection) -> bool:
            row = connection.execute(
                f"SELECT number FROM package WHERE flow = ? AND {_PACKAGE_ASIDE}",  # noqa: S608
                (flow,),
            ).fetchone()
            if row is None:
                return False
            if row[0]:
                connection.execute("UPDATE package SET state = 'making' WHERE flow = ?", (flow,))
            else:
                connection.execute("DELETE FROM package WHERE flow = ?", (flow,))
            return True

        return await self._run(write)

    async def hand_over(self, item: str, case: CaseRow, message: OutboxRow, *, by: str) -> bool:
        """Make a case of what was set aside and tell central of it; False when there is no such item. It stays as it is."""
        kind, _, number = item.partition(":")
        table, where = ("outbox", f"envelope = ? AND {_ASIDE}") if kind == MESSAGE else ("package", "")
        where = where or f"flow = ? AND {_PACKAGE_ASIDE}"

        def write(connection: sqlite3.Connection) -> bool:
            if connection.execute(f"SELECT 1 FROM {table} WHERE {where}", (number,)).fetchone() is None:  # noqa: S608
                return False
            connection.execute(
                "INSERT INTO kit_case (id, flow, reason, at, stops_box, closed_at, closed_by) VALUES (?,?,?,?,?,'','')",
                (case.id, case.flow_id, case.reason, case.at, int(case.stops_box)),
            )
            outbox.append(connection, self._vault, message)
            _deal(connection, item, f"case {case.id}", by, case.at)
            return True

        return await self._run(write)

    async def _run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        return await self._writer.run(job)


def load(connection: sqlite3.Connection) -> Load:
    """Count what central has not taken."""

    def one(query: str) -> int:
        return int(connection.execute(query).fetchone()[0] or 0)

    going = "state = 'waiting'"
    aside = one(f"SELECT count(*) FROM outbox WHERE {_ASIDE}")  # noqa: S608
    packages_aside = one(f"SELECT count(*) FROM package WHERE {_PACKAGE_ASIDE}")  # noqa: S608
    packages = one("SELECT count(*) FROM package WHERE state IN ('making', 'ready')")
    packages += one(f"SELECT count(DISTINCT flow) FROM outbox WHERE {_PACKAGE_DUE}")  # noqa: S608
    size = one(f"SELECT sum(length(sealed)) FROM outbox WHERE {going} OR {_ASIDE}")  # noqa: S608
    size += one("SELECT sum(length(body)) FROM package_piece") + one("SELECT sum(length(sealed)) FROM file_piece")
    since = connection.execute(
        f"SELECT min(at) FROM (SELECT min(at) AS at FROM outbox WHERE {going}"  # noqa: S608
        f" UNION ALL SELECT min(at) FROM outbox WHERE {_PACKAGE_DUE}"
        f" UNION ALL SELECT min(({_LISTED})) FROM package WHERE state IN ('making', 'ready')) WHERE at <> ''"
    ).fetchone()[0]
    messages = one(f"SELECT count(*) FROM outbox WHERE {going}")  # noqa: S608
    return Load(messages + aside, packages + packages_aside, size, aside + packages_aside, since or "")


def aside(connection: sqlite3.Connection) -> dict[str, int]:
    """Count by business the messages that were set aside and that nobody has dealt with."""
    rows: Sequence[tuple[str, int]] = connection.execute(
        f"SELECT business, count(*) FROM outbox WHERE {_ASIDE} GROUP BY business"  # noqa: S608
    ).fetchall()
    return dict(rows)


def _lines(connection: sqlite3.Connection, vault: Vault) -> tuple[Line, ...]:
    columns = "envelope, business, flow, at, state, length(sealed), reply"
    refused = connection.execute(
        f"SELECT {columns} FROM outbox WHERE {_ASIDE} ORDER BY seq LIMIT {MOST}"  # noqa: S608
    ).fetchall()
    going = connection.execute(
        f"SELECT {columns} FROM outbox WHERE state = 'waiting' ORDER BY priority, seq LIMIT {MOST}"  # noqa: S608
    ).fetchall()
    messages = [
        Line(MESSAGE, envelope, business, flow, at, state, size, _code(vault, envelope, reply))
        for envelope, business, flow, at, state, size, reply in (*refused, *going)
    ]
    packages = connection.execute(
        f"SELECT 'package', flow, '{EVIDENCE}', flow, coalesce(({_LISTED}), ''), state, size, '' FROM package"  # noqa: S608
        f" WHERE state IN ('making', 'ready') OR ({_PACKAGE_ASIDE}) ORDER BY number, flow LIMIT {MOST}"
    ).fetchall()
    due = connection.execute(
        f"SELECT 'package', flow, '{EVIDENCE}', flow, min(at), 'due', 0, '' FROM outbox WHERE {_PACKAGE_DUE}"  # noqa: S608
        f" GROUP BY flow ORDER BY min(seq) LIMIT {MOST}"
    ).fetchall()
    return (*messages, *(Line(*row) for row in (*packages, *due)))


def _code(vault: Vault, envelope: str, reply: bytes | None) -> str:
    """Return the code of central's answer; its text stays sealed."""
    if reply is None:
        return ""
    try:
        return msgspec.json.decode(vault.open(reply, f"reply:{envelope}"), type=Reply).code
    except (Refused, msgspec.MsgspecError):
        return "vault.damaged"


def _deal(connection: sqlite3.Connection, item: str, how: str, by: str, at: str) -> None:
    connection.execute("INSERT OR REPLACE INTO dealt (item, how, by, at) VALUES (?,?,?,?)", (item, how, by, at))
