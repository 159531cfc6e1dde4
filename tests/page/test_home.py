"""Home: a function is found by its Chinese name, the first letters of its pinyin, or in English."""

from __future__ import annotations

import re

import pytest
from journey import Journey
from manager import Manager
from playwright.async_api import expect

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
