"""The customer of a demonstration that a person steers at the page: shows card and face, signs, types a PIN, takes the card."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import aiohttp

from padkit_sim.demo.hands import Hands
from padkit_sim.demo.play import watching
from padkit_sim.demo.process import WorldFailed
from padkit_sim.demo.world import World

PERSON, FRONT = "test_a", "front-test_a.jpg"
TAKES_AFTER_S = 3.0
AGAIN_S = 0.5


async def be_served(world: World) -> None:
    """Act on what the agent asks for until cancelled. What cannot be done is left: the flow asks again, or a person stops it."""
    await _lay(world)
    await world.kit("auto", device="box", take_after_s=TAKES_AFTER_S)
    hands = Hands(world, FRONT)
    while True:
        with suppress(
            aiohttp.ClientError, OSError, TimeoutError
        ):  # nothing was said for long, or the agent starts again
            async with watching(world) as lines:
                async for line in lines:
                    await _act(world, hands, line)
        await asyncio.sleep(AGAIN_S)


async def _act(world: World, hands: Hands, line: dict[str, Any]) -> None:
    with suppress(WorldFailed, TimeoutError):
        if line["kind"] == "ended" or (line["kind"], line.get("note")) == ("asked", "lay_card"):
            await _lay(world)
        await hands(line)


async def _lay(world: World) -> None:
    with suppress(WorldFailed):
        await world.lay_identity_card(PERSON)
