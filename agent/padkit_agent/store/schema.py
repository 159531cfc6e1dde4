"""The tables of the kit's store and how they grow: forward only, one function a step, never edited once released."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from padkit_agent.store.writer import StoreUnavailable, translate
from padkit_sdk.errors import Refused

Step = Callable[[object], None]
# Of journal rows written by this version. 2: flows that see, 3: a PIN at the keypad, 4: an authoriser, 5: signed documents,
# 6: online checks. Older ones are read.
FORMAT = 8
LATEST = 6
COMMANDS = 3  # from this step on a store without the kit's record has lost it


def open_database(path: Path, *, max_mb: int, record: bytes = b"") -> sqlite3.Connection:
    """Open (or make) the store file with every safety on, at the latest schema.

    `record` is the kit's sealed record that a store gets together with its table of commands.

    Raises: `StoreUnavailable`; `Refused` ``store.schema``.
    """
    with _translated(path), ExitStack() as opened:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        opened.callback(connection.close)
        path.chmod(0o600)
        _prepare(connection, path, max_mb, record)
        opened.pop_all()
        return connection


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as exc:
        raise translate(exc) from exc
    except OSError as exc:
        raise StoreUnavailable(f"store {path}: {exc}; see to folder and rights, then start again") from exc


def _prepare(connection: sqlite3.Connection, path: Path, max_mb: int, record: bytes) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > LATEST:
        raise Refused("store.schema", f"store {path}: schema {version}, this agent knows up to {LATEST}; update it")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA temp_store=MEMORY")
    page_size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={max_mb * 1024 * 1024 // page_size}")
    if version < LATEST:
        migrate(connection, record)


def migrate(connection: sqlite3.Connection, record: bytes = b"") -> None:
    """Bring the schema to `LATEST`, step by step, each step whole or not at all."""
    import sqlite_utils  # late: only a new or an old store needs it, and it is slow to import

    version = connection.execute("PRAGMA user_version").fetchone()[0]
    for target in range(version + 1, LATEST + 1):
        connection.execute("BEGIN EXCLUSIVE")
        STEPS[target](sqlite_utils.Database(connection))
        if target == COMMANDS and record:
            connection.execute("INSERT INTO fact (name, sealed) VALUES ('standing', ?)", (record,))
        connection.execute(f"PRAGMA user_version={target}")
        connection.execute("COMMIT")


def _first(db: object) -> None:
    table = db.table  # type: ignore[attr-defined]  # sqlite-utils ships no types
    table("journal").create(
        {"seq": int, "flow": str, "fmt": int, "at": str, "phase": str, "action": str, "sealed": bytes},
        pk="seq",
        not_null={"flow", "fmt", "at", "phase", "action", "sealed"},
    )
    table("journal").create_index(["flow", "seq"])
    table("flow").create(
        {"id": str, "business": str, "phase": str, "begun_at": str, "ended": int, "last": int}, pk="id"
    )
    table("outbox").create(
        {
            "envelope": str,
            "seq": int,
            "business": str,
            "flow": str,
            "priority": int,
            "state": str,
            "needs_c3": int,
            "at": str,
            "sealed": bytes,
            "reply": bytes,
        },
        pk="envelope",
    )
    table("outbox").create_index(["seq"], unique=True)
    table("outbox").create_index(["state", "priority", "seq"])
    table("outbox").create_index(["flow", "business", "seq"])
    table("ledger").create(
        {"seq": int, "voucher": str, "flow": str, "state": str, "at": str, "sealed": bytes}, pk="seq"
    )
    table("ledger").create_index(["voucher", "seq"])
    table("kit_case").create(
        {"id": str, "flow": str, "reason": str, "at": str, "stops_box": int, "closed_at": str, "closed_by": str},
        pk="id",
    )
    table("fact").create({"name": str, "sealed": bytes}, pk="name")


def _chain(db: object) -> None:
    """Each outbox record names the one before it; records of before stand outside the chain, with both links empty."""
    table = db.table("outbox")  # type: ignore[attr-defined]
    table.add_column("previous", str, not_null_default="")
    table.add_column("link", str, not_null_default="")


def _commands(db: object) -> None:
    """Central's commands as they came, and what became of each."""
    table = db.table("command")  # type: ignore[attr-defined]
    table.create(
        {"seq": int, "id": str, "state": str, "at": str, "sealed": bytes},
        pk="seq",
        not_null={"id", "state", "at", "sealed"},
    )
    table.create_index(["id"], unique=True)
    table.create_index(["state"])


def _files(db: object) -> None:
    """Files of flows, in pieces; a file counts once it knows how many it has."""
    table = db.table  # type: ignore[attr-defined]
    columns = {"id": int, "flow": str, "pieces": int, "freed_at": str, "sealed": bytes}
    table("file").create(columns, pk="id", not_null=set(columns))
    table("file").create_index(["flow"])
    columns = {"file": int, "no": int, "sealed": bytes}
    table("file_piece").create(columns, pk=("file", "no"), not_null=set(columns))


def _packages(db: object) -> None:
    """Evidence packages and their pieces; cases whose evidence went before get none."""
    table = db.table  # type: ignore[attr-defined]
    columns = {"flow": str, "number": int, "state": str, "seal": str, "size": int, "sealed": bytes}
    table("package").create(columns, pk="flow", not_null=set(columns))
    table("package").create_index(["state"])
    columns = {"flow": str, "no": int, "body": bytes}
    table("package_piece").create(columns, pk=("flow", "no"), not_null=set(columns))
    db.execute(  # type: ignore[attr-defined]
        "INSERT INTO package (flow, number, state, seal, size, sealed)"
        " SELECT DISTINCT flow, 0, 'before', '', 0, x'' FROM outbox WHERE business = 'evidence.package'"
    )


def _dealt(db: object) -> None:
    """What a person did with a message or package that was set aside."""
    columns = {"item": str, "how": str, "by": str, "at": str}
    db.table("dealt").create(columns, pk="item", not_null=set(columns))  # type: ignore[attr-defined]
    db.table("outbox").create_index(["business", "state", "flow"])  # type: ignore[attr-defined]


STEPS: Mapping[int, Step] = {1: _first, 2: _chain, 3: _commands, 4: _files, 5: _packages, 6: _dealt}
