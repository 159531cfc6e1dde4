"""The customer beside the manager: shows card and face, signs and enters a PIN, as the agent's progress asks for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from journey import Journey

from padkit_sim.demo.hands import Hands
from padkit_sim.demo.play import watching

FRONT = "front-test_a.jpg"


@asynccontextmanager
async def customer(journey: Journey, hands: Hands | None = None) -> AsyncIterator[None]:
    """Let somebody act on what the agent asks for while the block runs; every line is kept in the journey's `lines`.

    A failure of the hands is raised when the block ends.
    """
    acting = hands or Hands(journey.world, FRONT)
    async with watching(journey.world) as lines:
        task = asyncio.create_task(_act(journey, lines, acting))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _act(journey: Journey, lines: AsyncIterator[dict[str, Any]], hands: Hands) -> None:
    async for line in lines:
        journey.lines.append(line)
        await hands(line)
