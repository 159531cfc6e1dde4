"""Two quick taps on one button: each asks the agent once, whatever comes under the finger next."""

from __future__ import annotations

import pytest
from customer import customer
from journey import Journey
from manager import Manager
from office import HOLDER, PASSCODE
from playwright.async_api import Locator, Request, expect

pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page
TAP_MS = 60  # how long a finger stays; twice


class Posts:
    """What a page asked the agent to do."""

    def __init__(self, manager: Manager) -> None:
        self.paths: list[str] = []
        manager.page.on("request", self._heard)

    def _heard(self, request: Request) -> None:
        if request.method == "POST":
            self.paths.append(request.url.split("/v1/")[1])

    def taken(self) -> list[str]:
        """Return what was asked since the last look."""
        taken, self.paths = self.paths, []
        return taken


async def twice(button: Locator) -> None:
    await button.dblclick(delay=TAP_MS)
    await expect(button.and_(button.page.locator("[aria-busy=true]"))).to_have_count(0)


async def test_every_button_of_kit_and_entrance_asks_once(manager: Manager) -> None:
    posts = Posts(manager)
    await manager.launch()
    await manager.page.get_by_label("Name", exact=True).fill(HOLDER)
    await manager.page.get_by_label("Passcode").fill(PASSCODE)
    posts.taken()
    await twice(manager.button("Sign in"))
    await manager.see("heading", f"Hello, {HOLDER}")
    assert posts.taken() == ["session/sign-in"]
    await manager.press_link("Kit")
    box = manager.part("kit-box")
    for button, path in (
        (box.get_by_role("button", name="Self-test"), "devices/box/self-test"),
        (box.get_by_role("button", name="Try again"), "devices/box/retry"),
        (manager.button("Day end"), "day-end"),
        (manager.button("Support bundle"), "support-bundle"),
        (manager.button("Sign out"), "session/sign-out"),
    ):
        await twice(button)
        assert posts.taken() == [path]
    await manager.see("heading", "Sign in")


async def test_two_quick_taps_in_a_flow_begin_one_and_stop_it_once(manager: Manager, journey: Journey) -> None:
    await manager.enter()
    await manager.press("Open a card")
    await manager.fill_form()
    posts = Posts(manager)
    async with customer(journey):
        await twice(manager.button("Begin"))
        await manager.page.wait_for_url("**/#/flow/*")
        flow = manager.page.url.rpartition("/")[2]
        await manager.asked("one last time")
        await twice(manager.part("choice-no"))
        await expect(manager.part("result")).to_have_attribute("data-ending", "cancelled")
    assert posts.taken() == ["flows", *[f"flows/{flow}/answer"] * 3]  # questions, form, and no
    await journey.compare()
