"""One thread, one transaction for everything queued; one bad piece spoils neither the others nor the thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from padkit_central.store.errors import StoreFailed
from padkit_central.store.records import Arrival, Point
from padkit_central.store.writer import MAX_GROUP, Admission, Job, Work, Writer

Log = list[str]


class Notebook:
    """An engine that writes down what it was asked to do; the first group can be held up."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.points: list[frozenset[Point]] = []
        self.abandoned = 0
        self.closed = False
        self.go = threading.Event()
        self.go.set()
        self.trouble: Exception | None = None
        self.lasting: Exception | None = None  # not even undoing works

    def work(self, group: Sequence[Work[Log]]) -> None:
        self.go.wait()
        self.groups.append(len(group))
        for piece in group:
            if isinstance(piece, Job):
                try:
                    piece.result = piece.run([])
                except ValueError as exc:
                    piece.error = exc

    def commit(self, points: frozenset[Point]) -> None:
        if self.trouble:
            raise self.trouble
        self.points.append(points)

    def abandon(self) -> None:
        self.abandoned += 1
        if self.lasting:
            raise self.lasting

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


def arrival(number: int) -> Arrival:
    return Arrival(f"id{number}", "demo", "kit-1", f"e{number}", "ACC-01", number, "now", b"body")


async def test_what_queues_up_during_a_commit_goes_into_the_next_one(notebook: Notebook) -> None:
    notebook.go.clear()
    writer: Writer[Log] = Writer(notebook, asyncio.get_running_loop())
    waiting = [writer.admit(arrival(number)) for number in range(MAX_GROUP + 10)]
    notebook.go.set()
    await asyncio.gather(*waiting)
    await asyncio.to_thread(writer.close)
    assert sum(notebook.groups) == MAX_GROUP + 10
    assert len(notebook.groups) <= 3
    assert notebook.closed


async def test_a_commit_knows_what_is_in_it(notebook: Notebook) -> None:
    notebook.go.clear()
    writer: Writer[Log] = Writer(notebook, asyncio.get_running_loop())
    first = writer.admit(arrival(0))
    rest = [asyncio.ensure_future(writer.write(Point.REPLY, len)), writer.admit(arrival(1))]
    await asyncio.sleep(0)
    notebook.go.set()
    await asyncio.gather(first, *rest)
    await asyncio.to_thread(writer.close)
    assert frozenset().union(*notebook.points) == {Point.INTAKE, Point.REPLY}


async def test_a_piece_s_own_failure_is_its_own(notebook: Notebook) -> None:
    def bad(log: Log) -> None:
        raise ValueError("mine")

    writer: Writer[Log] = Writer(notebook, asyncio.get_running_loop())
    with pytest.raises(ValueError, match="mine"):
        await writer.write(Point.PAPER, bad)
    assert await writer.write(Point.PAPER, len) == 0
    await asyncio.to_thread(writer.close)


@pytest.mark.parametrize("trouble", [StoreFailed("disk full"), RuntimeError("a fault of ours")])
@pytest.mark.parametrize("lasting", [None, StoreFailed("disk I/O error")])
async def test_a_failed_commit_is_told_to_all_and_the_thread_goes_on(
    notebook: Notebook, trouble: Exception, lasting: Exception | None
) -> None:
    writer: Writer[Log] = Writer(notebook, asyncio.get_running_loop())
    notebook.trouble, notebook.lasting = trouble, lasting
    with pytest.raises(StoreFailed):
        await writer.write(Point.PAPER, len)
    notebook.trouble = None
    assert await writer.write(Point.PAPER, len) == 0
    await asyncio.to_thread(writer.close)
    assert notebook.abandoned == 1


async def test_a_cancelled_waiter_does_not_take_its_piece_back(notebook: Notebook) -> None:
    notebook.go.clear()
    writer: Writer[Log] = Writer(notebook, asyncio.get_running_loop())
    waiting = asyncio.ensure_future(writer.write(Point.PAPER, len))
    await asyncio.sleep(0)
    waiting.cancel()
    notebook.go.set()
    await asyncio.to_thread(writer.close)
    assert sum(notebook.groups) == 1


def test_an_admission_is_an_intake() -> None:
    assert Admission.__dataclass_fields__["point"].default is Point.INTAKE
