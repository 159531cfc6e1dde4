"""The card box's worker crashes, hangs or floods while a card moves: the reader answers, the flow ends, the worker is back."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio
from flooding_agent import FLOOD_NOW
from journey import HERE, SPEED, Journey
from logbook import Line, Logbook

PLUGIN, FLOODING_PLUGIN = "card_dispenser", "flooding_box"


@dataclass(frozen=True, slots=True)
class Misdeed:
    """What befalls the worker; `why` is how the agent's log calls it."""

    plugin: str
    befall: Callable[[Journey, int], object]
    why: str


def _flood(journey: Journey, _: int) -> None:
    (journey.folder / FLOOD_NOW).touch()


MISDEEDS = {
    "killed": Misdeed(PLUGIN, lambda _, pid: os.kill(pid, signal.SIGKILL), "died"),
    "hanging": Misdeed(PLUGIN, lambda _, pid: os.kill(pid, signal.SIGSTOP), "hung"),
    "flooding": Misdeed(FLOODING_PLUGIN, _flood, "flooded us"),
}


@dataclass(frozen=True, slots=True)
class Watched:
    """A journey, and the agent's log since this agent was started."""

    journey: Journey
    log: Logbook
    misdeed: Misdeed

    @property
    def plugin(self) -> str:
        return self.misdeed.plugin

    def workers(self) -> list[int]:
        """Return the process ids of the box's workers, the first one first."""
        return [int(line["pid"]) for line in self.log.find("plugin.up", plugin=self.plugin)]

    def box_is_back(self) -> bool:
        """Tell whether the box is ready on its second worker."""
        return len(self.workers()) == 2 and ready_places(self.log)[-1] > self.log.place(self.is_second_worker)

    def is_second_worker(self, line: Line) -> bool:
        return line["event"] == "plugin.up" and line["pid"] == self.workers()[1]

    async def until(self, happened: Callable[[], object]) -> None:
        while not happened():
            await self.journey.world.agent("GET", "/v1/alive")

    async def card_moves(self, voucher: str) -> None:
        """Wait until the card is on its way through the path."""
        while True:
            box = (await self.journey.world.kit("state"))["devices"]["box"]
            if box["moving"] and any(it["serial"] == voucher and it["place"] == "path" for it in box["cards"]):
                return

    async def reader_answers(self) -> None:
        """Let the identity reader test itself through the API."""
        checks = (await self.journey.world.agent("POST", "/v1/devices/reader/self-test"))["checks"]
        assert checks
        assert all(it["passed"] for it in checks), checks


@pytest_asyncio.fixture(loop_scope="session", params=MISDEEDS)
async def watched(journey: Journey, request: pytest.FixtureRequest) -> AsyncIterator[Watched]:
    """A fresh agent (its restart budget is whole), the flooding one where the misdeed asks for it."""
    misdeed = MISDEEDS[request.param]
    usual = journey.world.agent_command
    await journey.stop_agent()
    if misdeed.plugin == FLOODING_PLUGIN:
        journey.world.agent_command = (sys.executable, str(HERE / "flooding_agent.py"))
    log = Logbook(journey.folder / "agent.log")
    await journey.start_agent()
    yield Watched(journey, log, misdeed)
    await journey.world.kit("speed", value=SPEED)
    if misdeed.plugin == FLOODING_PLUGIN:
        journey.world.agent_command = usual
        await journey.stop_agent()
        await journey.start_agent()


async def test_a_worker_gone_wrong_in_mid_move_costs_one_device_and_no_card(watched: Watched) -> None:
    journey = watched.journey
    voucher = await journey.next_voucher()
    (pid,) = watched.workers()
    await journey.world.kit("speed", value=1.0)
    opening = asyncio.create_task(journey.open())
    await watched.card_moves(voucher)
    watched.misdeed.befall(journey, pid)
    await watched.reader_answers()
    while len(watched.workers()) < 2:
        await watched.reader_answers()
    await watched.until(watched.box_is_back)
    await journey.world.kit("speed", value=SPEED)
    assert (await opening)["phase"] == "CLOSED"
    assert await journey.box_place(voucher) == "hand"
    assert_the_order(watched)
    await journey.compare()


def assert_the_order(watched: Watched) -> None:
    """The worker ended for the reason that we gave, its successor came, then the device."""
    (down,) = watched.log.find("plugin.down", plugin=watched.plugin)
    assert watched.misdeed.why in down["why"], down
    first, second = watched.workers()
    assert first != second
    assert watched.log.place(lambda line: line == down) < watched.log.place(watched.is_second_worker)
    assert watched.box_is_back()
    assert not watched.log.find("plugin.down", plugin="back_clip")


def ready_places(log: Logbook) -> list[int]:
    """Return where the log says that the box is ready."""
    ready: Line = {"event": "device.state", "device": "box", "state": "ready"}
    return [number for number, line in enumerate(log.lines()) if ready.items() <= line.items()]
