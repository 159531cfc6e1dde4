"""A power cut at one journal write of an opening: agent and workers die, store and devices go back to what they were."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import aiohttp
from cut_agent import put_back
from journey import TWO, Journey

from padkit_sim.demo.world import WorldFailed

LOST = (WorldFailed, aiohttp.ClientError, ConnectionError, asyncio.IncompleteReadError)
REVERSE: dict[str, Any] = {"what": "not_taken", "choice": "reverse", "by": ["demo script"]}


async def power_off(journey: Journey) -> None:
    """Put the store back to its last completed sync and the devices into their power-on state, cards where they were."""
    put_back(journey.folder)
    for device in ("box", "reader"):
        await journey.world.kit("power_cycle", device=device)


async def cut(
    journey: Journey, point: str, *answers: dict[str, Any], take_after_s: float | None = 1.0, mutation: str = ""
) -> str:
    """Cut the power at `point` of one opening, start again, let it end; return the phase it ended in."""
    before = {it["serial"]: it["place"] for it in await journey.world.box_cards()}
    await journey.stop_agent()
    await journey.start_agent(PADKIT_CUT=point, PADKIT_MUTATION=mutation)
    await journey.begin(take_after_s)
    with contextlib.suppress(*LOST):
        await journey.open(*answers)
    agent = journey.world.children.pop("agent")
    assert await agent.gone() == -9, f"{point}: the agent was not cut; last seen: {journey.lines[-1:]}"
    await power_off(journey)
    await journey.start_agent()
    moved = [it for it in await journey.world.box_cards() if before[it["serial"]] != it["place"]]
    taken = "taken" if any(it["place"] == "hand" for it in moved) else "not_taken"
    truth = {"what": "taken_unclear", "choice": taken, "by": TWO}
    return await journey.follow_open(truth, REVERSE, *answers)


async def number_of(journey: Journey, action: str) -> int:
    """Return the number of the journal write that announces `action`, from a run of its own."""
    await journey.open()
    doing = [line["action"] for line in journey.lines if line["kind"] in ("doing", "asked")]
    journey.lines.clear()
    return doing.index(action) + 1
