"""A database comes to this program's version, or is refused with what to do."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from padkit_central.store.errors import StoreFailed, StoreUnfit
from padkit_central.store.migrate import HEAD, MIGRATIONS, upgrade


def test_the_version_in_the_code_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_new_database_gets_all_tables_with_their_entity(tmp_path: Path) -> None:
    upgrade(tmp_path / "c.db")
    with closing(sqlite3.connect(tmp_path / "c.db")) as connection:
        names = {row[0] for row in connection.execute("select name from sqlite_master where type='table'")}
        for name in names - {"alembic_version"}:
            columns = {row[1] for row in connection.execute(f"pragma table_info({name})")}
            assert {"id", "entity"} <= columns, name
    assert {
        "intake",
        "submission",
        "card",
        "card_event",
        "policy",
        "slip",
        "evidence",
        "open_case",
        "authorisation",
    } <= names


def test_a_new_database_is_for_nobody_else_to_read(tmp_path: Path) -> None:
    upgrade(tmp_path / "c.db")
    assert (tmp_path / "c.db").stat().st_mode & 0o777 == 0o600


def test_a_current_database_is_opened_without_alembic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(tmp_path / "c.db")
    monkeypatch.setitem(sys.modules, "alembic", None)
    upgrade(tmp_path / "c.db")


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    upgrade(tmp_path / "c.db")
    with closing(sqlite3.connect(tmp_path / "c.db")) as connection, connection:
        connection.execute("update alembic_version set version_num='9999'")
    with pytest.raises(StoreUnfit, match="newer program"):
        upgrade(tmp_path / "c.db")


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "c.db").write_bytes(b"something else entirely" * 100)
    with pytest.raises(StoreUnfit, match="not a database"):
        upgrade(tmp_path / "c.db")


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match="nowhere"):
        upgrade(tmp_path / "nowhere" / "c.db")
