"""Customer mode: no menus, no way elsewhere, only the customer's own questions, until the manager has signed in again."""

from __future__ import annotations

import pytest
from customer import customer
from journey import Journey
from manager import Manager
from playwright.async_api import expect

pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page


async def test_a_customer_has_one_flow_and_nothing_else(manager: Manager, journey: Journey) -> None:
    await manager.enter()
    async with customer(journey):
        flow = await manager.begin()
        await manager.asked("one last time")
        await manager.part("give").click()
        await expect(manager.page.get_by_role("link")).to_have_count(0)
        await expect(manager.part("cancel")).to_have_count(0)
        await expect(manager.part("line-doing")).to_have_count(0)
        await manager.inspect("customer mode")
        await manager.page.evaluate("location.hash = '#/kit'")
        await manager.page.reload()
        await manager.asked("one last time")
        assert manager.page.url.endswith(f"#/flow/{flow}")
        await expect(manager.page.get_by_role("link")).to_have_count(0)
        await manager.part("choice-yes").click()
        await expect(manager.part("result")).to_have_attribute("data-ending", "opened")
    await manager.press("I am the manager")
    await manager.sign_in("wrong")
    await expect(manager.page.get_by_role("alert")).to_contain_text("holder.passcode")
    await manager.press("Back to the customer")
    await expect(manager.page.get_by_role("link")).to_have_count(0)
    await manager.press("I am the manager")
    await manager.sign_in()
    await expect(manager.part("result")).to_be_visible()
    await manager.press_link("Home")
    await manager.see("heading", "Hello")
    await journey.compare()


async def test_what_the_manager_must_answer_asks_for_the_tablet(manager: Manager, journey: Journey) -> None:
    await journey.world.kit("auto", device="box", take_after_s=None)
    await manager.enter()
    async with customer(journey):
        await manager.begin()
        await manager.asked("one last time")
        await manager.part("give").click()
        await manager.part("choice-yes").click()
        await expect(manager.part("give-back")).to_contain_text("give the tablet back to the manager")
        await expect(manager.part("question")).to_have_count(0)
        await manager.press("I am the manager")
        await manager.sign_in()
        assert await manager.answer({"not_taken": "reverse"}) == "reversed"
    await journey.compare()
