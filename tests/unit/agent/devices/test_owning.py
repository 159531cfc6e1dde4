"""A task that lives as long as its block."""

from __future__ import annotations

import asyncio

import pytest

from padkit_agent.devices.owning import own


async def test_the_task_ends_with_the_block():
    async with own(asyncio.Event().wait()) as task:
        assert not task.done()
    assert task.cancelled()


async def test_what_the_block_raises_comes_out_as_it_is():
    with pytest.raises(KeyError):
        async with own(asyncio.Event().wait()):
            raise KeyError


async def test_a_task_that_fails_ends_the_block():
    async def fail():
        raise ValueError

    with pytest.raises(ExceptionGroup) as caught:
        async with own(fail()):
            await asyncio.Event().wait()
    assert caught.group_contains(ValueError)


async def test_a_cancel_from_outside_ends_both():
    async def hold():
        async with own(asyncio.Event().wait()) as task:
            tasks.append(task)
            await asyncio.Event().wait()

    tasks = []
    holding = asyncio.ensure_future(hold())
    await asyncio.sleep(0)
    holding.cancel()
    await asyncio.wait([holding])
    assert holding.cancelled()
    assert tasks[0].cancelled()
