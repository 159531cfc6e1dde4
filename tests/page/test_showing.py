"""What a flow shows beside its questions: where the card is, stars of a PIN, large type that a flow remembers."""

from __future__ import annotations

import re

import pytest
from customer import customer
from journey import Journey, a_moment
from manager import PIN, Manager
from playwright.async_api import expect

pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page
LARGE_PX = 60  # main targets of the elder variant (MIIT 2021)
SIZES_OF_TYPE = """() => {
  const of = (it) => getComputedStyle(document.querySelector(it));
  const main = of("main p");
  const spaced = parseFloat(main.lineHeight) / parseFloat(main.fontSize);
  return { main: parseFloat(main.fontSize), spaced, largest: parseFloat(of("h1").fontSize) };
}"""


async def test_the_picture_of_the_box_follows_the_card_to_the_customer(manager: Manager, journey: Journey) -> None:
    await journey.world.kit("auto", device="box", take_after_s=None)
    await manager.enter()
    box = manager.part("box")
    async with customer(journey):
        await manager.begin()
        await manager.asked("one last time")
        await expect(box).to_have_attribute("data-place", "inner")
        await manager.inspect("the box with a card inside")
        await manager.part("choice-yes").click()
        await expect(box).to_have_attribute("data-place", "gate")
        await expect(manager.part("take-left")).to_have_text(re.compile(r"^\d+ s left$"))
        await manager.page.reload()
        await expect(box).to_have_attribute("data-place", "gate")
        await journey.world.kit("hand", device="box", action="take_card")
        await expect(manager.part("result")).to_have_attribute("data-ending", "opened")
    await expect(box).to_have_attribute("data-place", "taken")
    await expect(manager.part("take-left")).to_have_count(0)
    await journey.compare()


async def test_a_card_in_doubt_is_shown_nowhere(manager: Manager, journey: Journey) -> None:
    await journey.fault("box.taken_ambiguous")
    await manager.enter()
    async with customer(journey):
        await manager.begin()
        await manager.asked("one last time")
        await manager.choose("yes")
        await manager.asked("No sensor can tell")
        await expect(manager.part("box")).to_have_attribute("data-place", "unknown")
        await expect(manager.part("box-unknown")).to_be_visible()
        assert await manager.answer({"taken_unclear": "taken"}) == "opened"
    await expect(manager.part("box")).to_have_attribute("data-place", "taken")
    await journey.compare()


async def test_the_pin_page_has_stars_and_nothing_else(manager: Manager, journey: Journey) -> None:
    await manager.enter()
    await manager.begin()
    await manager.told("for the first time")
    await expect(manager.part("look-away")).to_contain_text("look away")
    await expect(manager.page.get_by_role("link")).to_have_count(0)
    await expect(manager.page.get_by_label("What happened")).to_have_count(0)
    await expect(manager.part("box")).to_have_count(0)
    stars = manager.part("stars")
    for count, digit in enumerate(PIN[:3], 1):
        await journey.world.kit("hand", device="pin", action="press_keys", item=digit)
        await expect(stars).to_have_attribute("data-pressed", str(count))
    assert (await stars.inner_text()).split() == ["✱"] * 3
    assert not re.search(r"\d", await manager.part("pin-page").inner_text())
    await journey.world.kit("hand", device="pin", action="press_keys", item=f"{PIN[3:]}E")
    await manager.told("once more")
    await expect(stars).to_have_attribute("data-pressed", "0")
    await manager.part("cancel").click()
    await expect(manager.part("result")).to_have_attribute("data-ending", "cancelled")
    await expect(manager.page.get_by_role("link", name="Home")).to_be_visible()


async def test_large_type_is_remembered_with_the_flow_and_keeps_to_the_figures(
    manager: Manager, journey: Journey
) -> None:
    await manager.enter()
    large = manager.part("elder")
    await expect(large).to_have_attribute("aria-pressed", "false")
    await manager.press("Open a card")
    await manager.fill_form()
    await manager.page.get_by_label("Elderly, or needs large type").select_option("Yes")
    await expect(large).to_have_attribute("aria-pressed", "true")
    await manager.inspect("the form in large type", LARGE_PX)
    async with customer(journey):
        await manager.press("Begin")
        await manager.asked("one last time")
        await expect(large).to_have_attribute("aria-pressed", "true")
        measured = await manager.page.evaluate(SIZES_OF_TYPE)
        assert measured["main"] >= 18
        assert measured["largest"] >= 30
        assert measured["spaced"] >= 1.3
        await manager.inspect("a flow in large type", LARGE_PX)
        await large.click()
        await manager.page.reload()
        await manager.asked("one last time")
        await expect(large).to_have_attribute("aria-pressed", "false")
        await large.click()
        await manager.press_link("Home")
        await expect(large).to_have_attribute("aria-pressed", "false")
        await manager.part("open-flow").click()
        await expect(large).to_have_attribute("aria-pressed", "true")
        await manager.choose("no")
        await expect(manager.part("result")).to_have_attribute("data-ending", "cancelled")
    while (await journey.world.agent("GET", "/v1/status"))["open_flows"]:
        await a_moment()
