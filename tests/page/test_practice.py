"""Practice, begun at the page of a real kit: a tab of its own, a banner everywhere, nothing of it in the real kit or after it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from journey import a_moment
from manager import INTERVIEW, Manager
from playwright.async_api import expect

pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page


async def test_a_card_is_opened_in_practice_and_the_kit_knows_nothing_of_it(
    manager: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = folders()
    known = await real(manager)
    await manager.launch()
    await manager.part("practice-begin").click()
    async with manager.page.context.expect_page() as opened:
        await manager.part("practice-open").click()
    page = Manager(manager.world, await opened.value)
    await page.interview()
    await page.press("English")
    banner = page.part("practice-banner")
    await expect(banner).to_contain_text("PRACTICE")
    await expect(page.part("practice")).to_have_count(0)
    await expect(page.part("practice-sign-in")).to_contain_text("kitchen table")
    await page.inspect("the sign-in of practice")
    await page.page.get_by_label("Name", exact=True).fill("Demo")
    await page.page.get_by_label("Passcode").fill("kitchen table")
    await page.press("Sign in")
    await page.see("heading", "Hello, Demo")
    await expect(banner).to_be_visible()
    await expect(page.part("device-box")).to_contain_text("Ready")
    await page.begin()
    while True:
        await expect(page.part("question").or_(page.part("result")).first).to_be_visible()
        if await page.part("result").count():
            break
        await read_to_the_end(page)
    await expect(page.part("result")).to_have_attribute("data-ending", "opened")
    await expect(banner).to_be_visible()
    assert page.complaints == []

    await manager.sign_in()  # the real kit's tab kept its session beside the other's
    await manager.see("heading", "Hello")
    assert await real(manager) == known
    await manager.press_link("Kit")
    await manager.part("practice-end").click()
    while folders() != before:
        await a_moment()
    await expect(page.page.get_by_role("alert").first).to_contain_text("does not answer")


async def read_to_the_end(page: Manager) -> None:
    """Answer what is asked: a document once each of its pages was in sight."""
    asked = await page.part("question").get_attribute("data-asks")
    if asked in INTERVIEW:
        await page.interviewed(asked)
        return
    if asked == "document_read":
        await expect(page.part("page-1")).to_have_js_property("complete", True)
        for end in range(1, 1 + await page.page.locator("[data-end]").count()):
            await expect(page.part(f"page-{end}")).to_have_js_property("complete", True)
            await page.page.locator(f"[data-end='{end}']").scroll_into_view_if_needed()
    await page.choose({"document_read": "read", "confirm": "yes"}[asked or ""])


async def real(manager: Manager) -> tuple[object, ...]:
    """What the real kit has: its flows, what it did not send, its cards."""
    flows = await manager.world.agent("GET", "/v1/flows?all")
    cases = await manager.world.agent("GET", "/v1/cases?all")
    return flows["flows"], cases["cases"], (await manager.world.agent("GET", "/v1/status"))["unsent"]


def folders() -> set[Path]:
    """The practice kits of this machine."""
    return set(Path(tempfile.gettempdir()).glob("padkit-practice-*"))
