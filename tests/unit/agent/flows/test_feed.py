from __future__ import annotations

from padkit_agent.flows import Feed, Progress
from padkit_agent.flows.feed import QUEUE


def line(number: int) -> Progress:
    return Progress("doing", "F1", "STARTED", "waive", str(number))


def test_every_watcher_gets_every_line() -> None:
    feed = Feed()
    with feed.watch() as one, feed.watch() as two:
        feed.say(line(1))
        assert one.get_nowait() == two.get_nowait() == line(1)


def test_a_watcher_that_does_not_read_loses_its_oldest_lines_and_nobody_waits() -> None:
    feed = Feed()
    with feed.watch() as lazy:
        for number in range(QUEUE + 3):
            feed.say(line(number))
        assert lazy.qsize() == QUEUE
        assert lazy.get_nowait() == line(3)


def test_after_watching_nothing_is_kept() -> None:
    feed = Feed()
    with feed.watch() as queue:
        pass
    feed.say(line(1))
    assert queue.empty()
