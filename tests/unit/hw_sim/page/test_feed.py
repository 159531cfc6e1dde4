"""What one browser is told: only what is new, and never more than it can take."""

from __future__ import annotations

import asyncio
import json

import pytest

from padkit_sim.control import Desk
from padkit_sim.faults import FaultRequest
from padkit_sim.journal import KEPT
from padkit_sim.kit import Kit
from padkit_sim.kitfile import find_kit_file, load
from padkit_sim.page.feed import LONGEST, MOST_FIRED, MOST_RECORDS, Feed
from padkit_sim.wires import MemoryWire


@pytest.fixture
async def kit():
    kit = Kit(load(find_kit_file("demo")), lambda e: MemoryWire(e.identity.serial), asyncio.get_running_loop().time)
    kit.start()
    yield kit
    kit.close()


async def test_nothing_new_is_no_message(kit):
    feed = Feed(Desk(kit), kit.journal)
    assert feed.news() is not None
    assert feed.news() is None
    kit.set_speed(5)
    assert json.loads(feed.news()) == {"is": "news", "speed": 5.0}


async def test_records_that_are_too_many_are_counted_not_sent(kit):
    feed = Feed(Desk(kit), kit.journal)
    feed.news()
    for _ in range(KEPT + 1000):  # more than the journal itself holds
        kit.journal.heard("box", b"\x04")
    news = json.loads(feed.news())
    assert len(news["records"]) == MOST_RECORDS
    assert news["skipped"] == KEPT + 1000 - MOST_RECORDS
    numbers = [record["n"] for record in news["records"]]
    assert numbers == list(range(numbers[0], numbers[0] + MOST_RECORDS))
    assert feed.news() is None


async def test_of_what_has_fired_the_last_are_told_and_all_are_counted(kit):
    feed = Feed(Desk(kit), kit.journal)
    for _ in range(MOST_FIRED + 9):
        kit.faults.arm(FaultRequest("box.jam"))
        kit.faults.dial("box").strike("box.jam", at="stage")
    faults = json.loads(feed.news())["faults"]
    assert len(faults["fired"]) == MOST_FIRED
    assert faults["fired_count"] == MOST_FIRED + 9
    assert faults["armed"] == []


async def test_a_long_record_is_cut_and_says_so(kit):
    feed = Feed(Desk(kit), kit.journal)
    feed.news()
    kit.journal.said("box", bytes(LONGEST))
    kit.journal.said("box", bytes(LONGEST + 1), "picture")
    whole, cut = json.loads(feed.news())["records"]
    assert whole["hex"] == cut["hex"] == bytes(LONGEST).hex(" ")
    assert whole["note"] == ""
    assert cut["note"] == f"picture first {LONGEST} of {LONGEST + 1} bytes"
