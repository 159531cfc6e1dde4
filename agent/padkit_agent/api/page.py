"""The page's listener: loopback HTTP with a session, its WebSocket of events, and the page's own files."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from padkit_agent.api import guard
from padkit_agent.api.files import Files
from padkit_agent.api.handlers import Handlers, Visitor
from padkit_agent.api.refusing import JSON
from padkit_agent.api.room import PageRoom
from padkit_agent.api.routes import Page, Route
from padkit_agent.api.serving import Serving
from padkit_agent.config import PageTable
from padkit_agent.flows import Feed, Progress
from padkit_agent.flows.feed import Watcher
from padkit_sdk.errors import Refused

if TYPE_CHECKING:
    from aiohttp import web

COOKIE = "padkit_session"
PRACTICE_COOKIE = "padkit_practice"  # a browser keeps one jar for all ports of a machine
HEARTBEAT_S = 20.0  # a page that lets a ping unanswered for half of this is gone
MAX_DIGITS = 16
MAX_MESSAGE = 1024  # a page says nothing on its WebSocket
SIGNED_OUT = 4401  # the WebSocket's close code when the sign-in ended


class PageListener:
    """Believes a request only after the guard, and lets each session call what it may."""

    def __init__(self, room: PageRoom, feed: Feed) -> None:
        self._room = room
        self._feed = feed
        self._cookie = PRACTICE_COOKIE if room.practice else COOKIE

    def admit(self, request: web.Request, route: Route[Any, Any] | None) -> None:
        """Raise `Refused` ``page.*`` for what does not come from our page, or is not for its session."""
        asked = guard.Asked(
            request.headers,
            is_get=request.method == "GET",
            is_socket=route is not None and route.handler is None,
            is_file=route is None,
            has_body=request.body_exists,
            content_type=request.content_type,
        )
        guard.check(asked, self._room.address, practice=self._room.practice)
        if route is None or route.page is Page.ANYBODY:
            return
        if route.page is Page.NEVER:
            raise Refused("page.never", f"{route.name}: not for a page; use the command line at the kit")
        token = self.visitor(request).token
        self._room.check(token, signed_in=route.page is Page.SIGNED_IN, what=route.name)
        if route.method != "GET":
            self._room.sessions.touch(token)

    def visitor(self, request: web.Request) -> Visitor:
        """Return who calls, by the cookie."""
        return Visitor(request.cookies.get(self._cookie, ""))

    def keep(self, response: web.StreamResponse, visitor: Visitor) -> None:
        """Give a new session's token to the browser, where no script can read it."""
        if visitor.fresh:
            response.set_cookie(self._cookie, visitor.token, path="/", httponly=True, samesite="Strict")

    def dress(self, request: web.Request, response: web.StreamResponse) -> None:
        """Add what every answer to a browser carries."""
        response.headers.update(guard.ANSWER_HEADERS)
        api = request.path.startswith("/v1/") or response.content_type == JSON
        response.headers["Cache-Control"] = "no-store" if api else "no-cache"

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Give a message for each progress line until either side ends it, or nobody is signed in any more."""
        from aiohttp import web

        token = self.visitor(request).token
        line = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=MAX_MESSAGE, compress=False)
        await line.prepare(request)
        first = self._first(request)
        with self._feed.watch(first.seq) as watcher:
            async with asyncio.TaskGroup() as group:
                pushing = group.create_task(self._push(line, watcher, token, first))
                async for _ in line:
                    pass  # a page has nothing to say here
                pushing.cancel()
        return line

    def _first(self, request: web.Request) -> Progress:
        """Return where the stream begins: after the last line that the page had, or now, which is a ``gap`` when it had some."""
        after, run = request.query.get("after"), request.query.get("run")
        feed = self._feed
        if after is None and run is None:
            return feed.mark("joined", feed.last)
        seq = int(after) if after and after.isascii() and after.isdigit() and len(after) < MAX_DIGITS else -1
        if run != feed.run or not 0 <= seq <= feed.last:
            return feed.mark("gap", feed.last)
        return feed.mark("joined", seq) if feed.has(seq) else feed.mark("gap", feed.last)

    async def _push(self, line: web.WebSocketResponse, watcher: Watcher, token: str, first: Progress) -> None:
        """Send what is said; a page that does not read falls behind, and nobody waits for it."""
        told: Progress | None = first
        with suppress(ConnectionError):
            while (left_s := self._room.sessions.idle_left_s(token)) > 0:
                if told is not None:
                    await line.send_str(msgspec.json.encode(told).decode())
                told = await _next(watcher, left_s)
            await line.close(code=SIGNED_OUT, message=b"page.signed_out")


async def _next(watcher: Watcher, within_s: float) -> Progress | None:
    """Return the next line, or None when there was none `within_s`."""
    try:
        async with asyncio.timeout(within_s):
            return await watcher.get()
    except TimeoutError:
        return None


class PageServer:
    """The listener of the table `[page]`; serves until closed."""

    def __init__(self, handlers: Handlers, feed: Feed, table: PageTable) -> None:
        self._handlers = handlers
        self._feed = feed
        self._table = table
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen. Raises `Refused` ``page.listen``."""
        from aiohttp import web  # late: the devices come up while it is imported

        from padkit_agent.api.entrance import Entrance

        handlers, room = self._handlers, self._handlers.page
        listener = PageListener(room, self._feed)
        serving = Serving(handlers, handlers.gate, listener, handlers.log, Files(self._table.files).give)
        self._runner = web.AppRunner(serving.application(), access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        assert self._runner.server is not None
        loop = asyncio.get_running_loop()
        host, port = self._table.place()
        try:
            self._server = await loop.create_server(Entrance(self._runner.server, loop), host, port)
        except OSError as exc:
            told = f"[page] listen {self._table.listen}: {exc.strerror or exc}"
            raise Refused("page.listen", f"{told}; name another port, or 0 for any") from exc
        bound = self._server.sockets[0].getsockname()[1]
        room.address = f"{f'[{host}]' if ':' in host else host}:{bound}"
        handlers.log.info("page.listening", address=room.address)

    async def close(self) -> None:
        """Stop listening and let go of every page."""
        self._handlers.page.address = ""
        if self._server is not None:
            self._server.close()
        if self._runner is not None:
            await self._runner.cleanup()
