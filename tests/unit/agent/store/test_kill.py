"""kill -9 in the middle of writing: what was acknowledged is there, what was written together is there together."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from padkit_agent.store import KeyVault, KitStore

CHILD = """
import asyncio, os, sys
from pathlib import Path
from padkit_agent.store import KeyVault, JournalRow, KitStore, LedgerRow, OutboxRow
from padkit_contract.messages import CardState

async def write(store, worker):
    for number in range(100_000):
        name = f"{worker}-{number}"
        row = JournalRow(name, "ACC-01", "2026-11-22", "STARTED", "waive", b"e", name.encode(), False)
        line = LedgerRow("B1", name, "62", CardState.LOADED, True, "", name, "2026-11-22")
        message = OutboxRow(name, "ACC-01", name, 1, False, "2026-11-22", name.encode())
        make = lambda events: OutboxRow(f"l-{events[0].seq}", "card.ledger", "", 1, False, "2026-11-22", b"l")
        await store.step(row, lines=[line], messages=[message], ledger_message=make)
        os.write(1, (name + "\\n").encode())

async def main():
    store = KitStore.open(Path(sys.argv[1]), KeyVault(bytes(range(16)), os.urandom), max_mb=256)
    await asyncio.gather(*(write(store, worker) for worker in "abcd"))

asyncio.run(main())
"""


def write_until_killed(path: Path, acknowledged: int) -> list[str]:
    """Return what a writer said was on disk before it was killed, at least `acknowledged` steps."""
    with subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        told = [child.stdout.readline().decode().strip() for _ in range(acknowledged)]
        child.send_signal(signal.SIGKILL)
        return told + [line.decode().strip() for line in child.stdout if line.endswith(b"\n")]


@pytest.mark.parametrize("acknowledged", [1, 7, 150])
async def test_nothing_acknowledged_is_lost_and_nothing_is_half_there(
    path: Path, vault: KeyVault, acknowledged: int
) -> None:
    told = await asyncio.to_thread(write_until_killed, path, acknowledged)
    store = KitStore.open(path, vault, max_mb=256)
    flows = {it.flow_id for it in await store.heads(open_only=True)}
    due = {it.envelope for it in await store.due(1_000_000)}
    events = await store.ledger()
    store.close()
    assert set(told) <= flows
    assert {it.voucher for it in events} == flows
    assert [it.seq for it in events] == [*range(1, len(events) + 1)]
    assert due == flows | {f"l-{it.seq}" for it in events}
