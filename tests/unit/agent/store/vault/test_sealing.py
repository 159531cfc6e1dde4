from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_agent.store import KeyVault
from padkit_sdk.errors import Refused

TEST_ONLY_KEY = bytes(range(16))


@pytest.fixture
def vault() -> KeyVault:
    return KeyVault(TEST_ONLY_KEY, os.urandom)


def test_what_was_sealed_opens_at_its_place_only(vault: KeyVault) -> None:
    sealed = vault.seal(b"secret", "outbox:a")
    assert vault.open(sealed, "outbox:a") == b"secret"
    with pytest.raises(Refused, match="outbox:b: sealed value does not open"):
        vault.open(sealed, "outbox:b")


@given(data=st.binary(max_size=64), position=st.integers(0, 200), flip=st.integers(1, 255))
def test_a_changed_byte_anywhere_is_refused(data: bytes, position: int, flip: int) -> None:
    vault = KeyVault(TEST_ONLY_KEY, os.urandom)
    sealed = bytearray(vault.seal(data, "place"))
    sealed[position % len(sealed)] ^= flip
    with pytest.raises(Refused, match="was changed or moved"):
        vault.open(bytes(sealed), "place")


@pytest.mark.parametrize("size", [0, 1, 12, 27])
def test_a_value_cut_short_is_refused(vault: KeyVault, size: int) -> None:
    with pytest.raises(Refused):
        vault.open(vault.seal(b"secret", "place")[:size], "place")


def test_the_same_value_twice_is_sealed_differently(vault: KeyVault) -> None:
    assert vault.seal(b"secret", "place") != vault.seal(b"secret", "place")


def test_a_vault_does_not_show_its_key(vault: KeyVault) -> None:
    assert repr(vault) == "KeyVault(…)"
