"""The agent's store under many writers, and the events they put in. Also ``python -m benchmarks.store_events FOLDER SEED``:
a child that writes until it is killed and prints the id of each event that the store has acknowledged."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from padkit_agent.store import KeyVault, KitStore, OutboxRow

WRITERS = 64
BODY_BYTES = 1024
MAX_MB = 4096
TEST_ONLY_KEY = b"TEST ONLY 16 by."
AT = "2026-01-01T00:00:00.000Z"


def open_store(folder: Path) -> KitStore:
    """Open the store in `folder`, its vault beside it."""
    return KitStore.open(folder / "kit.db", open_vault(folder), max_mb=MAX_MB)


def open_vault(folder: Path) -> KeyVault:
    """Return the vault of every store here."""
    return KeyVault(TEST_ONLY_KEY, os.urandom)


def body_of(envelope: str) -> bytes:
    """Return what an event holds: its own id, over and over, so that a reader can tell whether it is whole."""
    return (envelope.encode() * (BODY_BYTES // len(envelope) + 1))[:BODY_BYTES]


def event(envelope: str) -> OutboxRow:
    """Return one event."""
    return OutboxRow(envelope, "evidence.package", "", 5, needs_c3=False, at=AT, body=body_of(envelope))


async def write_until(
    store: KitStore, prefix: str, over: Callable[[], bool], on_durable: Callable[[str], Awaitable[None] | None]
) -> int:
    """Let `WRITERS` put events in, each the next when its last is durable; return how many were."""
    count = 0

    async def writer(name: str) -> None:
        nonlocal count
        number = 0
        while not over():
            envelope = f"{prefix}-{name}-{number:08}"
            await store.queue(event(envelope))
            on_durable(envelope)
            count += 1
            number += 1

    async with asyncio.TaskGroup() as group:
        for name in range(WRITERS):
            group.create_task(writer(f"{name:03}"))
    return count


def _tell(envelope: str) -> None:
    os.write(1, envelope.encode() + b"\n")  # below a pipe's atomic size: a kill leaves whole lines


async def _until_killed(folder: Path, seed: str) -> None:
    random.seed(seed)
    await write_until(open_store(folder), f"k{seed}", lambda: False, _tell)


if __name__ == "__main__":
    asyncio.run(_until_killed(Path(sys.argv[1]), sys.argv[2]))
