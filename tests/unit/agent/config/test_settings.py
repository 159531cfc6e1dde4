"""The agent's TOML: what it gives, and a refusal that names file, line and key for what it does not know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from padkit_agent.config import load_settings
from padkit_sdk import Refused

GOOD = """[kit]
id = "KIT-0001"
entity = "demo"

[central]
url = "https://127.0.0.1:1"

[keys]
folder = "kit"
password_file = "password"
data_key = "data.key"

[store]
path = "kit.db"

[api]
socket = "agent.sock"

[[device]]
name = "box"
plugin = "card_dispenser"
model = "CRT-591"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "agent.toml"
    written.write_text(GOOD)
    return written


def refusal(file: Path) -> Refused:
    with pytest.raises(Refused) as caught:
        load_settings(file)
    assert str(file) in str(caught.value)
    return caught.value


def test_paths_start_at_the_file_s_own_folder(file: Path) -> None:
    file.write_text('bundles = ["plugins/a", "/b"]\n' + GOOD)
    settings = load_settings(file)
    assert settings.store.path == file.parent / "kit.db"
    assert settings.api.socket == file.parent / "agent.sock"
    assert settings.keys.folder == file.parent / "kit"
    assert settings.bundles == (file.parent / "plugins/a", Path("/b"))


@pytest.mark.parametrize(
    ("good", "bad", "line", "named"),
    [
        ('id = "KIT-0001"', 'id = "KIT-0001"\ncolour = "red"', 3, "colour"),
        ('socket = "agent.sock"', 'socket = "agent.sock"\nport = 1', 18, "port"),
        ('model = "CRT-591"', 'model = "CRT-591"\nbaud = 9600', 23, "baud"),
        ('entity = "demo"', "entity = 7", 3, "entity"),
        ('path = "kit.db"', 'path = "kit.db"\nmax_mb = "much"', 15, "max_mb"),
        ('path = "kit.db"', 'path = "kit.db"\nmax_mb = 0', 15, "max_mb"),
        ('url = "https://127.0.0.1:1"', 'url = "http://127.0.0.1:1"', 6, "url"),
        ('url = "https://127.0.0.1:1"', 'url = "https://c"\ntimeout_s = -1', 7, "timeout_s"),
        ('folder = "kit"', "folder = 5", 9, "folder"),
        ("[kit]", 'log_level = "loud"\n[kit]', 1, "log_level"),
    ],
)
def test_what_it_does_not_know_is_refused_with_file_and_line(
    file: Path, good: str, bad: str, line: int, named: str
) -> None:
    file.write_text(GOOD.replace(good, bad))
    refused = refusal(file)
    assert refused.reason == "config.invalid"
    assert f"line {line}: " in str(refused)
    assert named in str(refused)


def test_a_device_has_settings_of_its_own(file: Path) -> None:
    file.write_text(GOOD + "\n[device.settings]\nbaud = 115200\n")
    (device,) = load_settings(file).device
    assert (device.serial, dict(device.settings)) == ("", {"baud": 115200})


def test_a_file_that_is_no_text_says_how_to_name_one(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    assert "--config" in str(refusal(file))


def test_a_missing_table_is_refused_by_name(file: Path) -> None:
    file.write_text(GOOD.replace('[store]\npath = "kit.db"\n', ""))
    assert "store" in str(refusal(file))


def test_what_is_no_toml_is_refused_with_its_line(file: Path) -> None:
    file.write_text("[kit\n")
    refused = refusal(file)
    assert refused.reason == "config.toml"
    assert "line 1" in str(refused)


def test_a_file_that_is_not_there_says_how_to_name_one(tmp_path: Path) -> None:
    refused = refusal(tmp_path / "none.toml")
    assert refused.reason == "config.unreadable"
    assert "--config" in str(refused)


def test_a_file_without_end_is_refused(file: Path) -> None:
    file.write_text("#" * 70_000)
    assert refusal(file).reason == "config.size"


@pytest.mark.parametrize("listen", ["127.0.0.1:8470", "127.0.0.1:0", "[::1]:8470", "127.0.0.1:65535"])
def test_a_page_is_on_a_port_of_this_machine(file: Path, listen: str) -> None:
    file.write_text(GOOD + f'\n[page]\nlisten = "{listen}"\nfiles = "built"\n')
    page = load_settings(file).page
    assert page is not None
    host, port = page.place()
    assert listen == f"{f'[{host}]' if ':' in host else host}:{port}"
    assert page.files == file.parent / "built"


@pytest.mark.parametrize(
    "listen",
    [
        *("0.0.0.0:8470", "[::]:8470", "192.168.1.2:8470", "kit.example:8470", "localhost:8470", "8470", "127.0.0.1"),
        *("127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:http", "127.0.0.1:8470\\n", "::1:8470", "", "127.0.0.1:٣"),
    ],
)
def test_a_page_is_nowhere_else(file: Path, listen: str) -> None:
    file.write_text(GOOD + f'\n[page]\nlisten = "{listen}"\n')
    refused = refusal(file)
    assert refused.reason == "config.loopback"
    assert "line 25: " in str(refused)


def test_without_the_table_there_is_no_page(file: Path) -> None:
    assert load_settings(file).page is None


def test_a_kit_to_practise_on_reaches_nobody_beyond_this_machine(file: Path) -> None:
    practice = '\n[page]\nlisten = "127.0.0.1:0"\npractice = true\n'
    url = re.compile(r'url = "https://[^"]*"')
    line = GOOD[: url.search(GOOD).start()].count("\n") + 1
    file.write_text(url.sub('url = "https://central.bank.example"', GOOD) + practice)
    refused = refusal(file)
    assert refused.reason == "config.practice"
    assert f"line {line}: " in str(refused)
    for host in ("127.0.0.1", "[::1]", "localhost"):
        file.write_text(url.sub(f'url = "https://{host}:8443"', GOOD) + practice)
        page = load_settings(file).page
        assert page is not None
        assert page.practice
