"""Orders in a database in memory, without a service around it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from padkit_central.kits import lifecycle
from padkit_central.store import Approval, Asked, Booking, Place, Placed, Result, Target, TargetState
from padkit_central.store.migrate import upgrade
from padkit_central.store.sqlite import audit, orders, targets
from padkit_central.store.sqlite.order_book import rows_of
from padkit_central.store.sqlite.orders import Moment
from padkit_contract.commands import AnyOrder, Mode, Standing

ENTITY = "demo"
START_S = int(datetime(2026, 11, 22, 8, 0, tzinfo=UTC).timestamp())


def template(folder: Path) -> sqlite3.Connection:
    """Return a database file of this version, to copy from."""
    upgrade(folder / "template.db")
    return sqlite3.connect(folder / "template.db")


@dataclass
class World:
    """A database with a clock; what is done here is done in one transaction each."""

    connection: sqlite3.Connection
    now_s: int = START_S
    made: int = 0
    asked: dict[str, Asked] = field(default_factory=dict)

    @classmethod
    def fresh(cls, source: sqlite3.Connection) -> World:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        source.backup(connection)
        connection.row_factory = sqlite3.Row
        return cls(connection)

    def moment(self) -> Moment:
        self.made += 1
        base = f"{self.now_s * 1000:012x}{self.made:020x}"
        text = f"{base[:8]}-{base[8:12]}-{base[12:16]}-{base[16:20]}-{base[20:]}"
        return Moment(datetime.fromtimestamp(self.now_s, UTC).isoformat(), self.now_s, rows_of(text))

    def ask(
        self, order: AnyOrder, *kits: str, needs: int = 0, by: str = "ann", not_before: int = 0, expires: int = 0
    ) -> str:
        self.made += 1
        command = f"{self.made:036d}"
        moment = self.moment()
        asked = Asked(ENTITY, command, order, "a reason", by, command.encode(), moment.at, not_before, expires, needs)
        self.connection.execute("begin")
        try:
            orders.ask(self.connection, asked, kits or ("k1",), lifecycle.ask, lifecycle.queue, moment)
        except Exception:
            self.connection.execute("rollback")
            raise
        self.connection.execute("commit")
        self.asked[command] = asked
        return command

    def approve(self, command: str, by: str = "bob") -> None:
        approval = Approval(by, b"signed", "now")
        orders.approve(self.connection, ENTITY, command, approval, lifecycle.queue, self.moment())

    def sweep(self) -> list[Target]:
        return orders.sweep(self.connection, lifecycle.queue, self.moment())

    def place(self, kit: str = "k1") -> Place:
        return targets.place(self.connection, ENTITY, kit)

    def target(self, command: str, kit: str = "k1") -> Target:
        found = targets.one(self.connection, ENTITY, command, kit)
        assert found is not None
        return found

    def state(self, command: str, kit: str = "k1") -> str:
        return self.target(command, kit).state.value

    def going(self, kit: str = "k1") -> tuple[Placed, ...]:
        return lifecycle.sendable(self.place(kit))

    def send(self, command: str, kit: str = "k1") -> None:
        assert targets.sent(self.connection, self.target(command, kit), self.moment().at, "")

    def ack(self, command: str, state: TargetState, kit: str = "k1", seq: int | None = None) -> Booking:
        number = self.target(command, kit).seq if seq is None else seq
        return orders.book(self.connection, ENTITY, kit, Result(command, number, state), self.moment())

    def word(self, mode: Mode, seq: int, kit: str = "k1") -> None:
        text = msgspec.json.encode(Standing(mode=mode, seq=seq)).decode()
        moment = self.moment()
        targets.note_word(self.connection, ENTITY, kit, text, seq, moment.at, moment.ids())

    def trail(self) -> Sequence[audit.AuditRow]:
        return audit.rows(self.connection, ENTITY, 0, 10_000)
