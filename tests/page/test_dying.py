"""The agent is killed under the page, and a lock comes in mid-flow: what is read meanwhile, and how it goes on (F24, F27)."""

from __future__ import annotations

import pytest
from customer import customer
from journey import Journey, a_moment
from manager import PIN, Manager
from office import Office, stands
from playwright.async_api import expect

pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page
SLOW_S = 6.0


async def kill(manager: Manager) -> None:
    """Kill the agent; the page says so and promises nothing."""
    agent = manager.world.children.pop("agent")
    agent.process.kill()
    await agent.process.wait()
    await expect(manager.page.get_by_role("alert").first).to_contain_text("does not answer")
    await expect(manager.part("result")).to_have_count(0)
    await manager.told_phases()


async def start_again(manager: Manager, flow: str) -> None:
    """Start the agent, sign in and look at the flow."""
    await manager.world.start_agent()
    await manager.enter()
    await reopen(manager, flow)


async def reopen(manager: Manager, flow: str) -> None:
    """Look at a flow after signing in again."""
    await manager.page.goto(f"{manager.page.url.split('#')[0]}#/flow/{flow}")


async def test_f24_an_agent_killed_while_the_bank_is_asked_tells_the_bank_s_answer(
    manager: Manager, journey: Journey
) -> None:
    await journey.world.core("fault", name="core.slow", nth=1, args={"seconds": SLOW_S})
    await manager.enter()
    async with customer(journey):
        flow = await manager.begin()
        await manager.asked("one last time")
    await manager.part("choice-yes").click()
    await expect(manager.part("phase")).to_have_attribute("data-phase", "CORE_SENT")
    while not (await journey.world.core("faults"))["faults"][0]["fired"]:  # the request has reached the bank
        await a_moment()
    await kill(manager)
    await start_again(manager, flow)
    assert await manager.answer({}) == "opened"
    await manager.told_phases()
    await journey.compare()


async def test_an_agent_killed_at_the_keypad_captures_the_card_and_asks_for_the_pin_anew(
    manager: Manager, journey: Journey
) -> None:
    voucher = await journey.next_voucher()
    await manager.enter()
    flow = await manager.begin()
    await manager.told("The customer enters the PIN for the first time")
    await kill(manager)
    await start_again(manager, flow)
    while not (await journey.world.kit("state"))["devices"]["pin"]["entering"]:
        await a_moment()
    await journey.world.kit("hand", device="pin", action="press_keys", item=f"{PIN}E")
    await manager.told("The customer enters the PIN once more")
    await journey.world.kit("hand", device="pin", action="press_keys", item=f"{PIN}E")
    assert await manager.answer({"confirm": "yes"}) == "opened"
    assert await journey.kit_state(voucher) == "captured"
    await journey.compare()


async def test_an_agent_killed_while_the_card_is_at_the_gate_finds_that_the_customer_took_it(
    manager: Manager, journey: Journey
) -> None:
    voucher = await journey.next_voucher()
    await journey.world.kit("auto", device="box", take_after_s=None)
    await manager.enter()
    async with customer(journey):
        flow = await manager.begin()
        await manager.asked("one last time")
        await manager.part("choice-yes").click()
        await expect(manager.part("phase")).to_have_attribute("data-phase", "CARD_PRESENTED")
    await kill(manager)
    await journey.world.kit("hand", device="box", action="take_card")
    await start_again(manager, flow)
    assert await manager.answer({}) == "opened"
    assert await journey.kit_state(voucher) == "handed_over"
    await journey.compare()


async def test_f27_a_lock_before_the_bank_was_asked_captures_the_card(manager: Manager, journey: Journey) -> None:
    office = Office(journey)
    await office.open()
    voucher = await journey.next_voucher()
    await manager.enter()
    flow = await manager.begin()
    await manager.told("The customer enters the PIN for the first time")
    await office.order("lock", wait=False)
    try:
        await manager.see("heading", "The kit is locked")
        await stands(journey, "locked")
    finally:
        await unlock(journey, office)
    await manager.sign_in()
    await reopen(manager, flow)
    await expect(manager.part("result")).to_have_attribute("data-ending", "cancelled")
    await expect(manager.part("result")).to_contain_text("kit.locked")
    assert await journey.box_place(voucher) == "bin"
    await journey.compare()


async def test_f27_a_lock_after_the_bank_was_asked_lets_the_customer_have_the_card(
    manager: Manager, journey: Journey
) -> None:
    office = Office(journey)
    await office.open()
    await journey.world.core("fault", name="core.slow", nth=1, args={"seconds": 2.0})
    await manager.enter()
    async with customer(journey):
        flow = await manager.begin()
        await manager.asked("one last time")
        await manager.part("choice-yes").click()
        await expect(manager.part("phase")).to_have_attribute("data-phase", "CORE_SENT")
        await office.order("lock", wait=False)
        try:
            await manager.see("heading", "The kit is locked")
            await stands(journey, "locked")
        finally:
            await unlock(journey, office)
    await manager.sign_in()
    await reopen(manager, flow)
    await expect(manager.part("result")).to_have_attribute("data-ending", "opened")
    await journey.compare()


async def unlock(journey: Journey, office: Office) -> None:
    """Let the kit go on and wait for its devices."""
    await office.order("unlock")
    while any(it["state"] != "ready" for it in (await journey.world.agent("GET", "/v1/status"))["devices"]):
        await a_moment()
