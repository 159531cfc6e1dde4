"""A visit to many people at the page: cards counted, the next customer with one tap, a reload, a summary, all forgotten."""

from __future__ import annotations

import pytest
from customer import customer
from journey import Journey
from manager import Manager
from playwright.async_api import expect

from padkit_sim.demo import files

pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page
PEOPLE = "姓名,班级\n测试样甲,1\n测试样乙,1\n测试样丙,2\n"


async def test_three_people_are_served_one_after_another_and_forgotten(manager: Manager, journey: Journey) -> None:
    page = manager.page
    await manager.enter()
    await page.get_by_label("Find a function").fill("visit")
    await page.get_by_label("Find a function").press("Enter")
    await page.get_by_label("One person a line").fill("x\n" * 60)
    await expect(page.get_by_role("alert")).to_contain_text("fewer cards than people")
    await page.get_by_label("Or a CSV file").set_input_files(
        files=[{"name": "list.csv", "mimeType": "text/csv", "buffer": PEOPLE.encode()}]
    )
    await expect(manager.part("visit-stock")).to_contain_text("Cards needed: 3;")
    await expect(page.get_by_role("alert")).to_have_count(0)
    await manager.inspect("the list of a visit")
    await manager.press("Begin the visit")
    await expect(manager.part("person-3")).to_have_attribute("data-standing", "waits")
    await manager.inspect("a visit")

    await manager.part("visit-next").click()
    await expect(manager.part("visit-who")).to_have_text("测试样甲")
    async with customer(journey):
        await serve(manager)
        assert await manager.answer({"confirm": "yes"}) == "opened"
        await manager.part("visit-next").click()
        await expect(manager.part("visit-who")).to_have_text("测试样乙")
        await journey.world.lay_identity_card("test_a")
        await serve(manager)
        await manager.asked("one last time")
        await page.reload()
        await manager.asked("one last time")
        assert await manager.answer({"confirm": "no"}) == "cancelled"
    await manager.part("visit-list").click()
    await expect(manager.part("person-1")).to_have_attribute("data-standing", "opened")
    await expect(manager.part("person-2")).to_have_attribute("data-standing", "cancelled")
    await manager.part("person-3").get_by_role("button", name="Leave out").click()
    await expect(manager.part("person-3")).to_have_attribute("data-standing", "leftOut")
    await expect(manager.part("visit-next")).to_have_count(0)

    await manager.part("visit-end").dblclick()
    for standing in ("opened", "cancelled", "leftOut"):
        await expect(manager.part(f"sum-{standing}")).to_contain_text("1")
    await manager.inspect("the summary of a visit")
    await page.reload()
    await expect(page.get_by_label("One person a line")).to_be_visible()
    assert (await journey.world.agent("GET", "/v1/visit"))["people"] == []
    for kept in (files.AGENT, "kit.db", "agent.log"):
        assert "测试样甲".encode() not in (journey.folder / kept).read_bytes()
    await journey.compare()


async def serve(manager: Manager) -> None:
    """Fill in the form and begin."""
    await manager.fill_form()
    await manager.press("Begin")
    await manager.page.wait_for_url("**/#/flow/*")
