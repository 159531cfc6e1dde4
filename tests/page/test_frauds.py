"""A kit that sees, in a browser: the camera page, a forged number marked (F03), a print of a face refused (F05)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from customer import FRONT, customer
from journey import Journey
from manager import Manager
from paged import PagedWorld
from playwright.async_api import expect

from padkit_sim.demo.hands import Hands

NUMBER, PRINTED = "999999199003071234", "999999199003072134"  # in the chip, and in the picture for F03
pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the page


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def seeing(world: PagedWorld) -> AsyncIterator[None]:
    """The agent has eyes for these tests."""
    before, world.has = world.has, ("camera", "ocr", "liveness", "pin")
    await world.stop_agent()
    await world.start_agent()
    yield
    world.has = before
    await world.stop_agent()
    await world.start_agent()


async def test_f03_two_swapped_digits_are_named_and_the_manager_stops(manager: Manager, journey: Journey) -> None:
    await manager.enter()
    async with customer(journey, Hands(journey.world, "front-test_a-swapped.jpg")):
        await manager.begin()
        await manager.asked("Chip and card differ")
        await expect(manager.part("question")).to_contain_text("number 15, 16")
        number = manager.part("compare-number")
        await expect(number).not_to_have_attribute("data-verdict", "same")
        await expect(number.locator(".marked")).to_have_text(["15", "16"])
        await expect(manager.part("compare-name")).to_have_attribute("data-verdict", "same")
        shown = await manager.page.content()
        assert NUMBER not in shown
        assert PRINTED not in shown
        await manager.inspect("the difference")
        assert await manager.answer({"document_differs": "stop"}) == "refused"
    await expect(manager.part("result")).to_contain_text("no card was opened")
    assert "CARD_STAGED" not in await manager.told_phases()
    await journey.compare()


async def test_f05_a_print_of_a_face_is_refused_before_a_card_moves(manager: Manager, journey: Journey) -> None:
    await manager.enter()
    async with customer(journey, Hands(journey.world, FRONT, "print")):
        await manager.begin()
        await manager.asked("The face check failed")
        await expect(manager.part("question")).to_contain_text("living person")
        assert await manager.answer({"face_failed": "stop"}) == "refused"
    await expect(manager.part("result")).to_contain_text("face.not_live")
    assert "CARD_STAGED" not in await manager.told_phases()
    await journey.compare()


async def test_the_camera_page_shows_what_is_seen_and_what_to_mend(manager: Manager, journey: Journey) -> None:
    kit, hint = journey.world.kit, manager.part("hint")
    await manager.enter()
    await manager.begin()
    camera = manager.part("camera")
    await expect(camera).to_have_attribute("data-view", "document")
    await expect(manager.part("guide")).to_contain_text("portrait")
    await expect(manager.part("frame")).to_be_visible()
    assert await manager.part("frame").evaluate("it => it.decode().then(() => it.naturalWidth)") > 100
    await expect(hint).to_contain_text("No card is seen")
    await kit("camera", action="lay_document", item="back-test_a.jpg")
    await expect(hint).to_contain_text("Show the other side")
    await manager.inspect("the camera page")
    await kit("camera", action="lay_document", item=FRONT)
    await expect(manager.part("guide")).to_contain_text("emblem")
    await kit("camera", action="lay_document", item="back-test_a.jpg")
    await expect(camera).to_have_attribute("data-view", "face")
    await expect(hint).to_contain_text("No face is seen")
    flow = manager.page.url.rpartition("/")[2]
    frame = f"fetch('/v1/flows/{flow}/frame').then((it) => [it.status, it.headers.get('Cache-Control')])"
    assert await manager.page.evaluate(frame) == [200, "no-store"]
    await manager.part("cancel").click()
    await expect(manager.part("result")).to_have_attribute("data-ending", "cancelled")
    await expect(camera).to_have_count(0)
    await kit("camera", action="take_document")
