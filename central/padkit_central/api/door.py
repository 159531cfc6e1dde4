"""Routes and answers. A kit is who its TLS certificate says; no header is ever asked who somebody is."""

from __future__ import annotations

import asyncio
import ssl
from http import HTTPStatus
from typing import assert_never

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from padkit_central.api.errors import refusal
from padkit_central.api.identity import caller_of
from padkit_central.api.line import LineDoor
from padkit_central.business import MAX_POSTED, MISMATCH, Answered, Busy, Caller, Intake, Receipt, Rejected
from padkit_central.kits import Dispatcher
from padkit_central.observe import Log
from padkit_central.store import StoreFailed
from padkit_contract.party import TlsFiles

ENVELOPE_TYPE = "application/vnd.padkit.envelope"
RETRY_AFTER_S = "1"


def server_context(files: TlsFiles) -> ssl.SSLContext:
    """Return the TLS side of the door: TLS 1.2 or later, and nobody without a certificate of our TLS CA."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(files.cert, files.key)
    context.load_verify_locations(files.trust)
    return context


def make_app(intake: Intake, dispatcher: Dispatcher, *, body_timeout_s: float, log: Log) -> web.Application:
    """Return the application with its routes."""
    door = _Door(intake, body_timeout_s, log)
    app = web.Application(client_max_size=MAX_POSTED, middlewares=[shaped(log)])
    app.router.add_post("/v1/envelopes", door.envelopes)
    app.router.add_get("/v1/alive", door.alive)
    line = LineDoor(dispatcher, log)
    app.router.add_get("/v1/commands", line.stream)
    app.router.add_get("/v1/commands/next", line.next)
    app.on_shutdown.append(line.stop)
    return app


class _Door:
    def __init__(self, intake: Intake, body_timeout_s: float, log: Log) -> None:
        self._intake = intake
        self._body_timeout_s = body_timeout_s
        self._log = log

    async def alive(self, request: web.Request) -> web.Response:
        """Say that the service runs."""
        return web.json_response({"alive": True})

    async def envelopes(self, request: web.Request) -> web.Response:
        """Take one envelope in; answer sealed, with a receipt, or with a refusal that says nothing."""
        caller = caller_of(request)
        if caller is None:
            return refusal(HTTPStatus.FORBIDDEN, "identity.none", "the client certificate names no kit")
        try:
            async with asyncio.timeout(self._body_timeout_s):
                body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return await self._too_large(caller)
        except TimeoutError:
            return refusal(HTTPStatus.REQUEST_TIMEOUT, "body.timeout", "the request took too long to arrive")
        end = await self._intake.take(caller, body)
        match end:
            case Answered(envelope):
                return web.Response(body=envelope, content_type=ENVELOPE_TYPE)
            case Receipt():
                return web.Response(status=HTTPStatus.ACCEPTED)
            case Rejected(code):
                status = HTTPStatus.FORBIDDEN if code == MISMATCH else HTTPStatus.BAD_REQUEST
                return refusal(status, code, "the envelope was not accepted")
            case Busy():
                return _busy()
            case _:
                assert_never(end)

    async def _too_large(self, caller: Caller) -> web.Response:
        try:
            await self._intake.refuse(caller, "posted.size", b"")
        except StoreFailed:
            return _busy()
        return refusal(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "envelope.size", f"more than {MAX_POSTED} bytes; split the message"
        )


def _busy() -> web.Response:
    response = refusal(HTTPStatus.SERVICE_UNAVAILABLE, "busy", "nothing was lost; come again")
    response.headers["Retry-After"] = RETRY_AFTER_S
    return response


def shaped(log: Log) -> Middleware:
    """Give every refusal, also the framework's own, the one JSON shape."""

    @web.middleware
    async def shape(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except StoreFailed as exc:
            log.error("store.failed", why=str(exc))
            return _busy()
        except web.HTTPException as exc:
            code = "path.unknown" if exc.status == HTTPStatus.NOT_FOUND else f"http.{exc.status}"
            return refusal(exc.status, code, exc.reason)
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as exc:  # nothing a client sends stops the service
            log.error("api.failed", path=request.path[:100], why=repr(exc), exc_info=exc)
            return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "something went wrong here; come again")

    return shape
