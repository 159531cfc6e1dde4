"""Plays the story of the page and keeps a picture of each step, in both languages, for the documentation: `make screenshots`."""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chromium import launch
from customer import FRONT, customer
from journey import SPEED, Journey
from manager import Manager
from paged import PagedWorld
from PIL import Image
from playwright.async_api import async_playwright, expect

from padkit_sim.demo.hands import Hands

SIZE = {"width": 1280, "height": 800}
SHOWN = (960, 600)
MOST_BYTES = 60_000
QUALITIES = (80, 60, 40, 20)
LANGUAGES: Mapping[str, str] = {"zh": "中文", "en": "English"}
UNKNOWN_S = 12.0  # longer than the core may take: the result is not known for a while


class Album:
    """The folder of pictures."""

    def __init__(self, folder: Path, manager: Manager) -> None:
        self._folder = folder
        self._manager = manager
        folder.mkdir(parents=True, exist_ok=True)

    async def keep(self, step: str) -> None:
        """Keep the screen as it is now, in both languages; English last."""
        for language, button in LANGUAGES.items():
            await self._manager.press(button)
            await self._manager.page.evaluate("document.fonts.ready")
            taken = await self._manager.page.screenshot(animations="disabled", caret="hide")
            (self._folder / f"{step}.{language}.webp").write_bytes(small(taken))


def small(png: bytes) -> bytes:
    """Return a picture as WebP of at most `MOST_BYTES`."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").resize(SHOWN, Image.Resampling.LANCZOS)
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    raise SystemExit(f"a screen has more than {MOST_BYTES} bytes at quality {QUALITIES[-1]}; show less on it")


class Posing(Hands):
    """A customer who waits before the camera and at the keypad until the picture is taken."""

    def __init__(self, journey: Journey, album: Album, manager: Manager, front: str) -> None:
        super().__init__(journey.world, front)
        self._journey = journey
        self._album = album
        self._manager = manager
        self._posed = False

    async def __call__(self, line: dict[str, Any]) -> None:
        if line.get("note") == "pin.entry 1/2":
            await self._album.keep("pin")
        if line.get("action") == "read_document" and not self._posed:
            self._posed = True
            await self._journey.world.kit("camera", action="lay_document", item="back-test_a.jpg")
            await expect(self._manager.part("hint")).to_contain_text("Show the other side")
            await self._album.keep("camera")
        await super().__call__(line)


async def read_and_sign(manager: Manager, until: str) -> None:
    """Let the customer read and sign each document until the flow asks `until`."""
    while True:
        await expect(manager.part("question")).to_be_visible()
        if await manager.part("question").get_attribute("data-asks") == until:
            return
        await expect(manager.part("page-1")).to_have_js_property("complete", True)
        for page in range(1, 1 + await manager.page.locator("[data-end]").count()):
            await expect(manager.part(f"page-{page}")).to_have_js_property("complete", True)
            await manager.page.locator(f"[data-end='{page}']").scroll_into_view_if_needed()
        await manager.choose("read")


async def forged(manager: Manager, journey: Journey, album: Album) -> None:
    """A card whose printed number has two digits swapped."""
    async with customer(journey, Hands(journey.world, "front-test_a-swapped.jpg")):
        await manager.press("Open a card")
        await manager.fill_form()
        await album.keep("form")
        await manager.press("Begin")
        await manager.asked("reads this to the end")
        await expect(manager.part("page-1")).to_have_js_property("complete", True)
        await album.keep("document")
        await read_and_sign(manager, "document_differs")
        await manager.part("compare-number").scroll_into_view_if_needed()
        await album.keep("compare")
        await manager.choose("stop")
        await expect(manager.part("result")).to_be_visible()
        await album.keep("refused")


async def opened(manager: Manager, journey: Journey, album: Album) -> None:
    """A good opening whose result is not known for a while."""
    await journey.world.core("fault", name="core.slow", nth=1, args={"seconds": UNKNOWN_S})
    await journey.begin(take_after_s=None)
    async with customer(journey, Posing(journey, album, manager, FRONT)):
        await manager.begin()
        await read_and_sign(manager, "confirm")
        await manager.part("give").click()
        await album.keep("customer")
        await manager.part("choice-yes").click()
        await expect(manager.part("phase")).to_have_attribute("data-phase", "CORE_UNKNOWN")
        await album.keep("unknown")
        await expect(manager.part("take-left")).to_be_visible()
        await album.keep("gate")
        await journey.world.kit("hand", device="box", action="take_card")
        await expect(manager.part("result")).to_have_attribute("data-ending", "opened")
    await manager.press("I am the manager")
    await manager.sign_in()
    await expect(manager.part("result")).to_be_visible()
    await album.keep("result")


async def large(manager: Manager, album: Album) -> None:
    """The form in large type."""
    await manager.press("Open a card")
    await manager.page.get_by_label("Elderly, or needs large type").select_option("Yes")
    await manager.page.evaluate("window.scrollTo(0, 0)")
    await album.keep("large")
    await manager.press_link("Home")


async def searched(manager: Manager, album: Album) -> None:
    """Functions found by the first letters of their pinyin, and one that this kit cannot do."""
    await manager.press_link("Home")
    await manager.page.get_by_label("Find a function").fill("mm")
    await expect(manager.part("business-ACC-08")).to_be_visible()
    await album.keep("search")
    await manager.page.get_by_label("Find a function").fill("换卡")
    await manager.part("business-ACC-03").click()
    await expect(manager.part("cannot")).to_be_visible()
    await album.keep("cannot")
    await manager.press_link("Home")


async def visited(manager: Manager, album: Album) -> None:
    """A list of people, the first of whom is next."""
    await manager.page.goto(f"{manager.page.url.split('#')[0]}#/visit")
    await manager.page.get_by_label("One person a line").fill("测试样甲\n测试样乙\n测试样丙")
    await manager.press("Begin the visit")
    await expect(manager.part("person-3")).to_be_visible()
    await album.keep("visit")
    await manager.part("visit-end").click()
    await expect(manager.part("visit-summary")).to_be_visible()


async def practised(manager: Manager, folder: Path) -> None:
    """The sign-in of a practice kit, in a tab of its own."""
    await manager.press_link("Kit")
    await manager.part("practice-begin").click()
    async with manager.page.context.expect_page() as opened:
        await manager.part("practice-open").click()
    other = Manager(manager.world, await opened.value)
    await expect(other.part("practice-banner")).to_be_visible()
    await Album(folder, other).keep("practice")
    await other.page.close()
    await manager.part("practice-end").click()


async def play(folder: Path) -> None:
    """Play it on a world of its own."""
    with tempfile.TemporaryDirectory(prefix="padkit-") as place:
        world = PagedWorld(Path(place) / "w", kit_file="demo", speed=SPEED)
        world.has = ("camera", "ocr", "pin", "pad")
        async with world, async_playwright() as playwright:
            browser = await launch(playwright)
            manager = Manager(world, await (await browser.new_context(viewport=SIZE)).new_page())
            journey = Journey(world.folder)
            journey.world = world
            album = Album(folder, manager)
            await journey.begin()
            await manager.launch()
            await album.keep("sign-in")
            await manager.sign_in()
            await manager.see("heading", "Hello")
            await expect(manager.part("device-box")).to_contain_text("Ready")
            await album.keep("home")
            await searched(manager, album)
            await large(manager, album)
            await forged(manager, journey, album)
            await manager.press_link("Home")
            await opened(manager, journey, album)
            await manager.press_link("Kit")
            await manager.press("Test everything")
            await expect(manager.part("phone-code")).to_be_visible()
            await album.keep("kit")
            await visited(manager, album)
            await practised(manager, folder)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(play(Path(sys.argv[1])))
