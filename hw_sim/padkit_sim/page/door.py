"""The control page's HTTP door: static files, and one WebSocket that tells what happens and takes control requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from importlib import resources
from pathlib import Path

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from padkit_sim.control import Desk
from padkit_sim.control.words import Refusal
from padkit_sim.devices.signature_pad import SignaturePad
from padkit_sim.kit import Kit
from padkit_sim.kitfile import KitFile
from padkit_sim.page.address import PageAddress
from padkit_sim.page.feed import Feed
from padkit_sim.page.guard import Guard, Handler, with_safe_headers
from padkit_sim.page.story import story

PACE_S = 0.1  # at most ten messages a second
TICK_S = 0.5  # motors move without a record
SLOW_S = 10.0  # a browser that takes longer for one message is sent away
GOODBYE_S = 0.5
MAX_ASKED = 65_536
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A control request from the page; its answer carries the same id."""

    id: int
    ask: msgspec.Raw


class Answer(msgspec.Struct, frozen=True, tag="answer", tag_field="is"):
    id: int
    reply: msgspec.Raw


class PageDoor:
    """Serves the page of `kit` from `open` to `close`. `say` hears each link that lets a browser in."""

    def __init__(
        self, kit: Kit, file: KitFile, say: Callable[[str], None], *, slow_s: float = SLOW_S, pace_s: float = PACE_S
    ) -> None:
        self._kit = kit
        self._desk = Desk(kit)
        self._story = msgspec.json.encode(story(file))
        self._say = say
        self._slow_s = slow_s
        self._pace_s = pace_s
        self._guard: Guard | None = None
        self._runner: web.AppRunner | None = None
        self._open: set[web.WebSocketResponse] = set()

    async def open(self, address: PageAddress) -> str:
        """Listen; gives the first link. Raises `OSError` when the port is taken."""
        app = web.Application(middlewares=[self._checked])
        app.add_routes(
            [
                web.get("/", self._file),
                web.get("/live", self._live),
                web.get("/screen/{device}", self._screen),
                web.get("/{name}", self._file),
            ]
        )
        app.on_shutdown.append(self._send_away)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=GOODBYE_S)
        await self._runner.setup()
        site = web.TCPSite(self._runner, address.host, address.port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        host, port = self._runner.addresses[0][:2]
        self._guard = Guard(host, port, self._say)
        return self._guard.next_link()

    @property
    def visitors(self) -> int:
        """How many browsers look at the kit now."""
        return len(self._open)

    async def close(self) -> None:
        """Send every browser away and stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _send_away(self, _app: web.Application) -> None:
        for socket in set(self._open):
            with suppress(TimeoutError):
                async with asyncio.timeout(GOODBYE_S):
                    await socket.close(code=WSCloseCode.GOING_AWAY)

    @web.middleware
    async def _checked(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        assert self._guard is not None
        try:
            response = await self._guard.check(request, handler)
        except web.HTTPException as exc:
            response = web.Response(status=exc.status, text=f"{request.method} {request.path[:64]}: {exc.reason}\n")
        if not response.prepared:
            with_safe_headers(response, request.host)
        return response

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = files().get(request.match_info.get("name", "index.html"))
        if path is None:
            raise web.HTTPNotFound
        return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8")

    async def _screen(self, request: web.Request) -> web.StreamResponse:
        """What a signature pad shows now."""
        attached = self._kit.devices.get(request.match_info["device"])
        if attached is None or not isinstance(attached.device, SignaturePad):
            raise web.HTTPNotFound
        attached.catch_up()
        return web.Response(body=attached.device.screen_png(), content_type="image/png")

    # -- the WebSocket

    async def _live(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=30.0, max_msg_size=MAX_ASKED)
        await socket.prepare(request)
        self._open.add(socket)
        teller = asyncio.create_task(self._tell(socket, request))
        try:
            async for message in socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    await self._send(socket, request, self._answer(message.data))
        finally:
            self._open.discard(socket)
            teller.cancel()
            await asyncio.gather(teller, return_exceptions=True)
        return socket

    def _answer(self, data: str | bytes) -> bytes:
        try:
            asked = msgspec.json.decode(data, type=Asked)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as exc:
            refusal = Refusal(f'page: {exc}; send {{"id": 1, "ask": {{"do": "state"}}}}')
            return msgspec.json.encode(Answer(0, msgspec.Raw(msgspec.json.encode(refusal))))
        return msgspec.json.encode(Answer(asked.id, msgspec.Raw(self._desk.answer(bytes(asked.ask)))))

    async def _tell(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        """Push what is new, at the pace that the browser takes it; one message is under way at a time."""
        changed = asyncio.Event()
        unwatch = self._kit.journal.watch(changed.set)
        feed = Feed(self._desk, self._kit.journal)
        try:
            await self._send(socket, request, self._story)
            while not socket.closed:
                changed.clear()
                if news := feed.news():
                    await self._send(socket, request, news)
                await asyncio.sleep(self._pace_s)
                with suppress(TimeoutError):
                    async with asyncio.timeout(TICK_S):
                        await changed.wait()
        finally:
            unwatch()

    async def _send(self, socket: web.WebSocketResponse, request: web.Request, message: bytes) -> None:
        """Send, or send the browser away. A connection that is gone ends the conversation by itself."""
        try:
            async with asyncio.timeout(self._slow_s):
                await socket.send_str(message.decode())
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
        except ConnectionError:
            pass


def files() -> dict[str, Path]:
    """The page's files by name."""
    folder = Path(str(resources.files("padkit_sim"))) / "page" / "static"
    return {path.name: path for path in folder.iterdir() if path.suffix in TYPES}
