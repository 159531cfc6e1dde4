"""The authoriser's page in a browser beside a kit whose case waits: yes, back to be mended, no, and never one's own case."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from journey import SPEED, Journey, ReadyWorld
from manager import AXE, SERIOUS
from office import HOLDER, LI, WANG, Office
from playwright.async_api import Browser, Page, expect

from padkit_sim.demo import files
from padkit_sim.demo.hands import Hands
from padkit_sim.demo.process import program
from padkit_sim.demo.world import POLICY

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("document_fonts"),
]  # a busy machine is no fault of the page
FRONT = "front-test_a.jpg"
MEND = {"what": "mend", "choice": "mended", "by": ["demo script"], "fields": {"open_purpose": "salary"}}
ALONE = '[[waivers]]\nid = "demo-manager"\nbusiness = ["ACC-01"]\ncovers = ["fp_manager"]\nreason = "none"\n'
LINK = re.compile(r"http://127\.0\.0\.1:\d+/\?token=\S+")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def standing(tmp_path_factory: pytest.TempPathFactory, libssl3: None) -> AsyncIterator[Journey]:
    folder: Path = tmp_path_factory.mktemp("authoriser")
    policy = folder / "policy.toml"
    text = POLICY.read_text(encoding="utf-8")
    needed = re.sub(r'(id = "demo-authoriser"\nbusiness = \[)"ACC-01", ', r"\1", text)
    policy.write_text(needed + "\n" + ALONE + 'approved_by = "TEST ONLY"\nuntil = "2036-12-31"\n', encoding="utf-8")
    played = Journey(folder / "w")
    played.world = ReadyWorld(played.folder, kit_file="demo", speed=SPEED, policy=policy)
    played.world.pins = played.world.signs = True
    async with played.world:
        await Office(played).open()
        yield played


@pytest_asyncio.fixture(loop_scope="session")
async def journey(standing: Journey) -> AsyncIterator[Journey]:
    await standing.begin()
    standing.hands = Hands(standing.world, FRONT)
    yield standing
    await standing.clean_up()


@asynccontextmanager
async def seated(journey: Journey, browser: Browser, who: str) -> AsyncIterator[Page]:
    """The page of `who`, served by the command that people start, in English."""
    words = ("authorise", "page", "--config", files.CENTRAL, "--operator", who, "--password-file", files.PASSWORD)
    served = await asyncio.create_subprocess_exec(
        program("padkit-central"), *words, cwd=journey.folder, stdout=asyncio.subprocess.PIPE
    )
    assert served.stdout is not None
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    try:
        link = LINK.search((await served.stdout.readline()).decode())
        assert link is not None
        page = await context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda problem: problems.append(str(problem)))
        page.on("console", lambda it: problems.append(it.text) if "Content Security Policy" in it.text else None)
        await page.goto(link[0])
        await expect(page.locator("#who")).to_have_text(f"signs as {who} (demo)")
        yield page
        assert problems == []
    finally:
        await context.close()
        served.terminate()
        assert await served.wait() == 0


async def waiting(journey: Journey, *answers: dict[str, Any]) -> asyncio.Task[dict[str, Any]]:
    """Begin an opening and let it come to the authoriser."""
    journey.lines.clear()
    opening = asyncio.create_task(journey.open(*answers))
    await journey.until(lambda it: it.get("note") == "auth.queued")
    return opening


async def take(page: Page) -> None:
    await page.locator("#queue button").first.click()
    await page.locator("[data-test=take]").click()
    await expect(page.locator("#case-state")).to_contain_text("s left")


async def see_files(page: Page) -> None:
    """A picture with the mark of who looks; a document that opens by itself."""
    picture = page.locator("[data-test=file][data-type=id_ocr_front]")
    await picture.locator("button").click()
    await expect(picture.locator("img")).to_be_visible()
    assert await picture.locator("img").evaluate("it => it.decode().then(() => it.naturalWidth)") > 100
    await expect(picture.locator(".mark")).to_contain_text(WANG)
    link = page.locator("[data-test=file][data-type=sign_form] a").first
    document = await page.request.get(page.url.rstrip("/") + (await link.get_attribute("href") or ""))
    assert (document.status, document.headers["content-type"]) == (200, "application/pdf")
    assert document.headers["cache-control"] == "no-store"
    assert (await document.body()).startswith(b"%PDF")


async def decide(page: Page, act: str) -> None:
    await page.locator(f"[data-test={act}]").click()
    await page.locator("[data-test=sure]").click()


async def inspect(page: Page) -> None:
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("axe.run()")
    assert [it["id"] for it in found["violations"] if it["impact"] in SERIOUS] == []


async def test_an_authoriser_sees_a_case_and_approves_it(journey: Journey, browser: Browser) -> None:
    opening = await waiting(journey)
    async with seated(journey, browser, WANG) as page:
        await inspect(page)
        await page.locator("#queue button").first.click()
        await expect(page.locator(".files")).to_contain_text("take the case to look at them")
        await page.locator("[data-test=take]").click()
        await see_files(page)
        await expect(page.locator("#case-title")).to_have_text("Open personal debit card")
        await expect(page.locator("#case-body")).to_contain_text("May not decide")
        await expect(page.locator("#case-body")).to_contain_text("waived by policy")
        assert "999999199003071234" not in await page.content()
        await inspect(page)
        await decide(page, "approve")
        await expect(page.locator("#case-state")).to_contain_text("The approval holds until")
        await page.locator("#language").click()
        await expect(page.locator("#case-title")).to_have_text("个人开卡")
        await expect(page.locator("#case-state")).to_contain_text("授权有效到")
    assert (await opening)["phase"] == "CLOSED"
    await journey.compare()


async def test_a_case_is_returned_with_parts_and_a_reason_and_then_refused(journey: Journey, browser: Browser) -> None:
    opening = await waiting(journey, MEND)
    async with seated(journey, browser, LI) as page:
        await take(page)
        await expect(page.locator("[data-test=return]")).to_be_disabled()
        await expect(page.locator("[data-test=refuse]")).to_be_disabled()
        await page.locator("#reason").fill("the purpose does not fit")
        await page.locator("input[value=open_purpose]").check()
        await decide(page, "return")
        await expect(page.locator("#case-state")).to_contain_text("returned")
        await expect(page.locator("#queue button")).to_contain_text("round 2")
        await take(page)
        await page.locator("#reason").fill("<b>no</b>")
        await decide(page, "refuse")
        await expect(page.locator("#case-body")).to_contain_text("<b>no</b>")
    ended = await opening
    assert (ended["phase"], ended["note"]) == ("REFUSED", "auth.refused: <b>no</b>")


async def test_nobody_decides_on_a_case_of_his_own(journey: Journey, browser: Browser) -> None:
    own = HOLDER.casefold().replace(" ", ".")
    if not (journey.folder / own).exists():
        await journey.world.central_cli("ca", "operator", "ca", own, "--out", own)
        await Office(journey).user(own)
    opening = await waiting(journey)
    (flow,) = (await journey.world.agent("GET", "/v1/flows"))["flows"]
    async with seated(journey, browser, own) as page:
        await page.locator("#queue button").first.click()
        await page.locator("[data-test=take]").click()
        await expect(page.locator("#told")).to_contain_text("took part in this case")
        await journey.world.agent("POST", f"/v1/flows/{flow['id']}/cancel")
        await expect(page.locator("#told")).to_contain_text("does not wait any more")
    assert (await opening)["phase"] == "CANCELLED"


async def test_a_link_lets_one_browser_in_and_no_other_page_in(journey: Journey, browser: Browser) -> None:
    async with seated(journey, browser, WANG) as page:
        origin = page.url.rstrip("/")
        stranger = await browser.new_context()
        try:
            for path in ("/", "/queue", "/desk.js", "/?token=guessed"):
                told = await stranger.request.get(origin + path, max_redirects=0)
                assert told.status == 403, path
        finally:
            await stranger.close()
        forged = await page.request.post(f"{origin}/x/take", headers={"Origin": "http://127.0.0.1:1"}, data="{}")
        silent = await page.request.post(f"{origin}/x/take", data="{}")
        assert (forged.status, silent.status) == (403, 403)
        assert "default-src 'self'" in (await page.request.get(f"{origin}/queue")).headers["content-security-policy"]


async def test_a_service_that_is_away_is_told_and_waited_for(journey: Journey, browser: Browser) -> None:
    async with seated(journey, browser, WANG) as page:
        await journey.world.children.pop("central").stop()
        await expect(page.locator("#told")).to_contain_text("central does not answer")
        await journey.world.start_central()
        await expect(page.locator("#told")).to_have_text("")


async def test_each_text_is_there_in_both_languages(journey: Journey, browser: Browser) -> None:
    async with seated(journey, browser, WANG) as page:
        zh, en = await page.evaluate(
            "import('/texts.js').then(({ TEXTS }) => [TEXTS.zh, TEXTS.en].map((it) => Object.keys(it)))"
        )
        assert zh == en
