"""Who may use the page: a browser that had this terminal's link, and that sends what a browser should."""

from __future__ import annotations

import hmac
import secrets
from collections import deque
from collections.abc import Awaitable, Callable

from aiohttp import web

TOKEN_BYTES = 24
MOST_SESSIONS = 4  # the oldest is forgotten
USED = "This link was used; the terminal shows a new one. 此链接已被使用，终端会显示新的链接。\n"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Checks host, origin and session of each request. `say` hears the link that is good next."""

    def __init__(self, port: int, say: Callable[[str], None]) -> None:
        self._hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        self._cookie = f"padkit_authorise_{port}"  # cookies do not know ports
        self._say = say
        self._token = ""
        self._sessions: deque[str] = deque(maxlen=MOST_SESSIONS)

    def next_link(self) -> None:
        """Say a link that lets one browser in, once."""
        self._token = secrets.token_urlsafe(TOKEN_BYTES)
        self._say(f"http://{self._hosts[0]}/?token={self._token}")

    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request pass to `handler`, or not."""
        if request.host not in self._hosts:
            return _refused("another host than this page's")
        if (origin := request.headers.get("Origin")) is not None and origin != f"http://{request.host}":
            return _refused("another origin than this page's")
        if request.method != "GET" and origin is None:
            return _refused("no origin; act in a browser")
        if request.path == "/" and "token" in request.query:
            return self._let_in(request)
        return await handler(request) if self._known(request) else _refused(USED)

    def _let_in(self, request: web.Request) -> web.StreamResponse:
        inside = web.Response(status=303, headers={"Location": "/"})
        if hmac.compare_digest(request.query["token"].encode(), self._token.encode()):
            session = secrets.token_urlsafe(TOKEN_BYTES)
            self._sessions.append(session)
            inside.set_cookie(self._cookie, session, httponly=True, samesite="Strict")
            self.next_link()
            return inside
        return inside if self._known(request) else _refused(USED)

    def _known(self, request: web.Request) -> bool:
        shown = request.cookies.get(self._cookie, "").encode(errors="surrogateescape")
        return any(hmac.compare_digest(shown, session.encode()) for session in self._sessions)


def _refused(why: str) -> web.Response:
    return web.Response(status=403, text=why)
