"""A locked kit: the page says so, shows the challenge, and takes the code that two people at central made."""

from __future__ import annotations

import pytest
from journey import Journey
from manager import Manager
from office import Office
from playwright.async_api import expect

pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page


async def test_a_locked_kit_signs_out_and_is_unlocked_by_a_code(manager: Manager) -> None:
    journey = Journey(manager.world.folder)
    journey.world = manager.world
    office = Office(journey)
    await office.open()
    await manager.enter()
    await office.order("lock")
    try:
        await manager.see("heading", "The kit is locked")
        await manager.press("Show the challenge")
        await manager.inspect("locked")
        challenge = await manager.part("challenge").inner_text()
        await manager.page.get_by_label("Unlock code").fill("00000000")
        await manager.page.get_by_label("Who enters it").fill("Li")
        await manager.press("Unlock")
        await expect(manager.page.get_by_role("alert")).to_contain_text("unlock.code")
        await manager.page.get_by_label("Unlock code").fill(await office.code(challenge))
        await manager.press("Unlock")
        await manager.sign_in()
        await manager.see("heading", "Hello")
    finally:
        await office.order("unlock")
