"""Questions and form in a browser: told by the agent, kept over a reload; who is looked at closely gets a lower limit."""

from __future__ import annotations

import pytest
from manager import Manager
from playwright.async_api import expect

pytestmark = pytest.mark.timeout(600)
DETAILS = {
    "surname": "Ceshi",
    "given_name": "Jia",
    "birth_place": "中国吉林省",
    "birth_place_latin": "Jilin, China",
    "address_latin": "1 Test Road",
    "country_1": "乌托邦",
    "tin_1": "none is issued",
}


async def begun(manager: Manager) -> str:
    manager.interviews = False
    await manager.world.lay_identity_card("test_a")
    await manager.world.kit("auto", device="box", take_after_s=1.0)
    await manager.enter()
    return await manager.begin()


async def test_questions_and_form_are_asked_at_their_place_with_what_belongs_to_the_answers(manager: Manager) -> None:
    flow = await begun(manager)
    await manager.asked("Ask the customer")
    await manager.inspect("the questions")
    await expect(manager.part("choice-answered")).to_be_disabled()
    await manager.fill_sheet()
    await manager.page.locator("#cdd_answers-asked_to_lend").select_option("Yes")
    await manager.page.locator("label[for=note-hesitated-5]").click()
    await manager.choose("answered")
    await manager.asked("Fill in the form")
    await manager.page.reload()
    await manager.asked("Fill in the form")
    await manager.inspect("the form")
    await manager.fill_account()
    await expect(manager.page.locator("#limit_day")).to_have_value("1000.00")
    await manager.page.locator("#limit_day").fill("1000.01")
    await expect(manager.part("missing")).to_contain_text("Daily limit")
    await manager.page.locator("#limit_day").fill("900.00")
    await expect(manager.page.locator("#tax_details-surname")).to_have_count(0)
    await manager.page.locator("#tax_residency").select_option("both")
    for name, value in DETAILS.items():
        await manager.page.locator(f"#tax_details-{name}").fill(value)
    await manager.inspect("the form of somebody who pays taxes elsewhere")
    await manager.choose("filled")
    await expect(manager.part("phase")).to_have_attribute(
        "data-phase", "AUTH_WAIT"
    )  # the policy's waiver does not hold here
    await manager.part("cancel").click()
    await expect(manager.part("result")).to_have_attribute("data-ending", "cancelled")
    flows = (await manager.world.agent("GET", "/v1/flows?all"))["flows"]
    assert [it["phase"] for it in flows if it["id"] == flow] == ["CANCELLED"]


async def test_a_refusal_says_no_more_than_the_banks_wording(manager: Manager) -> None:
    await begun(manager)
    await manager.asked("Ask the customer")
    await manager.fill_sheet()
    await manager.page.locator("#cdd_answers-coached").select_option("Yes")
    await manager.choose("answered")
    await expect(manager.part("result")).to_have_attribute("data-ending", "refused")
    await expect(manager.part("result")).to_contain_text("The bank cannot open an account for this customer now.")
    assert "coached" not in await manager.part("result").inner_text()
