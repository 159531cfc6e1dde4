"""Settings: read from one file, refused with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from padkit_central.config import ConfigError, load

GOOD = """\
entities = ["demo"]
database = "central.db"
party = "party"
password_file = "/secret/password"

[core]
url = "http://127.0.0.1:1"

[listen]
port = 0
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "central.toml"


def test_the_ca_is_found_from_the_file_and_the_enrolment_door_needs_it(file: Path) -> None:
    file.write_text(GOOD + '[ca]\nfolder = "ca"\npassword_file = "/secret/ca"\n[enrol]\nhost = "127.0.0.1"\n')
    config = load(file)
    assert (config.ca.folder, config.ca.password_file) == (str(file.parent / "ca"), "/secret/ca")
    for tables in ('[enrol]\nhost = "127.0.0.1"\n', '[ca]\nfolder = "ca"\n', '[ca]\npassword_file = "p"\n'):
        file.write_text(GOOD + tables)
        with pytest.raises(ConfigError, match=r"\[ca\]"):
            load(file)


def test_paths_count_from_the_file(file: Path) -> None:
    file.write_text(GOOD, encoding="utf-8")
    config = load(file)
    assert config.database == file.parent / "central.db"
    assert config.password_file == Path("/secret/password")
    assert config.core.timeout_s == 15.0


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("port = 0", "prot = 0", 10, "prot"),
        ("port = 0", 'port = "any"', 10, "port"),
        ("port = 0", "port = 70000", 10, "port"),
        ("[listen]", "[listne]", 9, "listne"),
        ('database = "central.db"', "database = 1", 2, "database"),
        ('database = "central.db"', 'datebase = "central.db"', 2, "datebase"),
        ('entities = ["demo"]', "entities = []", 1, "entities"),
        ('entities = ["demo"]', 'entities = ["a b"]', 1, "entities"),
        ('url = "http://127.0.0.1:1"', "timeout_s = 3", 6, "url"),
        ('url = "http://127.0.0.1:1"', 'url = "http://x"\ntimeout_s = 0', 8, "timeout_s"),
    ],
)
def test_what_is_wrong_is_shown_with_its_line(file: Path, old: str, new: str, line: int, word: str) -> None:
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=word) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}:{line}: ")


def test_a_file_that_is_not_there_or_no_toml_is_said(file: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(file)
    file.write_text("entities = [", encoding="utf-8")
    with pytest.raises(ConfigError, match="not TOML"):
        load(file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(file)
