"""A plugin's life from start to quarantine, with its process played by the test."""

from __future__ import annotations

import asyncio
import socket
import types
from contextlib import asynccontextmanager

import pytest
import structlog

from padkit_agent.devices.budget import WINDOW_S
from padkit_agent.devices.line import WORDS
from padkit_agent.devices.supervisor import Supervisor
from padkit_agent.plugins.channel import open_channel
from padkit_agent.plugins.frames import worker_side
from padkit_agent.plugins.messages import OfferView, Ready, Unfit
from padkit_sdk import LinkLost
from padkit_sdk.manifest import Manifest

PLUGIN = types.SimpleNamespace(name="toy", manifest=Manifest("toy", "1", 1, "toy", (), ()), paths=())


class Stage:
    """Launcher and listener in one; `worker` is the far end of the worker that was started last."""

    def __init__(self, clock):
        self.worker, self.told, self.output = None, asyncio.Queue(), None
        self.greeting = Ready((OfferView("toy", ("card_dispenser",), (), {}),))
        self.refusal = None
        self.clock = clock
        self.supervisor = Supervisor(PLUGIN, self, clock, self, structlog.get_logger())

    @asynccontextmanager
    async def launch(self, plugin, on_output):
        if self.refusal is not None:
            raise self.refusal
        near, far = socket.socketpair()
        self.output = on_output
        self.worker = await open_channel(far, worker_side())
        self.worker.send(self.greeting)
        exited = asyncio.get_running_loop().create_future()
        exited.set_result("killed by SIGKILL")
        try:
            yield types.SimpleNamespace(pid=7, sock=near, exited=exited, kill=lambda: None)
        finally:
            await self.worker.close()

    def lock_of(self, plugin):
        return None

    def on_up(self, plugin):
        self.told.put_nowait("up")

    def on_end(self, plugin, problem):
        self.told.put_nowait("end")

    def on_down(self, plugin, problem):
        self.told.put_nowait("down")
        self.problem = problem

    def on_quarantine(self, plugin, problem):
        self.told.put_nowait("quarantine")
        self.problem = problem

    async def expect(self, *names):
        assert [await self.told.get() for _ in names] == [*names]

    async def crash(self):
        await self.worker.close()


@pytest.fixture
async def stage(step_clock):
    stage = Stage(step_clock)
    running = asyncio.ensure_future(stage.supervisor.run())
    yield stage
    running.cancel()
    await asyncio.wait([running])


async def test_a_crashed_worker_is_followed_at_once(stage):
    await stage.expect("up")
    assert [*stage.supervisor.offers] == ["toy"]
    await stage.crash()
    await stage.expect("end", "down", "up")
    assert stage.problem.message == "plugin toy: worker died (killed by SIGKILL)"


async def test_a_line_that_has_ended_is_not_handed_out(stage):
    await stage.expect("up")
    await stage.crash()
    await stage.expect("end")
    assert stage.supervisor.line is None
    assert not stage.supervisor.offers


async def test_the_fourth_crash_in_ten_minutes_is_a_quarantine(stage):
    for _ in range(3):
        await stage.expect("up")
        await stage.crash()
        await stage.expect("end", "down")
    await stage.expect("up")
    await stage.crash()
    await stage.expect("end", "quarantine")
    stage.supervisor.retry()
    await stage.expect("up")


async def test_crashes_far_apart_are_no_quarantine(stage):
    for _ in range(6):
        await stage.expect("up")
        await stage.crash()
        await stage.expect("end", "down")
        stage.clock.step(WINDOW_S / 3)


async def test_an_unfit_plugin_is_quarantined_without_another_try(step_clock):
    stage = Stage(step_clock)
    stage.greeting = Unfit("plugin.import", "plugin toy: ImportError")
    running = asyncio.ensure_future(stage.supervisor.run())
    await stage.expect("quarantine")
    assert (stage.problem.code, stage.problem.message) == ("plugin.import", "plugin toy: ImportError")
    running.cancel()
    await asyncio.wait([running])


async def test_a_worker_that_cannot_be_started_spends_the_budget(step_clock):
    stage = Stage(step_clock)
    stage.refusal = LinkLost("no process; see the log")
    running = asyncio.ensure_future(stage.supervisor.run())
    await stage.expect("down", "down", "down", "quarantine")
    running.cancel()
    await asyncio.wait([running])


async def test_what_a_worker_prints_is_logged_with_its_plugin(stage, quiet_log):
    await stage.expect("up")
    stage.output(b"hello\nworld \xff\n")
    said = [(entry["plugin"], entry["line"]) for entry in quiet_log if entry["event"] == "plugin.output"]
    assert said == [("toy", "hello"), ("toy", "world \ufffd")]


async def test_a_worker_that_prints_without_end_is_killed(stage):
    await stage.expect("up")
    stage.output(b"y\n" * (WORDS + 1))
    await stage.expect("end", "down")
    assert "flooded us" in stage.problem.message
