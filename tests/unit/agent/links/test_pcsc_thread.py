"""Blocking calls in a thread of their own: in order, with a deadline, never in the loop's way."""

from __future__ import annotations

import asyncio
import threading

import pytest

from padkit_agent.links.pcsc_thread import CallThread

LONG_S = 5.0


@pytest.fixture
async def thread():
    made = CallThread("test")
    yield made
    ended = threading.Event()
    made.end(ended.set)
    assert await asyncio.to_thread(ended.wait, LONG_S)


async def test_a_call_gives_its_result_from_another_thread(thread):
    assert await thread.run(threading.get_ident, LONG_S) != threading.get_ident()


async def test_what_a_call_raises_is_raised(thread):
    with pytest.raises(ZeroDivisionError):
        await thread.run(lambda: 1 // 0, LONG_S)


async def test_calls_are_made_in_order_and_the_loop_runs_meanwhile(thread):
    gate, made = threading.Event(), []
    first = asyncio.create_task(thread.run(lambda: (gate.wait(LONG_S), made.append(1)), LONG_S))
    second = asyncio.create_task(thread.run(lambda: made.append(2), LONG_S))
    await asyncio.sleep(0)
    assert made == []
    gate.set()
    await asyncio.gather(first, second)
    assert made == [1, 2]


async def test_a_call_that_is_late_goes_on_and_the_next_waits_for_it(thread):
    gate, made = threading.Event(), []
    with pytest.raises(TimeoutError):
        await thread.run(lambda: (gate.wait(LONG_S), made.append("late")), 0.01)
    following = asyncio.create_task(thread.run(lambda: made.append("next"), LONG_S))
    gate.set()
    await following
    assert made == ["late", "next"]


async def test_a_cancelled_call_that_has_not_begun_is_not_made(thread):
    gate, made = threading.Event(), []
    first = asyncio.create_task(thread.run(lambda: gate.wait(LONG_S), LONG_S))
    second = asyncio.create_task(thread.run(lambda: made.append(2), LONG_S))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait([second])
    gate.set()
    await first
    assert await thread.run(lambda: list(made), LONG_S) == []
