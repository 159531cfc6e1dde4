"""The agent is killed under the page at a journal write, of all those of an opening: what is read meanwhile, and how it goes on.

`make test` takes a few, evenly spread over the opening and moved by a seed; `make soak` all (``PADKIT_SOAK``).
"""

from __future__ import annotations

import itertools
import os
import random
import sys
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from customer import customer
from journey import Journey, a_moment
from manager import Manager
from playwright.async_api import expect

from padkit_sim.demo.files import FORM

MORTAL = (sys.executable, str(Path(__file__).parents[1] / "journeys" / "cut_agent.py"))
FEW, APART, SEED = 3, 6, 11
ENDS = {
    "opened",
    "cancelled",
}  # nobody is left with a doubt: a cut before the bank was asked may cost the card, never the truth
DRAWN = [part * APART + random.Random(SEED + part).randint(1, APART) for part in range(FEW)]


@pytest.mark.timeout(3600)
async def test_a_kill_at_a_journal_write_ends_in_one_truth_on_the_screen(manager: Manager, journey: Journey) -> None:
    soak = "PADKIT_SOAK" in os.environ
    for cut in itertools.count(1) if soak else DRAWN:
        if not await killed_at(manager, journey, cut):
            assert cut > max(DRAWN), f"the opening has fewer than {cut} journal writes: draw smaller numbers"
            break


async def killed_at(manager: Manager, journey: Journey, cut: int) -> bool:
    """Open a card, kill the agent at this journal write, start it, end the opening at the page; False when it was over before."""
    world = manager.world
    usual = world.agent_command
    await world.stop_agent()
    world.agent_command = MORTAL
    try:
        await journey.start_agent(PADKIT_CUT=f"after:{cut}")
        await journey.begin()
        await manager.enter()
        killed = False
        with suppress(aiohttp.ClientError):  # the line that the customer listens to ends with the agent
            async with customer(journey):
                killed = await until_killed(manager)
    finally:
        world.agent_command = usual
        await world.children.pop("agent").stop()
    await expect(manager.page.get_by_role("alert").first).to_contain_text("does not answer")
    before = await manager.told_phases()
    await world.start_agent()
    await world.lay_identity_card("test_a")
    await manager.enter()
    (flow,) = (await world.agent("GET", "/v1/flows?all"))["flows"][-1:]
    async with customer(journey):
        await manager.page.goto(f"{manager.page.url.split('#')[0]}#/flow/{flow['id']}")
        await manager.page.reload()
        ending = await manager.answer({"confirm": "yes", "lay_card": "again"})
    assert ending in ENDS, (cut, ending, before)
    await journey.compare()
    return killed


async def until_killed(manager: Manager) -> bool:
    """Open a card and answer what is asked until the agent is gone, or, False, the opening has ended."""
    agent = manager.world.children["agent"]
    begun = await manager.world.agent("POST", "/v1/flows", {"business": "ACC-01", "inputs": FORM})
    await manager.page.goto(f"{manager.page.url.split('#')[0]}#/flow/{begun['flow']}")
    while agent.running and not await manager.part("result").count():
        if await manager.part("choice-yes").count():
            await manager.part("choice-yes").dispatch_event("click")
        await a_moment()
    return not agent.running
