"""The kit page in a real browser: how soon it paints, answers a tap, shows a device's new state, and what its scripts weigh.

Debian's Chromium without a window, one whole kit behind it (central, core, simulated kit, agent), everything on loopback. A time
ends when the frame that shows the change has been painted: the second animation frame after the change of the document.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from benchmarks import ground
from benchmarks.figures import Figure, Goal, Result
from benchmarks.stats import median, quantile
from padkit_sim.demo import files
from padkit_sim.demo.play import Line, watching
from padkit_sim.demo.process import start
from padkit_sim.demo.world import ENTITY, KIT, LOOK_S, World

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
)
BUILT = ground.ROOT / "agent" / "padkit_agent" / "page" / "assets"
HOLDER, PASSCODE, PASSCODE_FILE = "Li Lei", "135790", "passcode.TEST-ONLY"
PAINTS, TAPS, PLUGS = 30, 80, 15
SHOWN_S = 60.0
WATCHED = """window.reactions = []; window.icons = []; window.arrived = [];
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(...words) {
    super(...words);
    this.addEventListener("message", (it) => {
      const line = JSON.parse(it.data);
      if (line.kind === "device" && line.device === "reader") window.arrived.push([line.state, Date.now()]);
    });
  }
};
let tapped = 0;
const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
addEventListener("click", (it) => { tapped = it.timeStamp; }, true);
new MutationObserver(() => {
  if (!tapped) return;
  const begun = tapped; tapped = 0;
  painted(() => window.reactions.push(performance.now() - begun));
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
let icon = "";
new MutationObserver(() => {
  const now = document.querySelector("[data-test=device-reader] .badge")?.textContent?.trim() ?? "";
  if (now && now !== icon) { icon = now; painted(() => window.icons.push([now, Date.now()])); }
}).observe(document, { subtree: true, childList: true, characterData: true });"""
REACTED = """async (before) => {
  while (window.reactions.length <= before) await new Promise((then) => requestAnimationFrame(then));
}"""
FIRST_PAINT = """async () => {
  const seen = () => performance.getEntriesByName("first-contentful-paint")[0];
  while (!seen()) await new Promise((then) => requestAnimationFrame(then));
  return seen().startTime;
}"""


class PageWorld(World):
    """A world whose agent serves the built page to a holder that central names."""

    async def start_agent_locked(self) -> None:
        """Start the agent with its page."""
        (self.folder / PASSCODE_FILE).write_text(PASSCODE + "\n")
        named = ("--name", HOLDER, "--passcode-file", PASSCODE_FILE)
        await self.central_cli("kit", "holder", KIT, *named, "--config", files.CENTRAL)
        files.write_agent_settings(self.folder, KIT, ENTITY, self.central_url, ())
        with (self.folder / files.AGENT).open("a", encoding="utf-8") as settings:
            settings.write('\n[page]\nlisten = "127.0.0.1:0"\n')
        command = (*self.agent_command, "--config", files.AGENT)
        self.children["agent"] = await start("agent", command, self.folder, self._environment)


def measure() -> Result:
    """Stand a kit up and look at its page."""
    with ground.folder() as folder:
        paints_ms, taps_ms, icons_ms = asyncio.run(_measure(folder))
    weight_kb = script_kb(BUILT)
    return Result(
        {
            **_both("first_paint", paints_ms, 1000),
            **_both("tap_to_reaction", taps_ms, 100),
            **_both("device_event_to_icon", icons_ms, 200),
            "script_gzipped": Figure(weight_kb, "kB", Goal("<", 400)),
        },
        (
            "first_paint: first contentful paint after the launch address was opened, nothing cached",
            "tap_to_reaction: from the click to the frame that shows the first change; links and languages in turn",
            "device_event_to_icon: from the agent's event, as the first of two listeners has it, to the frame with the new state",
            "script_gzipped: all scripts of the page together, also those that are loaded later",
        ),
    )


def script_kb(folder: Path) -> float:
    """Return what all scripts of the built page weigh, gzipped each."""
    found = list(folder.glob("*.js"))
    if not found:
        raise SystemExit(f"{folder} has no scripts: build the page (`make page`)")
    return sum(len(gzip.compress(it.read_bytes())) for it in found) / 1000


def _both(name: str, samples_ms: Sequence[float], limit_ms: float) -> dict[str, Figure]:
    goal = Goal("<", limit_ms)
    return {
        f"{name}_p50": Figure(median(samples_ms), "ms", goal, None, samples_ms),
        f"{name}_p95": Figure(quantile(samples_ms, 0.95), "ms", goal),
    }


async def _measure(folder: Path) -> tuple[list[float], list[float], list[float]]:
    async with PageWorld(folder, kit_file="demo") as world, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        paints = [await _paint(world, browser) for _ in range(PAINTS)]
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(SHOWN_S * 1000)
        await page.add_init_script(WATCHED)
        await _enter(world, page)
        taps = await _tap(page)
        icons = await _plug(world, page)
        await browser.close()
    return paints, taps, icons


async def _paint(world: World, browser: Browser) -> float:
    """Open the page in a browser that was never here; milliseconds to its first paint."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto((await world.agent("POST", "/v1/page/launch"))["url"])
    shown: float = await page.evaluate(FIRST_PAINT)
    await context.close()
    return shown


async def _enter(world: World, page: Page) -> None:
    await page.goto((await world.agent("POST", "/v1/page/launch"))["url"])
    await page.get_by_role("button", name="English").click()
    await page.get_by_label("Name", exact=True).fill(HOLDER)
    await page.get_by_label("Passcode").fill(PASSCODE)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name=f"Hello, {HOLDER}").wait_for()


async def _tap(page: Page) -> list[float]:
    """Tap links and languages in turn, each once the last one has reacted."""
    await page.evaluate("window.reactions = []")
    rounds = (("link", "Kit"), ("button", "中文"), ("button", "English"), ("link", "Home"))
    for number in range(TAPS):
        role, name = rounds[number % len(rounds)]
        await page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]  # one of two roles
        await page.evaluate(REACTED, number)
    taps: list[float] = await page.evaluate("window.reactions")
    return taps


async def _plug(world: World, page: Page) -> list[float]:
    """Unplug the reader and plug it again; milliseconds from each event of the agent to the icon."""
    events: list[tuple[str, float]] = []
    took: list[float] = []
    async with watching(world) as lines:
        reading = asyncio.create_task(_read(lines, events))
        try:
            for number in range(PLUGS):
                await world.kit("unplug", device="reader")
                took.append(await _shown(page, events, "absent", "Not plugged"))
                await world.kit("plug", device="reader", tty=f"ttyUSB{7 + number % 2}")
                took.append(await _shown(page, events, "ready", "Ready"))
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
    return took


async def _read(lines: Any, events: list[tuple[str, float]]) -> None:
    line: Line
    async for line in lines:
        if (line["kind"], line.get("device")) == ("device", "reader"):
            events += [(line["state"], time.time() * 1000)]


async def _shown(page: Page, events: list[tuple[str, float]], state: str, word: str) -> float:
    """Wait for the agent's event and the page's icon; milliseconds between them."""
    until_s = time.monotonic() + SHOWN_S
    while time.monotonic() < until_s:
        icons: list[tuple[str, float]] = await page.evaluate("window.icons")
        arrived: list[tuple[str, float]] = await page.evaluate("window.arrived")
        heard = [at for name, at in (*events, *arrived) if name == state]
        at = min(heard) if heard else None
        shown = next((at for name, at in icons if name.endswith(word)), None)
        if at is not None and shown is not None:
            events.clear()
            await page.evaluate("window.icons = []; window.arrived = []")
            return shown - at
        await asyncio.sleep(LOOK_S)
    raise SystemExit(f"the page does not show {word!r} for the reader: {icons}, the agent said {events}")
