"""Who gets in: launch code, passcode, reload, sign-out, and an agent that dies and comes back."""

from __future__ import annotations

import pytest
from manager import Manager
from playwright.async_api import expect

pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page


async def test_the_launch_code_leaves_the_address_bar_and_works_once(manager: Manager) -> None:
    await manager.page.goto("about:blank")
    await manager.launch()
    assert "launch" not in manager.page.url
    await manager.see("heading", "Sign in")
    await manager.inspect("sign-in")


async def test_a_stranger_is_told_how_to_open_the_page(manager: Manager) -> None:
    status = await manager.world.agent("GET", "/v1/status")
    await manager.page.goto(status["page"] + "#launch=never-given")
    await manager.press("English")
    await manager.see("heading", "Open this page from the kit")
    await expect(manager.page.get_by_role("alert")).to_contain_text("page.launch")
    await manager.inspect("closed")


async def test_a_wrong_passcode_is_said_with_its_code(manager: Manager) -> None:
    await manager.launch()
    await manager.sign_in("wrong")
    await expect(manager.page.get_by_role("alert")).to_contain_text("Name or passcode is wrong.")
    await expect(manager.page.get_by_role("alert")).to_contain_text("holder.passcode")
    await expect(manager.page.get_by_label("Passcode")).to_have_value("")
    await manager.sign_in()
    await manager.see("heading", "Hello")


async def test_a_reload_keeps_the_session_and_signing_out_ends_it(manager: Manager) -> None:
    await manager.enter()
    await manager.page.reload()
    await manager.see("heading", "Hello")
    await manager.press("Sign out")
    await manager.see("heading", "Sign in")
    await manager.page.reload()
    await manager.see("heading", "Sign in")


async def test_an_agent_that_dies_is_said_and_the_page_opens_again(manager: Manager) -> None:
    await manager.enter()
    await manager.world.stop_agent()
    try:
        await expect(manager.page.get_by_role("alert")).to_contain_text("does not answer")
        await expect(manager.part("connection")).to_contain_text("does not answer")
    finally:
        await manager.world.start_agent()
    await manager.enter()
    await expect(manager.part("device-box")).to_contain_text("Ready")
