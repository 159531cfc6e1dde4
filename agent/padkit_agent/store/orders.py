"""The command journal and the kit's own record: what central ordered, what became of it, and how the kit stands.

One transaction holds a command's row, the record after it and the acknowledgement's outbox row: `Books` is that transaction.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from padkit_agent.store import outbox, queue
from padkit_agent.store.packages import count_waiting
from padkit_agent.store.rows import OutboxRow
from padkit_agent.store.vault import Vault
from padkit_sdk.errors import Refused

RECORD = "standing"  # name of the fact that holds the kit's record
PLACE = f"fact:{RECORD}"
FILES = "evidence.files"  # what evidence packages that central has not are counted under
HELD = "received"  # state of a command that is not final


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One command. `state` is its `Progress`; `body` (the command as it came, its last acknowledgement) is sealed on disk."""

    seq: int
    id: str
    state: str
    at: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Books:
    """What a decision about commands may read and write, in one transaction of the store."""

    connection: sqlite3.Connection
    vault: Vault

    def record(self) -> bytes | None:
        """Return the kit's record; None when there is none, or one that does not open: both mean that it is lost."""
        row = self.connection.execute("SELECT sealed FROM fact WHERE name = ?", (RECORD,)).fetchone()
        try:
            return self.vault.open(row[0], PLACE) if row else None
        except Refused as exc:
            if exc.reason == "vault.damaged":
                return None
            raise

    def put_record(self, raw: bytes) -> None:
        """Keep the record."""
        self.connection.execute(
            "INSERT OR REPLACE INTO fact (name, sealed) VALUES (?, ?)", (RECORD, self.vault.seal(raw, PLACE))
        )

    def order(self, command: str) -> OrderRow | None:
        """Return a command by its id."""
        row = self.connection.execute(
            "SELECT seq, id, state, at, sealed FROM command WHERE id = ?", (command,)
        ).fetchone()
        return self._read(row) if row else None

    def orders(self, *, held_only: bool = False) -> tuple[OrderRow, ...]:
        """Return the commands in the order of their numbers; only those that are not final when `held_only`."""
        where, values = ("WHERE state = ?", (HELD,)) if held_only else ("", ())
        rows = self.connection.execute(
            f"SELECT seq, id, state, at, sealed FROM command {where} ORDER BY seq",  # noqa: S608 - our own words
            values,
        ).fetchall()
        return tuple(map(self._read, rows))

    def put_order(self, row: OrderRow) -> None:
        """Write a command, or how far it came."""
        sealed = self.vault.seal(row.body, f"command:{row.id}")
        self.connection.execute(
            "INSERT INTO command (seq, id, state, at, sealed) VALUES (?,?,?,?,?)"
            " ON CONFLICT(id) DO UPDATE SET state=excluded.state, at=excluded.at, sealed=excluded.sealed",
            (row.seq, row.id, row.state, row.at, sealed),
        )

    def taken(self, seq: int) -> bool:
        """Tell whether a command with this number stands in the journal."""
        return self.connection.execute("SELECT 1 FROM command WHERE seq = ?", (seq,)).fetchone() is not None

    def last_seq(self) -> int:
        """Return the highest number in the journal, 0 when it is empty."""
        return int(self.connection.execute("SELECT coalesce(max(seq), 0) FROM command").fetchone()[0])

    def waits(self, envelope: str) -> bool:
        """Tell whether a message has not been answered yet."""
        row = self.connection.execute("SELECT state FROM outbox WHERE envelope = ?", (envelope,)).fetchone()
        return row is not None and row[0] == "waiting"

    def queue(self, row: OutboxRow) -> None:
        """Put a message into the outbox."""
        outbox.append(self.connection, self.vault, row)

    def flows(self) -> tuple[str, ...]:
        """Return the ids of the open flows, oldest first."""
        rows = self.connection.execute("SELECT id FROM flow WHERE ended = 0 ORDER BY id").fetchall()
        return tuple(str(row[0]) for row in rows)

    def unsent(self, *, but: tuple[str, ...]) -> dict[str, int]:
        """Count by business what central has not answered or has refused, without the businesses named among the former;
        and packages that it has not.
        """
        rows = self.connection.execute(
            "SELECT business, count(*) FROM outbox WHERE state = 'waiting' GROUP BY business ORDER BY business"
        ).fetchall()
        counts = {business: count for business, count in rows if business not in but}
        for business, count in queue.aside(self.connection).items():
            counts[business] = counts.get(business, 0) + count
        packages = count_waiting(self.connection)
        return counts | {FILES: packages} if packages else counts

    def fact(self, name: str) -> bytes | None:
        """Return a sealed fact. Raises `Refused` ``vault.damaged``."""
        row = self.connection.execute("SELECT sealed FROM fact WHERE name = ?", (name,)).fetchone()
        return self.vault.open(row[0], f"fact:{name}") if row else None

    def _read(self, row: tuple[int, str, str, str, bytes]) -> OrderRow:
        seq, command, state, at, sealed = row
        return OrderRow(seq, command, state, at, self.vault.open(sealed, f"command:{command}"))
