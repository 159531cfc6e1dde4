from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from padkit_agent.store import sole_owner
from padkit_sdk import Refused

HOLD = """
import sys
from pathlib import Path
from padkit_agent.store import sole_owner
with sole_owner(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_owner_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    mine, theirs = sole_owner(tmp_path / "kit.db"), sole_owner(tmp_path / "kit.db")
    with mine, pytest.raises(Refused, match=f"process {os.getpid()}") as refused, theirs:
        pass
    assert refused.value.reason == "store.in_use"


def test_two_stores_have_two_owners(tmp_path: Path) -> None:
    with sole_owner(tmp_path / "kit.db"), sole_owner(tmp_path / "other.db"):
        pass


def test_after_the_block_the_store_is_free(tmp_path: Path) -> None:
    for _ in range(2):
        with sole_owner(tmp_path / "new" / "kit.db"):
            pass


def test_a_killed_owner_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "kit.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Refused, match=f"process {holder.pid}"), sole_owner(tmp_path / "kit.db"):
            pass
        holder.kill()
        holder.wait()
    with sole_owner(tmp_path / "kit.db"):
        pass


def test_where_no_lock_can_be_made_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refused) as refused, sole_owner(tmp_path / "file" / "kit.db"):
        pass
    assert refused.value.reason == "store.unreadable"
