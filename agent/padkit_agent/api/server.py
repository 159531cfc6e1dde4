"""The local API's server: the unix socket (mode 0600) that the command line talks to, and the page's listener beside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from padkit_agent.api.handlers import Handlers, Visitor
from padkit_agent.api.page import PageServer
from padkit_agent.api.routes import Route
from padkit_agent.api.serving import Serving
from padkit_agent.config import PageTable
from padkit_agent.flows import Feed
from padkit_sdk.errors import Refused

if TYPE_CHECKING:
    from aiohttp import web


class SocketListener:
    """Whoever may open the socket may call what is for it; events come as JSON lines."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def admit(self, request: web.Request, route: Route[Any, Any] | None) -> None:
        """Refuse what is for pages only."""
        if route is not None and not route.socket:
            raise Refused("page.only", f"{route.name}: only a page has a session; `padkit-agent page` opens it")

    def visitor(self, _: web.Request) -> Visitor:
        """Nobody needs a session here."""
        return Visitor()

    def keep(self, response: web.StreamResponse, visitor: Visitor) -> None:
        """Nothing is kept."""

    def dress(self, request: web.Request, response: web.StreamResponse) -> None:
        """Answers are what they are."""

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Give one JSON line for each progress line from now on."""
        from aiohttp import web

        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        with self._feed.watch() as watcher:
            await response.prepare(request)
            while True:
                line = await watcher.get()
                try:
                    await response.write(msgspec.json.encode(line) + b"\n")
                except ConnectionError:
                    return response


class ApiServer:
    """Serves until closed, the page too when the settings have a table for it."""

    def __init__(self, handlers: Handlers, feed: Feed, page: PageTable | None = None) -> None:
        self._handlers = handlers
        self._feed = feed
        self._page = PageServer(handlers, feed, page) if page else None
        self._runner: web.AppRunner | None = None

    async def open(self, socket: Path) -> None:
        """Listen on `socket`; an old socket file is replaced. Raises OSError, `Refused` ``page.listen``."""
        from aiohttp import web  # late: the devices come up while it is imported

        handlers = self._handlers
        serving = Serving(handlers, handlers.gate, SocketListener(self._feed), handlers.log)
        self._runner = web.AppRunner(serving.application(), access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        make_room(socket)
        mask = os.umask(0o177)  # born 0600: there is no moment in which others could connect
        try:
            await web.UnixSite(self._runner, str(socket)).start()
        finally:
            os.umask(mask)
        if self._page is not None:
            await self._page.open()

    async def close(self) -> None:
        """Stop listening."""
        if self._page is not None:
            await self._page.close()
        if self._runner is not None:
            await self._runner.cleanup()


def make_room(socket: Path) -> None:
    """Make the folder and take away the socket of a former run."""
    socket.parent.mkdir(parents=True, exist_ok=True)
    socket.unlink(missing_ok=True)
