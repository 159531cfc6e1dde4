"""What a manager does at the page, by what is seen there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from office import HOLDER, PASSCODE
from playwright.async_api import ConsoleMessage, Locator, Page, expect

from padkit_sim.demo import files
from padkit_sim.demo.world import World

AXE = Path(__file__).parents[2] / "agent" / "ui" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}
SIZES = ((1280, 800), (800, 1280))
SMALLEST_PX = 48
PIN = "246813"
INTERVIEW = ("cdd_questions", "form")
SECOND, SECOND_FIELD = "Wang Fang", "Name of the second person"
ENDINGS = """window.told = [];
new MutationObserver(() => {
  const phase = document.querySelector("[data-test=phase]")?.dataset.phase ?? "";
  const ending = document.querySelector("[data-test=result]")?.dataset.ending ?? "";
  const now = `${phase} ${ending}`.trim();
  if (now && window.told.at(-1) !== now) window.told.push(now);
}).observe(document, { subtree: true, childList: true, attributes: true });"""
TARGETS = "button, a[href], input:not([type=checkbox]), select, label.tick"


# What stands beyond the screen's edge, or has a text that its own box cuts off.
CUT_OFF = """[...document.querySelectorAll("button, a[href], input, select, p, h1, h2, h3, li, label, code, figcaption, svg")]
  .filter((it) => it.getClientRects().length)
  .filter((it) => {
    const { left, right } = it.getBoundingClientRect();
    const cuts = getComputedStyle(it).overflowX !== "visible" && !["INPUT", "SELECT", "svg"].includes(it.tagName);
    return left < -1 || right > window.innerWidth + 1 || (cuts && it.scrollWidth > it.clientWidth + 1);
  })
  .map((it) => it.outerHTML.slice(0, 200))"""


class Manager:
    """One browser tab. `complaints` are what the page's Content-Security-Policy or its scripts said."""

    PATIENCE_MS: ClassVar[float] = 60_000.0

    def __init__(self, world: World, page: Page) -> None:
        self.world = world
        self.page = page
        self.complaints: list[str] = []
        self.interviews = True  # questions and form are filled in by themselves
        page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        page.on("console", self._heard)
        expect.set_options(timeout=self.PATIENCE_MS)

    def _heard(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    async def launch(self) -> None:
        """Open the page as the command line says, in English."""
        if self.interviews:
            await self.interview()
        await self.page.add_init_script(ENDINGS)
        url = (await self.world.agent_cli("page", "--config", files.AGENT)).splitlines()[0]
        await self.page.goto(url)
        await self.press("English")

    async def sign_in(self, passcode: str = PASSCODE) -> None:
        """Sign the holder in; the passcode may be wrong."""
        await self.page.get_by_label("Name", exact=True).fill(HOLDER)
        await self.page.get_by_label("Passcode").fill(passcode)
        await self.press("Sign in")

    async def enter(self) -> None:
        """Launch, sign in, and see the home page."""
        await self.launch()
        await self.sign_in()
        await self.see("heading", f"Hello, {HOLDER}")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    async def press(self, name: str) -> None:
        await self.button(name).click()

    async def press_link(self, name: str) -> None:
        await self.page.get_by_role("link", name=name, exact=True).click()

    async def see(self, role: Any, name: str) -> Locator:
        found = self.page.get_by_role(role, name=name)
        await expect(found).to_be_visible()
        return found

    def part(self, name: str) -> Locator:
        return self.page.locator(f"[data-test={name!r}]")

    async def fill_form(self) -> None:
        """Fill what is asked before a card opening begins; it says itself when nothing is missing."""
        await self.page.get_by_label("Mobile number").fill("13800000000")
        await expect(self.part("missing")).to_have_count(0)

    async def fill_sheet(self) -> None:
        """Write down what the customer answers to the questions, and that it is so."""
        await self.page.locator("#open_purpose").select_option("farming")
        await self.page.locator("#occupation").select_option("farmer")
        for name, said in (("purpose", "crop sales"), ("income", "3000"), ("source", "the dealer")):
            await self.page.locator(f"#cdd_answers-{name}").fill(said)
        for name, answer in (("coached", "No"), ("asked_to_lend", "No"), ("own_phone", "Yes"), ("aware", "Yes")):
            await self.page.locator(f"#cdd_answers-{name}").select_option(answer)

    async def fill_account(self) -> None:
        """Fill the form of the account; all but the address stands there already."""
        await self.page.locator("#home_addr").fill("虚构省样例市测试路1号")

    async def interview(self) -> None:
        """From now on questions and form are filled in as soon as they are asked, whatever else is looked for."""
        for asks, fill, choice in (
            ("cdd_questions", self.fill_sheet, "answered"),
            ("form", self.fill_account, "filled"),
        ):
            await self.page.add_locator_handler(
                self.page.locator(f"[data-asks={asks}]"), partial(self._interviewed, fill, choice)
            )

    async def _interviewed(self, fill: Callable[[], Awaitable[None]], choice: str) -> None:
        await fill()
        await self.part(f"choice-{choice}").click()

    async def interviewed(self, asks: str) -> None:
        """Wait until a question of the interview was filled in by itself."""
        await expect(self.page.locator(f"[data-asks={asks}]")).to_have_count(0)

    async def begin(self) -> str:
        """Begin a card opening with a double tap; return the flow's id."""
        await self.press("Open a card")
        await self.fill_form()
        await self.page.get_by_role("button", name="Begin", exact=True).dblclick()
        await self.page.wait_for_url("**/#/flow/*")
        return self.page.url.rpartition("/")[2]

    async def asked(self, text: str) -> None:
        """Wait until the flow asks this."""
        await expect(self.part("question")).to_contain_text(text)

    async def told(self, text: str) -> None:
        """Wait until a hint of what is being done says this."""
        await expect(self.part("hint")).to_contain_text(text)

    async def choose(self, choice: str, second: str = "") -> None:
        """Answer the question on the screen, with a second person where two are needed; wait until it was taken."""
        question = await self.part("question").element_handle()
        if second:
            await self.page.get_by_label(SECOND_FIELD).fill(second)
        await self.part(f"choice-{choice}").click()
        assert question is not None
        await question.wait_for_element_state("hidden")

    async def answer(self, answers: Mapping[str, str]) -> str:
        """Answer by name what is asked on the screen until the flow has ended; return how it ended."""
        result, question = self.part("result"), self.part("question")
        while True:
            await expect(result.or_(question).first).to_be_visible()
            if await result.count():
                return await result.get_attribute("data-ending") or ""
            asked = await question.get_attribute("data-asks") or ""
            if asked in INTERVIEW and asked not in answers:
                await self.interviewed(asked)
                continue
            await self.choose(answers[asked], SECOND if await question.get_by_label(SECOND_FIELD).count() else "")

    async def told_phases(self) -> list[str]:
        """Return what the flow's page said since it was loaded: each phase, and behind it the ending beside it."""
        told: list[str] = await self.page.evaluate("window.told")
        assert [it for it in told if it.endswith(" opened")] in ([], ["CLOSED opened"]), told
        return told

    async def enter_pin(self, first: str, second: str) -> None:
        """The customer enters the PIN twice at the keypad, as the page says in these words; it never shows a digit."""
        for text in (first, second):
            await self.told(text)
            await self.world.kit("hand", device="pin", action="press_keys", item=f"{PIN}E")
        assert PIN not in await self.page.content()

    async def inspect(self, where: str, least_px: int = SMALLEST_PX) -> None:
        """Axe finds nothing serious, no target is too small, nothing is cut off, in either orientation."""
        for width, height in SIZES:
            await self.page.set_viewport_size({"width": width, "height": height})
            if not await self.page.evaluate("'axe' in window"):
                await self.page.evaluate(AXE.read_text(encoding="utf-8"))
            seen = await self.page.evaluate("axe.run()")
            serious = [f"{it['id']}: {it['nodes'][0]['html']}" for it in seen["violations"] if it["impact"] in SERIOUS]
            assert not serious, (where, width, serious)
            small = await self.page.evaluate(
                "([wanted, least]) => [...document.querySelectorAll(wanted)]"
                ".filter((it) => it.getBoundingClientRect().height < least).map((it) => it.outerHTML)",
                [TARGETS, least_px],
            )
            assert not small, (where, width, small)
            wide = await self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            assert not wide, f"{where} at {width}: it must be scrolled sideways"
            cut = await self.page.evaluate(CUT_OFF)
            assert not cut, (where, width, cut)
