"""A card is opened in a browser: the good way, a reload and another language in the middle, two tabs, a stop."""

from __future__ import annotations

import pytest
from manager import Manager
from playwright.async_api import expect

FIRST, SECOND = "The customer enters the PIN for the first time", "The customer enters the PIN once more"
pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page


async def ready(manager: Manager) -> None:
    await manager.world.lay_identity_card("test_a")
    await manager.world.kit("auto", device="box", take_after_s=1.0)
    await manager.enter()


async def test_a_card_is_opened_through_reload_and_another_language(manager: Manager) -> None:
    await ready(manager)
    flow = await manager.begin()
    await manager.told(FIRST)
    await manager.inspect("the entry of the PIN")
    await manager.enter_pin(FIRST, SECOND)
    await manager.asked("one last time")
    for told in ("测试甲", "2000.00", "Card ends with"):
        await expect(manager.part("summary")).to_contain_text(told)
    await manager.press("中文")
    await manager.page.reload()
    await manager.asked("请客户最后确认")
    await expect(manager.part("result")).to_have_count(0)
    await manager.press("English")
    await manager.page.get_by_role("button", name="Open the card").dblclick()
    await expect(manager.part("result")).to_have_attribute("data-ending", "opened")
    await expect(manager.part("result")).to_contain_text("The customer has the card.")
    await manager.inspect("the result")
    flows = (await manager.world.agent("GET", "/v1/flows?all"))["flows"]
    assert [it["phase"] for it in flows if it["id"] == flow] == ["CLOSED"]


async def test_a_double_tap_begins_one_flow_and_a_stop_is_no_success(manager: Manager) -> None:
    await ready(manager)
    before = len((await manager.world.agent("GET", "/v1/flows?all"))["flows"])
    flow = await manager.begin()
    await manager.told(FIRST)
    flows = (await manager.world.agent("GET", "/v1/flows?all"))["flows"]
    assert [it["id"] for it in flows[before:]] == [flow]
    await manager.part("cancel").click()
    await expect(manager.part("result")).to_have_attribute("data-ending", "cancelled")
    await expect(manager.part("result")).to_contain_text("reject bin")


async def test_two_tabs_answer_once(manager: Manager) -> None:
    await ready(manager)
    await manager.begin()
    await manager.told(FIRST)
    other = Manager(manager.world, await manager.page.context.new_page())
    await other.page.goto(manager.page.url)
    await expect(other.page.get_by_role("heading", name="The customer enters the PIN on the keypad")).to_be_visible()
    await manager.enter_pin(FIRST, SECOND)
    for tab in (manager, other):
        await tab.asked("one last time")
    await other.press("Do not open it")
    for tab in (manager, other):
        await expect(tab.part("result")).to_have_attribute("data-ending", "cancelled")
    assert other.complaints == []
