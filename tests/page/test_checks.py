"""Online checks and the code on the telephone, as a manager and a customer see them at the page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from journey import SPEED
from manager import Manager
from paged import PagedWorld
from playwright.async_api import Browser, expect

from padkit_sim.demo.world import POLICY

pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page
WAIVED = re.compile(r'\[\[waivers\]\]\nid = "demo-phone".*?(?=\[\[)', re.DOTALL)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def phoned(tmp_path_factory: pytest.TempPathFactory, libssl3: None) -> AsyncIterator[PagedWorld]:
    """A kit whose policy wants the customer's telephone proved."""
    folder = tmp_path_factory.mktemp("phoned")
    policy = folder / "policy.toml"
    policy.write_text(WAIVED.sub("", POLICY.read_text(encoding="utf-8")), encoding="utf-8")
    async with PagedWorld(folder / "w", kit_file="demo", speed=SPEED, policy=policy) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def manager(phoned: PagedWorld, browser: Browser) -> AsyncIterator[Manager]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(Manager.PATIENCE_MS)
    made = Manager(phoned, await context.new_page())
    yield made
    await context.close()
    assert made.complaints == []


async def read_message(world: PagedWorld) -> str:
    """Read the code on the customer's telephone."""
    async with aiohttp.ClientSession() as session, session.get(f"{world.core_url}/sms") as answer:
        found = re.search(r"[0-9]{6}", (await answer.json())["messages"][-1]["text"])
    assert found is not None
    return found.group()


async def test_f04_a_held_case_says_so_and_the_customer_types_his_code_when_the_register_is_back(
    manager: Manager,
) -> None:
    world = manager.world
    assert isinstance(world, PagedWorld)
    await world.lay_identity_card("test_a")
    await world.core("check", check="cip", finding="down")
    await manager.enter()
    await manager.begin()
    await expect(manager.part("held")).to_contain_text("made when the network is back")
    await manager.told("The citizen register does not answer")
    await manager.inspect("a case that waits for its checks")
    await world.core("clear")
    await manager.asked("The customer types the code")
    await expect(manager.part("held")).to_have_count(0)
    await manager.inspect("the code of the telephone")
    right = await read_message(world)
    await expect(manager.part("choice-entered")).to_be_disabled()
    await manager.page.get_by_label("Code (6 digits)").fill(f"{(int(right) + 1) % 10**6:06}")
    await manager.part("choice-entered").click()
    await expect(manager.part("question")).to_contain_text("Not the right code")
    await manager.page.get_by_label("Code (6 digits)").fill(right)
    await manager.part("choice-entered").click()
    await manager.told("The customer enters the PIN for the first time")
    assert right not in await manager.page.content()
    await manager.part("cancel").click()
    await expect(manager.part("result")).to_have_attribute("data-ending", "cancelled")
