"""A task that lives exactly as long as a block, and whose failure ends the block."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager


@asynccontextmanager
async def own(work: Coroutine[None, None, None]) -> AsyncIterator[asyncio.Task[None]]:
    """Run `work` beside the block and cancel it at the end. What the block raises comes out as it is, not in a group."""
    failure: Exception | None = None
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(work)
        try:
            yield task
        except Exception as exc:  # noqa: BLE001 - raised again below, outside the group
            failure = exc
        finally:
            task.cancel()
    if failure is not None:
        raise failure
