"""A worker's process from outside: its limits, its descriptors, its signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from padkit_agent.devices import DeviceProfile

BOX = DeviceProfile("box", "toy", "toy")


@pytest.fixture
async def worker(kit):
    """The process that hosts the toy."""
    kit.plug()
    async with kit.room(BOX) as room:
        await room.wait_ready("box", 10)
        (spawner,) = psutil.Process().children()
        (worker,) = spawner.children()
        yield worker


async def test_memory_files_and_core_dumps_are_limited(worker):
    assert worker.rlimit(psutil.RLIMIT_DATA) == (96 * 1024 * 1024,) * 2
    assert worker.rlimit(psutil.RLIMIT_NOFILE) == (16 + 16,) * 2
    assert worker.rlimit(psutil.RLIMIT_CORE) == (0, 0)


async def test_a_worker_holds_no_descriptor_of_the_agent_or_of_other_workers(worker):
    links = {entry.name: str(entry.readlink()) for entry in Path(f"/proc/{worker.pid}/fd").iterdir()}
    assert links["0"] == os.devnull
    assert links["1"] == links["2"]
    assert links["1"].startswith("pipe:")
    assert links["3"].startswith("socket:")
    sockets = [link for link in links.values() if link.startswith("socket:")]
    assert len(sockets) == 3  # its channel, and the pair by which its own event loop wakes itself
    assert sum(link.startswith("/dev/pts/") for link in links.values()) == 1


async def test_a_worker_leads_its_own_group_outside_the_terminals_session(worker):
    assert os.getpgid(worker.pid) == worker.pid
    assert os.getsid(worker.pid) != os.getsid(0)


async def test_ctrl_c_is_for_the_agent(worker):
    status = Path(f"/proc/{worker.pid}/status").read_text()
    (ignored,) = [int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigIgn:")]
    assert ignored & 1 << (signal.SIGINT - 1)


def test_a_worker_knows_nothing_of_store_uplink_and_api():
    code = (
        "import sys, padkit_agent.spawner;"
        "rooms = {name.split('.')[1] for name in sys.modules if name.startswith('padkit_agent.')};"
        "assert rooms <= {'spawner', 'worker', 'plugins', 'core', 'links'}, rooms;"
        "slow = {'aiohttp', 'structlog', 'usb', 'smartcard', 'bleak', 'sqlite3', 'cryptography'} & set(sys.modules);"
        "assert not slow, slow"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
