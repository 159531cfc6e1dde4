"""One flow being driven: its state, who waits for whom, what only lives in memory (C3 values, the lease on the box)."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from padkit_agent.core.actions import AnyAction
from padkit_agent.core.events import PersonSaid
from padkit_agent.core.flow import Flow
from padkit_agent.devices import LeasedDevice


@dataclass(slots=True)
class Run:
    """The moving part of a flow. `halted` holds the reason while the store cannot write."""

    flow: Flow
    action: AnyAction | None
    answers: asyncio.Queue[PersonSaid] = field(default_factory=asyncio.Queue)
    cancel: asyncio.Event = field(default_factory=asyncio.Event)
    cancel_by: str = ""
    c3: dict[str, Any] = field(default_factory=dict, repr=False)
    envelope: str = ""
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    box: LeasedDevice | None = None
    halted: str = ""

    async def let_go(self) -> None:
        """Give the devices back."""
        self.box = None
        await self.stack.aclose()
        self.stack = AsyncExitStack()
