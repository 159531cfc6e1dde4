"""The customer's documents at the page: shown page by page, read to the end before "sign" wakes, signed on the pad."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from journey import SPEED
from manager import Manager
from paged import PagedWorld
from playwright.async_api import Browser, Locator, expect

from padkit_sim.demo.files import FORM
from padkit_sim.demo.hands import Hands

pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("document_fonts")]
DOCUMENTS = (
    "Consent to the processing of personal information",
    "Account opening and card application form",
    "Account agreement and debit card charter",
    "Notice and pledge: liability for lending, renting or selling accounts",
    "Individual tax-residency self-certification",
)


# A machine with a Chinese voice: what the browser has of it.
VOICE = """window.spoken = [];
const voice = { lang: "zh-CN", localService: true, name: "test", voiceURI: "test", default: false };
const engine = { getVoices: () => [voice], speak: (it) => window.spoken.push(it.text), cancel: () => undefined,
  addEventListener: () => undefined, removeEventListener: () => undefined };
Object.defineProperty(window, "speechSynthesis", { value: engine });
window.SpeechSynthesisUtterance = function (text) { this.text = text; };"""


class SigningWorld(PagedWorld):
    """A world whose kit has a signature pad, too."""

    has = ("pin", "pad")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def signing_world(tmp_path_factory: pytest.TempPathFactory, libssl3: None) -> AsyncIterator[SigningWorld]:
    async with SigningWorld(tmp_path_factory.mktemp("s"), kit_file="demo", speed=SPEED) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def reader(signing_world: SigningWorld, browser: Browser) -> AsyncIterator[Manager]:
    """A manager who has begun a card opening and holds the first document before the customer."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(Manager.PATIENCE_MS)
    made = Manager(signing_world, await context.new_page())
    await signing_world.lay_identity_card("test_a")
    await signing_world.kit("auto", device="box", take_after_s=1.0)
    await made.enter()
    await made.begin()
    await made.asked("reads this to the end")
    yield made
    for flow in (await signing_world.agent("GET", "/v1/flows"))["flows"]:
        await signing_world.agent("POST", f"/v1/flows/{flow['id']}/cancel")
    await context.close()
    assert made.complaints == []


async def shown(manager: Manager) -> dict[str, Any]:
    """Which document the agent shows now."""
    (flow,) = (await manager.world.agent("GET", "/v1/flows"))["flows"]
    return await manager.world.agent("GET", f"/v1/flows/{flow['id']}/document")


async def read_on(manager: Manager, pages: int) -> Locator:
    """Bring the end of each page into sight; return the button that says so."""
    for page in range(1, pages + 1):
        await expect(manager.part(f"page-{page}")).to_have_js_property("complete", True)
        await manager.page.locator(f"[data-end='{page}']").scroll_into_view_if_needed()
        left = f"not in sight yet: {pages - page}" if page < pages else "Every page was in sight"
        await expect(manager.part("document-left")).to_contain_text(left)
    return manager.part("choice-read")


async def sign(manager: Manager) -> None:
    """The customer signs on the pad."""
    await Hands(manager.world, "")({"kind": "doing", "action": "sign_document"})


async def test_sign_wakes_when_every_page_was_in_sight_and_name_and_digest_stand_there(reader: Manager) -> None:
    told = await shown(reader)
    await expect(reader.part("document-title")).to_have_text(DOCUMENTS[0])
    await expect(reader.part("document-digest")).to_have_text(told["digest"][:8])
    await expect(reader.part("page-1")).to_have_js_property("complete", True)
    assert await reader.part("page-1").evaluate("(it) => it.naturalWidth") > 1000
    await expect(reader.part("choice-read")).to_be_disabled()
    await reader.inspect("a document")
    await expect(await read_on(reader, told["pages"])).to_be_enabled()
    await reader.press("中文")
    await expect(reader.part("document-title")).to_have_text("个人信息处理授权书")
    await reader.press("English")


async def test_without_a_voice_of_its_own_the_page_asks_a_person_to_read(reader: Manager) -> None:
    assert await reader.page.evaluate("speechSynthesis.getVoices().filter((it) => it.localService)") == []
    await expect(reader.part("no-voice")).to_contain_text("Please read it to the customer")
    await expect(reader.part("aloud")).to_have_count(0)


async def test_a_voice_reads_the_wording_and_nothing_of_the_customer(reader: Manager) -> None:
    await reader.page.add_init_script(VOICE)
    await reader.page.reload()
    await reader.asked("reads this to the end")
    await reader.part("aloud").click()
    await expect(reader.part("aloud-stop")).to_be_visible()
    spoken = "".join(await reader.page.evaluate("window.spoken"))
    assert "个人信息处理授权书" in spoken
    assert "本人已阅读并理解以上内容" in spoken
    assert FORM["phone"] not in spoken
    assert FORM["home_addr"] not in spoken
    await reader.part("aloud-stop").click()
    await expect(reader.part("aloud")).to_be_visible()
    await reader.inspect("a document that can be read aloud")


async def test_a_reload_begins_reading_anew(reader: Manager) -> None:
    told = await shown(reader)
    await read_on(reader, told["pages"])
    await reader.page.reload()
    await reader.asked("reads this to the end")
    await reader.page.evaluate("window.scrollTo(0, 0)")
    await expect(reader.part("choice-read")).to_be_disabled()


async def test_a_customer_who_will_not_sign_is_no_opened_card(reader: Manager) -> None:
    await reader.part("choice-refused").click()
    await expect(reader.part("result")).to_have_attribute("data-ending", "cancelled")
    await expect(reader.part("result")).to_contain_text("did not want to sign")


async def test_five_documents_are_read_and_signed_and_the_card_is_opened(reader: Manager) -> None:
    for title in DOCUMENTS:
        await expect(reader.part("document-title")).to_have_text(title)
        told = await shown(reader)
        await (await read_on(reader, told["pages"])).click()
        await expect(reader.page.get_by_role("heading", name="The customer signs on the pad")).to_be_visible()
        await expect(reader.part("document-digest")).to_have_text(told["digest"][:8])
        await sign(reader)
    await reader.enter_pin("The customer enters the PIN for the first time", "The customer enters the PIN once more")
    await reader.asked("one last time")
    await reader.part("choice-yes").click()
    await expect(reader.part("result")).to_have_attribute("data-ending", "opened")
