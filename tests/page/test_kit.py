"""Home and kit page: devices as they are, self-test, day end, support bundle, both fit for everybody."""

from __future__ import annotations

import re

import pytest
from manager import Manager
from playwright.async_api import expect

pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page


async def test_home_shows_a_device_that_goes_and_comes_back(manager: Manager) -> None:
    await manager.enter()
    await expect(manager.part("connection")).to_contain_text("online")
    await manager.inspect("home")
    await manager.world.kit("unplug", device="reader")
    try:
        await expect(manager.part("device-reader")).to_contain_text("Not plugged")
    finally:
        await manager.world.kit("plug", device="reader")
    await expect(manager.part("device-reader")).to_contain_text("Ready")


async def test_the_form_is_fit_for_everybody(manager: Manager) -> None:
    await manager.enter()
    await manager.press("Open a card")
    await expect(manager.part("missing")).to_be_visible()
    await manager.inspect("form")
    await manager.fill_form()


async def test_the_kit_page_tests_a_device_and_ends_the_day(manager: Manager) -> None:
    await manager.enter()
    await manager.page.get_by_role("link", name="Kit").click()
    await manager.part("kit-box").get_by_role("button", name="Self-test").click()
    await expect(manager.part("kit-box").get_by_role("status")).to_contain_text("passed")
    await manager.press("Test everything")
    devices = (await manager.world.agent("GET", "/v1/status"))["devices"]
    await expect(manager.part("phone-code")).to_have_text(re.compile(rf"^1{{{len(devices)}}}-\d$"))
    await manager.press("Day end")
    await expect(manager.part("day-end")).to_contain_text("lines")
    await manager.inspect("kit")
