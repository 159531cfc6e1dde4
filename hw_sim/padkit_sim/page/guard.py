"""Who may see the control page: whoever has the link of this terminal, in a browser that sends what a browser should."""

from __future__ import annotations

import hmac
import secrets
from collections import deque
from collections.abc import Awaitable, Callable

from aiohttp import web

TOKEN_BYTES = 24
MOST_SESSIONS = 16  # the oldest is forgotten
USED = (
    "This link has been used, or is of another kit. The terminal that serves the kit prints a new one after each use.\n"
    "此链接已被使用，或不属于本套件。每次使用后，运行模拟器的终端会显示一个新链接。\n"
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Guard:
    """Checks Host, Origin and session of each request. `say` hears the link that is good next."""

    def __init__(self, host: str, port: int, say: Callable[[str], None]) -> None:
        shown = f"[{host}]" if ":" in host else host
        self._address = f"{shown}:{port}"
        self._hosts = frozenset({self._address, f"localhost:{port}"})
        self._cookie = f"padkit_sim_{port}"  # cookies do not know ports
        self._say = say
        self._token = ""
        self._sessions: deque[str] = deque(maxlen=MOST_SESSIONS)

    def next_link(self) -> str:
        """Make a link that lets one browser in, once, and say it."""
        self._token = secrets.token_urlsafe(TOKEN_BYTES)
        link = f"http://{self._address}/?token={self._token}"
        self._say(link)
        return link

    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request pass to `handler`, or not."""
        origin = request.headers.get("Origin")
        if request.host not in self._hosts:
            return _refused(f"host {request.host[:80]!r} is not this page; open http://{self._address}/")
        if origin is not None and origin != f"http://{request.host}":
            return _refused(f"origin {origin[:80]!r} is not this page; open http://{self._address}/")
        if origin is None and request.headers.get("Upgrade"):
            return _refused("a WebSocket without Origin; open the page in a browser")
        if request.path == "/" and "token" in request.query:
            return self._let_in(request)
        if not self._known(request):
            return _refused(USED)
        return await handler(request)

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


def with_safe_headers(response: web.StreamResponse, host: str) -> None:
    """Nothing from elsewhere is loaded, framed or kept."""
    response.headers.update(
        {
            "Content-Security-Policy": f"default-src 'self'; connect-src 'self' ws://{host}; object-src 'none'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }
    )


def _refused(why: str) -> web.Response:
    return web.Response(status=403, text=why)
