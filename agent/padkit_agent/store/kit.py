"""The kit's store as the rooms above see it: what is written together, is written in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TypeVar

from padkit_agent.store import journal, ledger, outbox
from padkit_agent.store.about import About, about
from padkit_agent.store.files import Files, clear_halves
from padkit_agent.store.orders import PLACE, Books
from padkit_agent.store.packages import Packages
from padkit_agent.store.queue import Queue
from padkit_agent.store.rows import CaseRow, Due, JournalRow, LedgerRow, OutboxRow, Stored
from padkit_agent.store.schema import open_database
from padkit_agent.store.vault import Vault
from padkit_agent.store.writer import Writer
from padkit_contract.contact import ChainHead
from padkit_contract.messages import CardState, LedgerEvent

T = TypeVar("T")
OPEN = b"{}"  # the record of a kit that nothing was ordered yet
MakeLedgerMessage = Callable[[tuple[LedgerEvent, ...]], OutboxRow]


class KitStore:
    """Journal, outbox, ledger, cases and facts of one kit; `files` are those of its flows, `packages` what becomes of them,
    `waits` what central has not taken.
    """

    def __init__(self, writer: Writer, vault: Vault) -> None:
        self._writer = writer
        self._vault = vault
        self.files = Files(writer, vault)
        self.packages = Packages(writer, vault)
        self.waits = Queue(writer, vault)

    @classmethod
    def open(
        cls, path: Path, vault: Vault, *, max_mb: int, writer: type[Writer] = Writer, record: bytes = OPEN
    ) -> KitStore:
        """Open the store at `path`; a new one gets the kit's `record`. Raises `StoreUnavailable`, `Refused`."""
        opened = open_database(path, max_mb=max_mb, record=vault.seal(record, PLACE))
        clear_halves(opened)
        return cls(writer(opened), vault)

    def close(self) -> None:
        """Finish and close; what was accepted is on disk."""
        self._writer.close()

    async def _run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        return await self._writer.run(job)

    async def step(
        self,
        row: JournalRow,
        *,
        lines: Sequence[LedgerRow] = (),
        messages: Sequence[OutboxRow] = (),
        ledger_message: MakeLedgerMessage | None = None,
        case: CaseRow | None = None,
    ) -> Stored:
        """Write one step of a flow with all that belongs to it; it is on disk when this returns, or nothing of it is."""
        vault = self._vault

        def write(connection: sqlite3.Connection) -> Stored:
            journal.append(connection, vault, row)
            booked = _book(connection, vault, lines, ledger_message)
            for message in messages:
                outbox.append(connection, vault, message)
            if case is not None:
                _open_case(connection, case)
            return Stored(booked)

        return await self._run(write)

    async def book(self, lines: Sequence[LedgerRow], ledger_message: MakeLedgerMessage) -> tuple[LedgerEvent, ...]:
        """Book ledger lines outside a flow (loading, counting)."""
        return await self._run(lambda connection: _book(connection, self._vault, lines, ledger_message))

    async def queue(self, *rows: OutboxRow) -> None:
        """Put messages into the outbox."""
        vault = self._vault

        def write(connection: sqlite3.Connection) -> None:
            for row in rows:
                outbox.append(connection, vault, row)

        await self._run(write)

    async def heads(self, *, open_only: bool) -> tuple[journal.Step, ...]:
        """Return the last step of every flow."""
        return await self._run(lambda connection: journal.heads(connection, self._vault, open_only=open_only))

    async def steps(self, flow_id: str) -> tuple[journal.Step, ...]:
        """Return every step of one flow."""
        return await self._run(lambda connection: journal.steps(connection, self._vault, flow_id))

    async def due(self, limit: int, *, but: Collection[str] = ()) -> tuple[Due, ...]:
        """Return messages that wait to be sent, without the envelopes named."""
        return await self._run(lambda connection: outbox.due(connection, self._vault, limit, but))

    async def mark(self, envelope: str, state: str, reply: bytes = b"") -> None:
        """End a message: ``done`` or ``refused``."""
        await self._run(lambda connection: outbox.mark(connection, self._vault, envelope, state, reply))

    async def reply_to(self, envelope: str) -> bytes | None:
        """Return the answer to a message, None when there is none yet."""
        return await self._run(lambda connection: outbox.reply_to(connection, self._vault, envelope))

    async def unsent(self) -> int:
        """Count messages that central has not answered."""
        return await self._run(outbox.unsent)

    async def unsent_since(self) -> str:
        """Return when the oldest of them was written; empty when there is none."""
        return await self._run(outbox.unsent_since)

    async def void(self, envelope: str, state: str, why: str, make: outbox.MakeVoid, reply: bytes = b"") -> bool:
        """End a message that will not be sent (again), and queue what tells central so; see `outbox.void`."""
        return await self._run(lambda c: outbox.void(c, self._vault, envelope, state, reply, why, make))

    async def hold_lost_c3(self, make: outbox.MakeVoid) -> int:
        """After a start, stop sending what lost its C3 part with the memory."""
        return await self._run(lambda connection: outbox.hold_lost_c3(connection, self._vault, make))

    async def head(self) -> ChainHead:
        """Return the last record of the kit's chain."""
        return await self._run(outbox.head)

    async def states(self) -> dict[str, CardState]:
        """Return where each card is, by voucher serial."""
        return await self._run(ledger.states)

    async def ledger(self, *, last_only: bool = False) -> tuple[LedgerEvent, ...]:
        """Return ledger lines, opened."""
        return await self._run(lambda connection: ledger.events(connection, self._vault, last_only=last_only))

    async def cases(self, *, open_only: bool) -> tuple[CaseRow, ...]:
        """Return cases, oldest first."""
        return await self._run(lambda connection: cases_of(connection, open_only=open_only))

    async def close_case(
        self, case_id: str, *, by: str, at: str, lines: Sequence[LedgerRow] = (), ledger_message: MakeLedgerMessage
    ) -> tuple[LedgerEvent, ...] | None:
        """Close a case and book what was found; None when there is no such open case (then nothing is booked)."""

        def write(connection: sqlite3.Connection) -> tuple[LedgerEvent, ...] | None:
            closed = connection.execute(
                "UPDATE kit_case SET closed_at = ?, closed_by = ? WHERE id = ? AND closed_at = ''", (at, by, case_id)
            )
            return _book(connection, self._vault, lines, ledger_message) if closed.rowcount == 1 else None

        return await self._run(write)

    async def about(self) -> About:
        """Return versions and counts; nothing sealed is opened."""
        return await self._run(about)

    async def books(self, job: Callable[[Books], T]) -> T:
        """Let `job` decide on commands in one transaction: what it writes is on disk when this returns, or nothing of it is."""
        return await self._run(lambda connection: job(Books(connection, self._vault)))

    async def put_fact(self, name: str, value: bytes) -> None:
        """Keep a value (the kit's pack) under `name`, sealed."""
        sealed = self._vault.seal(value, f"fact:{name}")
        await self._run(lambda c: c.execute("INSERT OR REPLACE INTO fact (name, sealed) VALUES (?, ?)", (name, sealed)))

    async def fact(self, name: str) -> bytes | None:
        """Return the value kept under `name`, or None."""
        row = await self._run(lambda c: c.execute("SELECT sealed FROM fact WHERE name = ?", (name,)).fetchone())
        return self._vault.open(row[0], f"fact:{name}") if row else None


def _book(
    connection: sqlite3.Connection, vault: Vault, lines: Sequence[LedgerRow], message: MakeLedgerMessage | None
) -> tuple[LedgerEvent, ...]:
    if not lines:
        return ()
    events = ledger.append(connection, vault, lines)
    if message is not None:
        outbox.append(connection, vault, message(events))
    return events


def _open_case(connection: sqlite3.Connection, case: CaseRow) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO kit_case (id, flow, reason, at, stops_box, closed_at, closed_by) VALUES (?,?,?,?,?,'','')",
        (case.id, case.flow_id, case.reason, case.at, int(case.stops_box)),
    )


def cases_of(connection: sqlite3.Connection, *, open_only: bool) -> tuple[CaseRow, ...]:
    """Return cases, oldest first."""
    where = "WHERE closed_at = ''" if open_only else ""
    rows = connection.execute(
        f"SELECT id, flow, reason, at, stops_box, closed_at, closed_by FROM kit_case {where} ORDER BY at, id"  # noqa: S608
    ).fetchall()
    return tuple(
        CaseRow(id_, flow, reason, at, bool(stops), closed, by) for id_, flow, reason, at, stops, closed, by in rows
    )
