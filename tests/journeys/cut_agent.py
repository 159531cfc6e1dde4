"""The agent with a power switch: the same program, whose writer dies at a chosen journal write.

After every commit the database files are copied to a folder: that is the state of the disk at the last completed sync. A
power cut then means: agent and workers are gone at once, and the store is put back to that copy.

Environment:
PADKIT_CUT = ``before:N`` (the N-th journal write is not committed), ``after:N`` (it is, and nothing after it) or ``never``;
PADKIT_CUT_ORDER = ``before:N`` or ``after:N``: the same for the N-th write of the command journal, ``count`` only counts them;
PADKIT_CUT_FULL = N: from the N-th journal write on the database may not grow (a real SQLITE_FULL);
PADKIT_MUTATION = ``write_after_act``: the write is moved behind the act, which the suite must find.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import sys
from pathlib import Path

from padkit_agent import app
from padkit_agent.config import load_settings
from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.flow import Decision
from padkit_agent.flows import Desk
from padkit_agent.flows.run import Run
from padkit_agent.store.writer import Writer

LAST_SYNC = "last-sync"
ORDER_WRITES = "order-writes"
ORDERS = "SELECT group_concat(id || state || at || hex(sealed)) FROM command"


class PowerSwitch(Writer):
    """A writer that can lose power."""

    mode, _, number = os.environ.get("PADKIT_CUT", "never").partition(":")
    cut_at = int(number or 0)
    order_mode, _, order_number = os.environ.get("PADKIT_CUT_ORDER", "").partition(":")
    order_cut_at = int(order_number or 0)
    order_writes = 0
    orders: str | None = ""
    full_at = int(os.environ.get("PADKIT_CUT_FULL", "0"))
    folder = Path()
    writes = 0
    head = -1

    def commit(self, connection: sqlite3.Connection) -> None:
        head = connection.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]
        cls = type(self)
        cls._order_switch("before", connection)
        writes_journal = cls.head >= 0 and head > cls.head
        if writes_journal:
            cls.writes += 1
            if cls.full_at and cls.writes == cls.full_at:
                raise_full(connection)
            if cls.mode == "before" and cls.writes == cls.cut_at:
                os.kill(os.getpid(), signal.SIGKILL)
        super().commit(connection)
        cls.head = head
        keep(self.folder)
        cls._order_switch("after", connection)
        if writes_journal and cls.mode == "after" and cls.writes == cls.cut_at:
            os.kill(os.getpid(), signal.SIGKILL)

    @classmethod
    def _order_switch(cls, when: str, connection: sqlite3.Connection) -> None:
        """Count writes of the command journal, and cut the power at the chosen one."""
        if not cls.order_mode:
            return
        orders = connection.execute(ORDERS).fetchone()[0]
        if cls.orders == "":
            cls.orders = orders  # what former lives wrote
        elif when == "before" and orders != cls.orders:
            cls.order_writes += 1
            (cls.folder / ORDER_WRITES).write_text(str(cls.order_writes))
        changed = orders != cls.orders
        if when == "after":
            cls.orders = orders
        if changed and (cls.order_mode, cls.order_cut_at) == (when, cls.order_writes):
            os.kill(os.getpid(), signal.SIGKILL)


def raise_full(connection: sqlite3.Connection) -> None:
    """Let SQLite itself say that the disk is full: no further page may be allocated, and a page is asked for."""
    connection.execute("PRAGMA max_page_count=1")  # SQLite takes the present size for the limit
    connection.execute("INSERT INTO fact (name, sealed) VALUES ('ballast', randomblob(1048576))")


def keep(folder: Path) -> None:
    """Copy what is on disk now."""
    target = folder / LAST_SYNC
    target.mkdir(exist_ok=True)
    for name in ("kit.db", "kit.db-wal"):
        if (folder / name).exists():
            shutil.copyfile(folder / name, target / (name + ".new"))
    for name in ("kit.db", "kit.db-wal"):
        if (target / (name + ".new")).exists():
            (target / (name + ".new")).replace(target / name)


def put_back(folder: Path) -> None:
    """Put the store back to its last completed sync."""
    for name in ("kit.db", "kit.db-wal", "kit.db-shm"):
        (folder / name).unlink(missing_ok=True)
    for name in ("kit.db", "kit.db-wal"):
        if (folder / LAST_SYNC / name).exists():
            shutil.copyfile(folder / LAST_SYNC / name, folder / name)


class LateDesk(Desk):
    """The mutation that the suite must find: it acts first and writes afterwards."""

    async def _write(self, run: Run, decision: Decision, event: ev.AnyEvent) -> None:
        if isinstance(decision.action, do.StageCard):
            run.flow, run.action = decision.flow, decision.action
            self._early = await super()._perform(run, decision.action)
        await super()._write(run, decision, event)

    async def _perform(self, run: Run, action: do.AnyAction) -> ev.AnyEvent:
        return self._early if isinstance(action, do.StageCard) else await super()._perform(run, action)


if __name__ == "__main__":
    if os.environ.get("PADKIT_MUTATION") == "write_after_act":
        app.Desk = LateDesk  # type: ignore[misc]  # a mutation: the product has no such switch
    config = Path(sys.argv[sys.argv.index("--config") + 1])
    PowerSwitch.folder = config.resolve().parent
    asyncio.run(app.run(load_settings(config), writer=PowerSwitch))
