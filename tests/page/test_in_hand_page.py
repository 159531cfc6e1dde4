"""The new card in the customer's hand, compared with the screen at the page: other digits are a case, and never a success."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from journey import SPEED
from manager import Manager
from paged import PagedWorld
from playwright.async_api import Browser, expect

from padkit_sim.demo.world import POLICY

FIRST, SECOND = "The customer enters the PIN for the first time", "The customer enters the PIN once more"
pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def compared(tmp_path_factory: pytest.TempPathFactory, libssl3: None) -> AsyncIterator[PagedWorld]:
    """A kit whose policy does not waive the look at the card."""
    folder = tmp_path_factory.mktemp("compared")
    policy, text = folder / "policy.toml", POLICY.read_text(encoding="utf-8")
    assert 'covers = ["card_in_hand"]' in text
    policy.write_text(text.replace('covers = ["card_in_hand"]', "covers = []"), encoding="utf-8")
    async with PagedWorld(folder / "w", kit_file="demo", speed=SPEED, policy=policy) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def manager(compared: PagedWorld, browser: Browser) -> AsyncIterator[Manager]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(Manager.PATIENCE_MS)
    made = Manager(compared, await context.new_page())
    yield made
    await context.close()
    assert made.complaints == []


async def to_the_card_in_hand(manager: Manager) -> None:
    """Open a card until its customer has it; the screen shows the end of that card's number."""
    await manager.world.lay_identity_card("test_a")
    await manager.world.kit("auto", device="box", take_after_s=1.0)
    number = next(it["slip_pan"] for it in await manager.world.box_cards() if it["place"] == "hopper")
    await manager.enter()
    await manager.begin()
    await manager.enter_pin(FIRST, SECOND)
    await manager.asked("one last time")
    await manager.choose("yes")
    await manager.asked("compares the last four digits")
    await expect(manager.part("last4")).to_contain_text(number[-4:])
    assert number not in await manager.page.content()
    await expect(manager.part("result")).to_have_count(0)


async def test_the_customer_compares_the_digits_and_the_card_is_opened(manager: Manager) -> None:
    await to_the_card_in_hand(manager)
    await manager.inspect("the card in hand")
    await manager.part("choice-same").click()
    await expect(manager.part("result")).to_have_attribute("data-ending", "opened")


async def test_other_digits_are_a_case_in_words(manager: Manager) -> None:
    await to_the_card_in_hand(manager)
    await manager.part("choice-differs").click()
    await expect(manager.part("result")).to_have_attribute("data-ending", "case")
    await expect(manager.part("result")).to_contain_text("another card than the one that was opened")
