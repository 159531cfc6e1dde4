"""Workers as processes: they end with their block, with the spawner, and with the agent."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys

import psutil
import pytest

from padkit_agent.devices import LoopClock, SpawnerLauncher
from padkit_agent.devices.spawning import ending
from padkit_agent.plugins import find_plugins
from padkit_sdk import LinkLost

AGENT = """
import asyncio, os, sys
from pathlib import Path
from padkit_agent.devices import LoopClock, SpawnerLauncher
from padkit_agent.plugins import find_plugins

async def main():
    plugin = find_plugins([Path(sys.argv[1])]).found["toy"]
    async with SpawnerLauncher(os.environ, LoopClock()).launch(plugin, print) as worker:
        print(worker.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def toy(bundle):
    return find_plugins([bundle]).found["toy"]


@pytest.fixture
async def launcher():
    launcher = SpawnerLauncher(dict(os.environ), LoopClock())
    yield launcher
    await launcher.close()


async def test_a_worker_leaves_by_itself_when_its_channel_is_closed(launcher, toy):
    async with launcher.launch(toy, lambda data: None) as worker:
        assert psutil.Process(worker.pid).is_running()
        worker.sock.close()
        assert (await worker.exited) == "exit code 1"  # it was told nothing, not even hello


async def test_a_killed_worker_says_how_it_ended(launcher, toy):
    async with launcher.launch(toy, lambda data: None) as worker:
        worker.kill()
        assert await worker.exited == "killed by SIGKILL"
        worker.kill()


async def test_a_worker_is_gone_when_its_block_is(launcher, toy):
    async with launcher.launch(toy, lambda data: None) as worker:
        pass
    assert not psutil.pid_exists(worker.pid)


async def test_what_a_worker_prints_comes_through(launcher, toy):
    printed, arrived = [], asyncio.Event()

    def on_output(data):
        printed.append(data)
        arrived.set()

    async with launcher.launch(toy, on_output) as worker:
        worker.sock.send(b"\xff\xff\xff\xff")
        await arrived.wait()
        await worker.exited
    assert b"Traceback" in b"".join(printed)


async def test_several_workers_share_one_spawner(launcher, toy):
    async with launcher.launch(toy, print) as one, launcher.launch(toy, print) as two:
        assert psutil.Process(one.pid).ppid() == psutil.Process(two.pid).ppid()
        assert one.pid != two.pid


async def test_a_spawner_that_died_is_replaced(launcher, toy):
    async with launcher.launch(toy, lambda data: None) as worker:
        os.kill(psutil.Process(worker.pid).ppid(), signal.SIGKILL)
        assert await worker.exited == "lost with the spawner"
    async with launcher.launch(toy, lambda data: None) as worker:
        assert psutil.pid_exists(worker.pid)


async def test_a_worker_that_cannot_be_forked_is_a_lost_link(launcher, toy, monkeypatch):
    async with launcher.launch(toy, lambda data: None):
        monkeypatch.setattr("padkit_agent.devices.spawning.SPAWN_S", 0.0)
        monkeypatch.setattr("padkit_agent.devices.spawning.STOP_S", 0.0)
        with pytest.raises(LinkLost, match="plugin toy: no worker within"):
            async with launcher.launch(toy, lambda data: None):
                pass


async def test_closing_ends_what_is_left_and_can_be_done_twice(launcher, toy):
    async with launcher.launch(toy, lambda data: None) as worker:
        await launcher.close()
        await launcher.close()
        assert await worker.exited == "lost with the spawner"


def test_workers_die_with_an_agent_that_is_killed(bundle):
    with subprocess.Popen([sys.executable, "-c", AGENT, str(bundle)], stdout=subprocess.PIPE) as agent:
        worker = psutil.Process(int(agent.stdout.readline()))
        agent.kill()
        agent.wait()
        assert psutil.wait_procs([worker], timeout=10)[0] == [worker]


def test_endings_are_told_in_words():
    assert (ending(-9), ending(0), ending(3)) == ("killed by SIGKILL", "exit code 0", "exit code 3")
