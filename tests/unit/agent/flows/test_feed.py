from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from padkit_agent.flows import Feed, Progress
from padkit_agent.flows.feed import KEPT


def line(number: int) -> Progress:
    return Progress("doing", "F1", "STARTED", "waive", str(number))


def test_every_watcher_gets_every_line_with_its_number() -> None:
    feed = Feed()
    with feed.watch() as one, feed.watch() as two:
        feed.say(line(1))
        assert one.get_nowait() == two.get_nowait() == replace(line(1), seq=1)


def test_a_watcher_that_does_not_read_loses_its_oldest_lines_and_is_told_and_nobody_waits() -> None:
    feed = Feed("R")
    with feed.watch() as lazy:
        for number in range(1, KEPT + 4):
            feed.say(line(number))
        assert lazy.get_nowait() == Progress("gap", "", "", "", "", seq=3, run="R")
        assert [lazy.get_nowait().seq for _ in range(KEPT)] == list(range(4, KEPT + 4))
        assert lazy.empty()


def test_a_watcher_goes_on_where_another_stopped() -> None:
    feed = Feed()
    for number in range(1, 6):
        feed.say(line(number))
    with feed.watch(after=3) as late:
        assert [late.get_nowait().seq for _ in range(2)] == [4, 5]
        with pytest.raises(LookupError):
            late.get_nowait()


def test_who_watches_from_now_on_sees_nothing_of_before() -> None:
    feed = Feed()
    feed.say(line(1))
    with feed.watch() as late:
        assert late.empty()


async def test_a_cancel_while_waiting_loses_no_line() -> None:
    feed = Feed()
    with feed.watch() as watcher:
        waiting = asyncio.create_task(watcher.get())
        await asyncio.sleep(0)
        feed.say(line(1))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert (await watcher.get()).seq == 1


def test_after_watching_nobody_is_left() -> None:
    feed = Feed()
    with feed.watch():
        assert feed.watched == 1
    assert feed.watched == 0
