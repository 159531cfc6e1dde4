"""The failure table of the card opening, played in a browser: what the manager reads, and at the end all witnesses agree."""

from __future__ import annotations

import pytest
from customer import FRONT, customer
from journey import Journey
from manager import SECOND, SECOND_FIELD, Manager
from office import HOLDER
from playwright.async_api import expect

from padkit_sim.demo.hands import Hands

YES = {"confirm": "yes"}
pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page


async def test_f09_a_double_feed_is_read_as_a_case_and_stops_the_box(manager: Manager, journey: Journey) -> None:
    await journey.fault("box.double_feed")
    await manager.enter()
    async with customer(journey):
        await manager.begin()
        assert await manager.answer(YES) == "case"
    await expect(manager.part("result")).to_contain_text("Do not tell the customer that the card is open")
    await expect(manager.part("result")).to_contain_text("box.double_feed")
    assert "CORE_SENT" not in await manager.told_phases()
    await journey.compare()
    await manager.press_link("Home")
    await expect(manager.page.get_by_label("To do")).to_contain_text("Stops the card box")
    await manager.press("Open a card")
    await manager.fill_form()
    await manager.press("Begin")
    await expect(manager.page.get_by_role("alert")).to_contain_text("box.stopped")


async def test_f10_a_jam_that_stays_becomes_a_case_that_two_people_close_at_the_page(
    manager: Manager, journey: Journey
) -> None:
    await journey.fault("box.jam", at="stage", clears_after="operator", times=0)
    voucher = await journey.next_voucher()
    await manager.enter()
    async with customer(journey):
        await manager.begin()
        assert await manager.answer(YES) == "case"
    await expect(manager.part("result")).to_contain_text("box.jam")
    await manager.told_phases()
    await journey.compare()
    await journey.world.kit("clear", name=None)
    pan = next(it["pan"] for it in await journey.world.box_cards() if it["serial"] == voucher)
    await journey.world.kit("tamper", device="box", pan=pan, place="bin")  # they put it there by hand
    await manager.press_link("Kit")
    await manager.page.get_by_label(SECOND_FIELD).fill(HOLDER)
    await manager.page.get_by_label("Where the card was found").select_option("captured")
    await expect(manager.page.get_by_role("button", name="Close with two people")).to_be_disabled()
    await manager.page.get_by_label(SECOND_FIELD).fill(SECOND)
    await manager.press("Close with two people")
    await expect(manager.page.get_by_label("Where the card was found")).to_have_count(0)
    assert await journey.kit_state(voucher) == "captured"
    await journey.compare()


async def test_f11_a_mute_card_is_captured_and_the_customer_gets_the_next_one(
    manager: Manager, journey: Journey
) -> None:
    mute = await journey.next_voucher()
    await journey.fault("card.mute")
    await manager.enter()
    async with customer(journey):
        await manager.begin()
        assert await manager.answer(YES) == "opened"
    await expect(manager.part("result")).not_to_contain_text(mute)
    await manager.told_phases()
    assert await journey.box_place(mute) == "bin"
    await journey.compare()


async def test_f14_two_different_pins_three_times_cancel_and_the_card_is_captured(
    manager: Manager, journey: Journey
) -> None:
    voucher = await journey.next_voucher()
    await manager.enter()
    async with customer(journey, Hands(journey.world, FRONT, pins=("246813", "135790"))):
        await manager.begin()
        assert await manager.answer(YES) == "cancelled"
    await expect(manager.part("result")).to_contain_text("reject bin")
    await expect(manager.part("result")).to_contain_text("pin.mismatch")
    await expect(manager.page.get_by_label("What happened")).to_contain_text("The two PINs were not the same")
    assert "CORE_SENT" not in await manager.told_phases()
    assert await journey.kit_state(voucher) == "captured"
    await journey.compare()


async def test_f17_a_lost_answer_is_unknown_on_the_screen_until_the_bank_was_asked(
    manager: Manager, journey: Journey
) -> None:
    await journey.world.core("fault", name="core.drop_reply", nth=1)
    await manager.enter()
    async with customer(journey):
        await manager.begin()
        await manager.asked("one last time")
        await manager.press("中文")
        await manager.part("choice-yes").click()
        await expect(manager.part("unknown")).to_contain_text("请勿重复办理")
        await expect(manager.part("cancel")).to_have_count(0)
        await expect(manager.part("result")).to_have_attribute("data-ending", "opened")
    told = await manager.told_phases()
    assert "CORE_UNKNOWN" in told
    assert told.index("CORE_UNKNOWN") < told.index("CLOSED opened")
    await journey.compare()


async def test_f18_a_lost_request_is_sent_again_under_the_same_serial(manager: Manager, journey: Journey) -> None:
    await journey.world.core("fault", name="core.drop_request", nth=1)
    await manager.enter()
    async with customer(journey):
        await manager.begin()
        assert await manager.answer(YES) == "opened"
    assert "CORE_UNKNOWN" in await manager.told_phases()
    assert len([it for it in journey.lines if (it["kind"], it["action"]) == ("doing", "submit")]) == 2
    await journey.compare()


async def test_f19_a_double_tap_on_the_last_confirmation_asks_the_bank_once(manager: Manager, journey: Journey) -> None:
    await manager.enter()
    async with customer(journey):
        await manager.begin()
        await manager.asked("one last time")
        question = await manager.part("question").element_handle()
        await manager.part("choice-yes").dblclick()
        assert question is not None
        await question.wait_for_element_state("hidden")
        assert await manager.answer({}) == "opened"
    await expect(manager.page.get_by_role("alert")).to_have_count(0)
    await manager.told_phases()
    assert len([it for it in journey.lines if (it["kind"], it["action"]) == ("doing", "submit")]) == 1
    await journey.compare()


async def test_f20_a_card_that_is_not_taken_is_retracted_and_the_manager_chooses_reversal(
    manager: Manager, journey: Journey
) -> None:
    voucher = await journey.next_voucher()
    await journey.world.kit("auto", device="box", take_after_s=None)
    await manager.enter()
    async with customer(journey):
        await manager.begin()
        assert await manager.answer({**YES, "not_taken": "reverse"}) == "reversed"
    await expect(manager.part("result")).to_contain_text("the card is not valid")
    assert "CARD_NOT_TAKEN" in await manager.told_phases()
    assert (await journey.box_place(voucher), await journey.kit_state(voucher)) == ("bin", "void_pending")
    await journey.compare()
