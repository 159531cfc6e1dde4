"""Waiting on a steady clock that is an argument."""

from __future__ import annotations

import asyncio

import pytest

from padkit_agent.devices.clock import LoopClock, deadline, wait


async def test_a_deadline_ends_the_block_when_its_time_has_come(step_clock):
    async def work():
        async with deadline(step_clock, 5.0):
            entered.set()
            await asyncio.Event().wait()

    entered = asyncio.Event()
    task = asyncio.ensure_future(work())
    await entered.wait()
    step_clock.step(4.9)
    await asyncio.sleep(0)
    assert not task.done()
    step_clock.step(0.2)
    with pytest.raises(TimeoutError):
        await task


async def test_a_block_that_is_done_in_time_is_left_alone(step_clock):
    async with deadline(step_clock, 5.0):
        pass
    step_clock.step(10.0)
    await asyncio.sleep(0)


async def test_waiting_tells_whether_it_happened(step_clock):
    event = asyncio.Event()
    waiting = asyncio.ensure_future(wait(step_clock, event, 5.0))
    await asyncio.sleep(0)
    event.set()
    assert await waiting is True
    waiting = asyncio.ensure_future(wait(step_clock, asyncio.Event(), 5.0))
    await asyncio.sleep(0)
    step_clock.step(5.0)
    assert await waiting is False


async def test_the_loop_is_a_steady_clock():
    clock, rung = LoopClock(), asyncio.Event()
    before = clock.now_mono_s()
    clock.call_later(0.0, rung.set)
    clock.call_later(0.0, pytest.fail).cancel()
    await rung.wait()
    assert clock.now_mono_s() >= before
