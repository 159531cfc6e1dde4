"""A real agent that serves the built page to a real browser, beside central, the core's neighbour and a simulated kit."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from chromium import CHROMIUM, launch
from journey import SPEED, Journey
from manager import Manager
from paged import PagedWorld
from playwright.async_api import Browser, async_playwright

BUILT = Path(__file__).parents[2] / "agent" / "padkit_agent" / "page"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser of the tests."""
    if not shutil.which(CHROMIUM):
        pytest.fail(f"{CHROMIUM} is not there: install Debian's chromium (`make setup-system`)")
    return CHROMIUM


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        made = await launch(playwright)
        yield made
        await made.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory, libssl3: None) -> AsyncIterator[PagedWorld]:
    if not (BUILT / "index.html").is_file():
        pytest.fail(f"{BUILT} has no page: build it (`make page`)")
    async with PagedWorld(tmp_path_factory.mktemp("g"), kit_file="demo", speed=SPEED) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def manager(world: PagedWorld, browser: Browser) -> AsyncIterator[Manager]:
    """A manager before a browser that has never been here."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(Manager.PATIENCE_MS)
    made = Manager(world, await context.new_page())
    yield made
    await context.close()
    assert made.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def journey(world: PagedWorld) -> AsyncIterator[Journey]:
    """What tests of the same kit without a page use: faults, ledgers, the compare. Faults and cases are gone afterwards."""
    made = Journey(world.folder)
    made.world = world
    await made.begin()
    yield made
    await made.clean_up()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
