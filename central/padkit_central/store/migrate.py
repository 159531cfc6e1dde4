"""Bringing a database to this program's version. Alembic is imported only when there is something to do."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from padkit_central.store.errors import StoreFailed, StoreUnfit

HEAD = "0010"
PRIVATE_MODE = 0o600  # card numbers and names are in it
MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(path: Path) -> None:
    """Create or upgrade the database at `path`. Raises `StoreUnfit` or `StoreFailed`."""
    version = _version(path)
    if version == HEAD:
        return
    if version > HEAD:
        raise StoreUnfit(f"{path}: version {version}, this program knows {HEAD}; install the newer program")
    _run(path)


def _version(path: Path) -> str:
    if not path.exists():
        return ""
    try:
        connection = sqlite3.connect(path)
        try:
            known = connection.execute("select 1 from sqlite_master where name='alembic_version'").fetchone()
            row = connection.execute("select version_num from alembic_version").fetchone() if known else None
        finally:
            connection.close()
    except sqlite3.DatabaseError as exc:
        raise StoreUnfit(f"{path}: not a database of this program: {exc}; move it away or name another") from exc
    return str(row[0]) if row else ""


def _run(path: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError

    with contextlib.suppress(OSError):  # whoever opens it next says why it cannot be had
        path.touch(mode=PRIVATE_MODE)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as exc:
        raise StoreFailed(f"{path}: cannot be brought to version {HEAD}: {exc}; look at disk space and rights") from exc
    finally:
        engine.dispose()
