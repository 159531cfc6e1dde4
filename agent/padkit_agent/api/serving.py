"""From the table of routes to answers over HTTP: who may call, the lock, the body, the handler, or the one shape of a refusal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from padkit_agent.api.bodies import read
from padkit_agent.api.handlers import Call, Handlers, Visitor
from padkit_agent.api.refusing import JSON, of_error, refusal
from padkit_agent.api.routes import ROUTES, Locked, Route
from padkit_agent.core.gate import Gate
from padkit_agent.observe import Log
from padkit_agent.store import StoreUnavailable
from padkit_sdk.errors import PadkitError, Refused

if TYPE_CHECKING:
    from aiohttp import web

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAX_BODY = 262_144
BODY_S = 10.0  # a body that is not there by then is refused, and its connection closed


class Listener(Protocol):
    """What differs between the unix socket and the page's listener."""

    def admit(self, request: web.Request, route: Route[Any, Any] | None) -> None:
        """Raise `Refused` for who may not call `route`; None is a file of the page, or nothing that is there."""
        ...

    def visitor(self, request: web.Request) -> Visitor:
        """Return who calls."""
        ...

    def keep(self, response: web.StreamResponse, visitor: Visitor) -> None:
        """Let the caller keep the token that a handler gave him."""
        ...

    def dress(self, request: web.Request, response: web.StreamResponse) -> None:
        """Put on every answer, refusals too, what answers of this listener carry."""
        ...

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Give events until either side ends it."""
        ...


class Serving:
    """One listener's application: every route of the table; `files` answers what else is asked for with GET."""

    def __init__(
        self, handlers: Handlers, gate: Gate, listener: Listener, log: Log, files: Handler | None = None
    ) -> None:
        self._handlers = handlers
        self._gate = gate
        self._listener = listener
        self._log = log
        self._files = files
        self._routes = {(it.method, it.path): it for it in ROUTES}

    def application(self) -> web.Application:
        """Return the application, ready to be served."""
        from aiohttp import web  # late: the devices come up while it is imported

        @web.middleware
        async def middle(request: web.Request, handler: Handler) -> web.StreamResponse:
            response = await self._guard(request, handler)
            if not response.prepared:
                self._listener.dress(request, response)
            return response

        app = web.Application(client_max_size=MAX_BODY, middlewares=[middle])
        for route in ROUTES:
            app.router.add_route(route.method, route.path, self._answering(route))
        if self._files is not None:
            app.router.add_get("/{path:.*}", self._files, allow_head=False)
        return app

    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        from aiohttp import web

        route = self._route_of(request)
        try:
            self._listener.admit(request, route)
            if handler is not self._files:
                self._check_lock(route, request)
            return await handler(request)
        except PadkitError as exc:
            return of_error(exc)
        except StoreUnavailable as exc:
            return refusal(507, "store.unavailable", str(exc))
        except web.HTTPException as exc:
            return refusal(exc.status, "http", exc.reason)
        except Exception:  # noqa: BLE001 - one broken answer must not look like a dead agent
            self._log.exception("api.broken", route=route.name if route else request.method)
            return refusal(500, "internal", "the agent could not answer this; its log says why")

    def _route_of(self, request: web.Request) -> Route[Any, Any] | None:
        resource = request.match_info.route.resource
        return None if resource is None else self._routes.get((request.method, resource.canonical))

    def _check_lock(self, route: Route[Any, Any] | None, request: web.Request) -> None:
        """Raise `Refused` ``kit.locked`` for what is not for a locked kit, whatever the room below would say."""
        locked = Locked.NEVER if route is None else route.locked
        if locked is Locked.ALWAYS or (locked is Locked.FINISHING and self._gate.standing.finishing):
            return
        self._gate.check(f"{request.method} {request.path}")

    def _answering(self, route: Route[Any, Any]) -> Handler:
        from aiohttp import web

        async def give(request: web.Request) -> web.StreamResponse:
            if route.handler is None:
                return await self._listener.stream(request)
            visitor = self._listener.visitor(request)
            body = await _body(request, route)
            call = Call(body, request.match_info, request.query, visitor)
            value = await route.handler(self._handlers, call)
            raw, media = (value, route.media) if route.media else (msgspec.json.encode(value), JSON)
            response = web.Response(body=raw, status=route.status, content_type=media)
            self._listener.keep(response, visitor)
            return response

        return give


async def _body(request: web.Request, route: Route[Any, Any]) -> Any:
    """Return the body of a route that takes one, None else. Raises `Refused` ``body.slow``, ``body.invalid``."""
    if route.body is None:
        return None
    try:
        async with asyncio.timeout(BODY_S):
            raw = await request.read()
    except TimeoutError as exc:
        told = f"{route.name}: the body was not there within {BODY_S:g} s; send it at once"
        raise Refused("body.slow", told) from exc
    return read(raw, route.body)
