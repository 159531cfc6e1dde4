"""The kit page's way through a real agent: launch, sign in, begin a flow, follow it, lose the line, come back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from journey import ANSWERS, KIT_FILE, SPEED, ReadyWorld
from office import HOLDER, PASSCODE, PASSCODE_FILE

from padkit_sim.demo import files
from padkit_sim.demo.play import CARD_OPEN
from padkit_sim.demo.process import start
from padkit_sim.demo.world import ENTITY, KIT

pytestmark = pytest.mark.timeout(600)  # a busy machine is no fault of the agent
LONG_S = 120.0
KNOWN = {it["what"]: it for it in ANSWERS}
TABLE = '\n[page]\nlisten = "127.0.0.1:0"\nfiles = "page"\n'


class PagedWorld(ReadyWorld):
    """A world whose agent serves a page, to a holder that central names."""

    async def start_agent_locked(self) -> None:
        (self.folder / "page").mkdir(exist_ok=True)
        (self.folder / "page" / "index.html").write_text("<!doctype html><title>built page</title>")
        if not (self.folder / PASSCODE_FILE).exists():
            (self.folder / PASSCODE_FILE).write_text(PASSCODE + "\n")
            named = ("--name", HOLDER, "--passcode-file", PASSCODE_FILE)
            await self.central_cli("kit", "holder", KIT, *named, "--config", files.CENTRAL)
        files.write_agent_settings(self.folder, KIT, ENTITY, self.central_url)
        with (self.folder / files.AGENT).open("a", encoding="utf-8") as settings:
            settings.write(TABLE)
        command = (*self.agent_command, "--config", files.AGENT)
        self.children["agent"] = await start("agent", command, self.folder, self._environment)


class Tab:
    """A browser's tab with the page open."""

    def __init__(self, world: PagedWorld) -> None:
        self._world = world
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.origin = self.code = ""

    async def __aenter__(self) -> Tab:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.session.close()

    async def launch(self) -> None:
        """Let the command line open the page, and sign in."""
        url = (await self._world.agent_cli("page", "--config", files.AGENT)).splitlines()[0]
        address, _, self.code = url.partition("#launch=")
        self.origin = address.rstrip("/")
        await self.post("/v1/session", {"launch": self.code})
        assert (await self.post("/v1/session/sign-in", {"by": HOLDER, "passcode": PASSCODE}))["signed_in"]

    async def get(self, path: str) -> str:
        async with self.session.get(self.origin + path) as response:
            return await response.text()

    async def post(self, path: str, body: object = None) -> dict[str, Any]:
        async with self.session.post(self.origin + path, json=body, headers={"Origin": self.origin}) as response:
            answer: dict[str, Any] = await response.json()
        assert "error" not in answer, answer
        return answer

    def events(self, query: str = "") -> Any:
        return self.session.ws_connect(f"{self.origin}/v1/events{query}", origin=self.origin)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PagedWorld]:
    async with PagedWorld(tmp_path_factory.mktemp("p"), kit_file=str(KIT_FILE), speed=SPEED) as made:
        yield made


async def told(line: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    """Return the next message."""
    async with asyncio.timeout(LONG_S):
        message: dict[str, Any] = await line.receive_json()
    return message


async def until(line: aiohttp.ClientWebSocketResponse, seen: list[dict[str, Any]], **wanted: str) -> None:
    """Read on, into `seen`, until a message has these values."""
    while not seen or any(seen[-1].get(key) != value for key, value in wanted.items()):
        seen.append(await told(line))


async def test_a_card_is_opened_from_a_page_that_loses_its_line_and_comes_back(world: PagedWorld) -> None:
    await world.lay_identity_card("test_a")
    await world.kit("auto", device="box", take_after_s=1.0)
    seen: list[dict[str, Any]] = []
    async with Tab(world) as tab:
        await tab.launch()
        assert "built page" in await tab.get("/")
        async with tab.events() as line:
            joined = await told(line)
            flow = (await tab.post("/v1/flows", {"business": CARD_OPEN, "inputs": files.FORM}))["flow"]
            await until(line, seen, kind="asked", flow=flow)
        await tab.post(f"/v1/flows/{flow}/answer", KNOWN[seen[-1]["note"]])
        async with tab.events(f"?run={joined['run']}&after={seen[-1]['seq']}") as line:
            assert (await told(line))["kind"] == "joined"
            while seen[-1]["kind"] != "ended":
                seen.append(await told(line))
                if seen[-1]["kind"] == "asked":
                    await tab.post(f"/v1/flows/{flow}/answer", KNOWN[seen[-1]["note"]])
        assert seen[-1]["phase"] == "CLOSED"
        first = joined["seq"] + 1
        assert [it["seq"] for it in seen] == list(range(first, first + len(seen)))
        (token,) = {it.value for it in tab.session.cookie_jar}
        logged = (world.folder / "agent.log").read_text(encoding="utf-8")
        assert "page.listening" in logged
        assert not [it for it in (tab.code, token, PASSCODE) if it in logged]


async def test_a_page_sees_a_device_go_and_come_back(world: PagedWorld) -> None:
    async with Tab(world) as tab:
        await tab.launch()
        async with tab.events() as line:
            seen = [await told(line)]
            await world.kit("unplug", device="reader")
            await until(line, seen, kind="device", device="reader", state="absent")
            await world.kit("plug", device="reader")
            await until(line, seen, kind="device", device="reader", state="ready")


async def test_a_restart_ends_every_session_and_the_next_one_begins_with_a_gap(world: PagedWorld) -> None:
    async with Tab(world) as tab:
        await tab.launch()
        async with tab.events() as line:
            run = (await told(line))["run"]
            await world.stop_agent()
            async with asyncio.timeout(LONG_S):
                async for _ in line:
                    pass
        await world.start_agent()
        status = await world.agent("GET", "/v1/status")
        tab.origin = status["page"].rstrip("/")
        assert json.loads(await tab.get("/v1/flows"))["error"]["code"] == "page.session"
        await tab.launch()
        async with tab.events(f"?run={run}&after=1") as line:
            assert (await told(line))["kind"] == "gap"
