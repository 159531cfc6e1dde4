"""Any function at the page: found by its name, its form as the agent tells it, played to its end, or why it cannot be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from journey import HERE, SPEED, Journey
from manager import PIN, Manager
from paged import PagedWorld
from playwright.async_api import Browser, expect

from padkit_sim.demo.hands import Hands
from padkit_sim.demo.world import POLICY

pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page
SISTERS = '"ACC-01", "ACC-03", "ACC-08", "ACC-15"'
NEW = "975310"


class SlotWorld(PagedWorld):
    """A world whose kit has a reader for bank cards, too."""

    has = ("pin", "slot")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def slot_world(tmp_path_factory: pytest.TempPathFactory, libssl3: None) -> AsyncIterator[SlotWorld]:
    folder: Path = tmp_path_factory.mktemp("f")
    policy = folder / "policy.toml"
    policy.write_text(POLICY.read_text(encoding="utf-8").replace('business = ["ACC-01"', f"business = [{SISTERS}"))
    async with SlotWorld(folder / "w", kit_file=str(HERE / "slot_kit.toml"), speed=SPEED, policy=policy) as made:
        opening = Journey(made.folder)
        opening.world, opening.hands = made, Hands(made, "", pins=(PIN, PIN))
        await opening.begin()
        voucher = await opening.next_voucher()
        assert (await opening.open())["phase"] == "CLOSED"
        await made.kit("hand", device="slot", action="insert_card", pan=await opening.pan(voucher))
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def teller(slot_world: SlotWorld, browser: Browser) -> AsyncIterator[Manager]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(Manager.PATIENCE_MS)
    made = Manager(slot_world, await context.new_page())
    await slot_world.lay_identity_card("test_a")
    await made.enter()
    yield made
    await context.close()
    assert made.complaints == []


async def keyed(manager: Manager, text: str, pin: str) -> None:
    await manager.told(text)
    await manager.world.kit("hand", device="pin", action="press_keys", item=f"{pin}E")


async def test_a_pin_is_changed_from_the_search_to_the_result(teller: Manager) -> None:
    search = teller.page.get_by_label("Find a function")
    await search.fill("mmxg")  # 密码修改
    await expect(teller.part("business-ACC-08")).to_be_visible()
    await search.press("Enter")
    await teller.see("heading", "Change PIN (old PIN known)")
    await expect(teller.page.get_by_text("puts his bank card into the reader")).to_be_visible()
    await teller.inspect("function")
    await teller.press("Begin")
    await teller.page.wait_for_url("**/#/flow/*")
    await keyed(teller, "the card has now", PIN)
    await keyed(teller, "first time", NEW)
    await keyed(teller, "once more", NEW)
    await teller.asked("do it now")
    await teller.choose("yes")
    await expect(teller.part("result")).to_have_attribute("data-ending", "opened")
    await expect(teller.part("result")).to_contain_text("Done")
    assert "card is open" not in await teller.page.content()
    await teller.inspect("function-done")


async def test_a_wrong_pin_is_told_with_the_tries_that_are_left(teller: Manager) -> None:
    await teller.page.get_by_label("Find a function").fill("change pin")
    await teller.part("business-ACC-08").click()
    await teller.press("Begin")
    await keyed(teller, "the card has now", "111222")
    await keyed(teller, "first time", NEW)
    await keyed(teller, "once more", NEW)
    await teller.asked("do it now")
    await teller.choose("yes")
    await teller.asked("The bank has done nothing")
    await expect(teller.part("question")).to_contain_text("2 tries are left")
    await teller.choose("stop")
    await expect(teller.part("result")).to_contain_text("nothing was changed")


async def test_a_form_is_what_the_agent_tells(teller: Manager) -> None:
    await teller.page.get_by_label("Find a function").fill("dormant")
    await teller.part("business-ACC-15").click()
    await expect(teller.part("missing")).to_contain_text("Mobile number")
    await teller.page.get_by_label("Mobile number").fill("13900000000")
    await teller.page.get_by_label("Purpose of the account").select_option("farming")
    await teller.page.get_by_label("What the customer says").fill("milk")
    await expect(teller.part("missing")).to_have_count(0)
    await teller.inspect("function-form")


async def test_a_damaged_card_is_replaced_and_two_people_take_the_old_one(teller: Manager) -> None:
    await teller.page.get_by_label("Find a function").fill("换卡")
    await teller.part("business-ACC-03").click()
    await expect(teller.page.get_by_text("puts his bank card into the reader")).to_be_visible()
    await teller.page.get_by_label("Why it is replaced").select_option("Damaged")
    await teller.page.get_by_label("What becomes of the old card").select_option("Cut up")
    await teller.press("Begin")
    await teller.page.wait_for_url("**/#/flow/*")
    await keyed(teller, "the card has now", NEW)
    await keyed(teller, "first time", PIN)
    await keyed(teller, "once more", PIN)
    await teller.asked("do it now")
    await teller.choose("yes")
    await teller.asked("The old card is dead")
    await teller.inspect("old-card")
    await teller.choose("cut", "Zhao Min")
    await expect(teller.part("result")).to_have_attribute("data-ending", "opened")
    await expect(teller.part("box")).to_have_attribute("data-place", "taken")
    await expect(teller.part("result")).to_contain_text("Done")
    assert "card is open" not in await teller.page.content()


async def test_what_the_kit_cannot_do_it_says(teller: Manager) -> None:
    await teller.page.get_by_label("Find a function").fill("补卡")
    await teller.part("business-ACC-04").click()
    await expect(teller.part("cannot")).to_contain_text("cannot capture")
    await teller.inspect("function-cannot")
