from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_agent.store import FileVault
from padkit_sdk.errors import Refused

from .conftest import TEST_ONLY_KEY


def test_what_was_sealed_opens_at_its_place_only(vault: FileVault) -> None:
    sealed = vault.seal(b"secret", "outbox:a")
    assert vault.open(sealed, "outbox:a") == b"secret"
    with pytest.raises(Refused, match="outbox:b: sealed value does not open"):
        vault.open(sealed, "outbox:b")


@given(data=st.binary(max_size=64), position=st.integers(0, 200), flip=st.integers(1, 255))
def test_a_changed_byte_anywhere_is_refused(data: bytes, position: int, flip: int) -> None:
    vault = FileVault(TEST_ONLY_KEY, os.urandom)
    sealed = bytearray(vault.seal(data, "place"))
    sealed[position % len(sealed)] ^= flip
    with pytest.raises(Refused, match="was changed or moved"):
        vault.open(bytes(sealed), "place")


@pytest.mark.parametrize("size", [0, 1, 12, 27])
def test_a_value_cut_short_is_refused(vault: FileVault, size: int) -> None:
    with pytest.raises(Refused):
        vault.open(vault.seal(b"secret", "place")[:size], "place")


def test_the_same_value_twice_is_sealed_differently(vault: FileVault) -> None:
    assert vault.seal(b"secret", "place") != vault.seal(b"secret", "place")


def test_a_new_key_file_is_private_and_read_again(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "data.key"
    sealed = FileVault.load(file, os.urandom, make=True).seal(b"x", "place")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert FileVault.load(file, os.urandom, make=True).open(sealed, "place") == b"x"


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "data.key"
    FileVault.load(file, os.urandom, make=True)
    file.chmod(0o640)
    with pytest.raises(Refused, match=r"readable by others; chmod 600 it"):
        FileVault.load(file, os.urandom, make=True)


def test_a_key_of_another_size_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "data.key"
    file.write_bytes(b"short")
    file.chmod(0o600)
    with pytest.raises(Refused, match="5 bytes, expected 16"):
        FileVault.load(file, os.urandom, make=True)


def test_a_vault_does_not_show_its_key(vault: FileVault) -> None:
    assert repr(vault) == "FileVault(…)"


def test_a_lost_key_is_never_made_anew(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="restore the file"):
        FileVault.load(tmp_path / "key", os.urandom, make=False)
    assert not (tmp_path / "key").exists()
