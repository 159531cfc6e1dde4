"""Who gets a connection to the page's listener: so many at once, each with little patience. Imported late: it needs aiohttp."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web
from aiohttp.web_request import BaseRequest

from padkit_agent.api.guard import ANSWER_HEADERS
from padkit_agent.api.refusing import STATUS, refusal, shape

CONNECTIONS = 64
PATIENCE_S = 30.0  # for the whole head of a request; and between two
MAX_LINE, MAX_FIELD, MAX_HEADERS = 8190, 8190, 64
LINGER_S = 1.0  # for the rest of a body that was refused


class Entrance:
    """Makes the protocol of each connection. The server's own list of connections ends those that are open at its end."""

    def __init__(self, server: web.Server, loop: asyncio.AbstractEventLoop) -> None:
        self._server = server
        self._loop = loop
        self._open = 0

    def __call__(self) -> asyncio.BaseProtocol:
        """Return what speaks to the next connection."""
        if self._open >= CONNECTIONS:
            return Full()
        self._open += 1
        return Visit(self._server, self._loop, self._left)

    def _left(self) -> None:
        self._open -= 1


class Visit(web.RequestHandler):
    """One connection. A request that is none gets the one shape of a refusal, and no log line repeats it."""

    def __init__(self, server: web.Server, loop: asyncio.AbstractEventLoop, left: Callable[[], None]) -> None:
        super().__init__(
            *(server,),
            loop=loop, keepalive_timeout=PATIENCE_S, lingering_time=LINGER_S,
            max_line_size=MAX_LINE, max_field_size=MAX_FIELD, max_headers=MAX_HEADERS,
            access_log=None,  # type: ignore[arg-type]  # none is written, as AppRunner itself says it
        )  # fmt: skip
        self._left: Callable[[], None] | None = left

    def connection_lost(self, exc: BaseException | None) -> None:
        """Make room for another."""
        if self._left is not None:
            self._left()
            self._left = None
        super().connection_lost(exc)

    def handle_error(
        self, request: BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Refuse what is no request we read: too many or too long headers, no HTTP."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun already")
        told = f"no request, or a head over {MAX_HEADERS} headers of {MAX_FIELD} bytes; send a smaller one"
        response = refusal(STATUS["page.head"], "page.head", told)
        response.headers.update(ANSWER_HEADERS, **{"Cache-Control": "no-store"})
        return response


class Full(asyncio.Protocol):
    """Tells one connection too many that it is, and closes it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so before anything is read."""
        assert isinstance(transport, asyncio.Transport)
        body = shape("page.full", f"{CONNECTIONS} connections are open; close other tabs and try again")
        head = f"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        transport.write(head.encode("ascii") + b"Connection: close\r\n\r\n" + body)
        transport.close()
