"""Home: a function is found by its Chinese name, the first letters of its pinyin, or in English."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from journey import Journey
from manager import Manager
from playwright.async_api import expect

STORE = "kit.db"
pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page


async def test_a_function_is_found_in_three_ways_and_opened(manager: Manager) -> None:
    await manager.enter()
    search = manager.page.get_by_label("Find a function")
    for typed, found in (("日终", "Day end"), ("rzdz", "Day end"), ("supp", "Support bundle")):
        await search.fill(typed)
        await expect(manager.part("functions").get_by_role("link")).to_have_text([found])
    await search.fill("qqq")
    await expect(manager.page.get_by_text("No function has this name")).to_be_visible()
    await manager.inspect("search")
    await search.fill("klj")
    await search.press("Enter")
    await manager.see("heading", "Open a card")
    await manager.press_link("Home")
    await manager.part("function-dayEnd").click()
    await expect(manager.page.get_by_role("heading", name="Day end")).to_be_in_viewport()


async def test_the_queue_says_how_much_waits_and_for_how_long(manager: Manager, journey: Journey) -> None:
    await manager.enter()
    await expect(manager.part("queue")).to_have_text("Everything is sent")
    await journey.world.children.pop("central").stop()
    try:
        await manager.press_link("Kit")
        await manager.press("Day end")
        await expect(manager.part("queue")).to_have_text(re.compile(r"^[1-9]\d* to send, the oldest for \d+ min$"))
        waiting = manager.part("queue-item").first
        await expect(waiting).to_contain_text("no network")
        await expect(waiting).to_contain_text("it goes out by itself")
        await manager.inspect("queue")
    finally:
        await journey.world.start_central()
    await expect(manager.part("queue")).to_have_text("Everything is sent")


def refused(store: Path, count: int) -> None:
    """Let central have refused so many messages of the card ledger, which it took."""
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        changed = connection.execute(
            "UPDATE outbox SET state = 'refused' WHERE envelope IN"
            " (SELECT envelope FROM outbox WHERE business = 'card.ledger' AND state = 'done' LIMIT ?)",
            (count,),
        )
        assert changed.rowcount == count


async def test_what_central_refused_is_sent_once_more_or_handed_over_by_a_person(
    manager: Manager, journey: Journey
) -> None:
    for _ in range(2):
        await journey.world.agent("POST", "/v1/day-end")
    await journey.settled()
    await manager.enter()
    refused(journey.folder / STORE, 2)
    needy = manager.part("needs-attention")
    await expect(needy).to_have_count(2)
    await expect(needy.first).to_contain_text("the centre refused it")
    await manager.inspect("attention")
    await needy.first.click()
    items = manager.part("queue-item")
    await items.first.get_by_role("button", name="Send it once more").click()
    await expect(items).to_have_count(1)
    await items.first.get_by_role("button", name="Hand it to the centre as a case").click()
    await expect(items).to_have_count(0)
    await expect(manager.page.get_by_text("queue.refused: card.ledger")).to_be_visible()
    await expect(manager.part("queue")).to_have_text("Everything is sent")
