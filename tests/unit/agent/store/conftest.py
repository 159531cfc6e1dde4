"""A kit store on a real disk, with a vault of a TEST ONLY key."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from padkit_agent.store import KeyVault, KitStore, OutboxRow
from padkit_contract.messages import LedgerEvent

from .rows import AT, message

TEST_ONLY_KEY = bytes(range(16))


@pytest.fixture
def vault() -> KeyVault:
    numbers = itertools.count(1)
    return KeyVault(TEST_ONLY_KEY, lambda size: next(numbers).to_bytes(size, "big"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "kit.db"


@pytest.fixture
def store(path: Path, vault: KeyVault) -> Iterator[KitStore]:
    opened = KitStore.open(path, vault, max_mb=64)
    yield opened
    opened.close()


@pytest.fixture
def ledger_message() -> Callable[[tuple[LedgerEvent, ...]], OutboxRow]:
    return lambda events: message(f"ledger-{events[0].seq}", business="card.ledger", at=AT, body=b"ledger")
