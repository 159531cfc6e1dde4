"""An agent that cannot start says why in one line and ends with 1; whatever is wrong, nobody reads a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from padkit_agent.store import sole_owner

SETTINGS = """
[kit]
id = "KIT-1"
entity = "bank"
[central]
url = "https://127.0.0.1:1"
[keys]
folder = "keys"
password_file = "password"
data_key = "data.key"
allow_pure = true
bind_to_hardware = false
[store]
path = "kit.db"
[api]
socket = "agent.sock"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    (tmp_path / "agent.toml").write_text(SETTINGS)
    (tmp_path / "password").write_text("TEST ONLY")
    (tmp_path / "password").chmod(0o600)
    return tmp_path / "agent.toml"


def complaint(settings: Path) -> str:
    """Start the agent and return the one line it ends with."""
    command = [Path(sys.executable).parent / "padkit-agent", "run", "--config", settings]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert (ended.returncode, ended.stdout) == (1, "")
    (line,) = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
    return line


def test_keys_that_are_not_there_are_named(settings: Path) -> None:
    line = complaint(settings)
    assert "keys of kit KIT-1" in line
    assert "sign.crt.pem" in line


def test_a_password_that_others_can_read_is_refused(settings: Path) -> None:
    settings.with_name("password").chmod(0o644)
    assert "make it 0600" in complaint(settings)


def test_a_store_that_cannot_be_opened_is_named(settings: Path) -> None:
    settings.with_name("kit.db").write_text("this is no database, and it is long enough to be seen as none " * 20)
    assert "store" in complaint(settings)


def test_a_second_agent_on_the_same_store_is_refused(settings: Path) -> None:
    with sole_owner(settings.with_name("kit.db")):
        assert f"an agent works on it already (process {os.getpid()}); stop that one first" in complaint(settings)
