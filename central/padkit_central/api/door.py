"""Routes and answers. A kit is who its TLS certificate says; no header is ever asked who somebody is."""

from __future__ import annotations

import asyncio
import ssl
from http import HTTPStatus
from typing import assert_never

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from padkit_central.api.errors import refusal
from padkit_central.api.evidence import EvidenceDoor
from padkit_central.api.identity import caller_of, serial_of
from padkit_central.api.line import LineDoor
from padkit_central.business import (
    MAX_POSTED,
    MISMATCH,
    SUPERSEDED,
    Answered,
    Busy,
    Caller,
    Intake,
    Packages,
    Receipt,
    Rejected,
)
from padkit_central.kits import Admit, Dispatcher
from padkit_central.observe import Log
from padkit_central.store import StoreFailed
from padkit_contract.errors import Invalid
from padkit_contract.party import TlsFiles

ENVELOPE_TYPE = "application/vnd.padkit.envelope"
PEM_TYPE = "application/x-pem-file"
RETRY_AFTER_S = "1"
STATUS = {MISMATCH: HTTPStatus.FORBIDDEN, SUPERSEDED: HTTPStatus.CONFLICT}


def server_context(files: TlsFiles) -> ssl.SSLContext:
    """Return the TLS side of the door: TLS 1.2 or later, and nobody without a certificate of our TLS CA."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(files.cert, files.key)
    context.load_verify_locations(files.trust)
    return context


def make_app(
    intake: Intake,
    packages: Packages,
    dispatcher: Dispatcher,
    admit: Admit,
    certificate: str,
    *,
    body_timeout_s: float,
    log: Log,
) -> web.Application:
    """Return the application with its routes; `admit` is asked before any of them, `certificate` (PEM) is for whom to seal."""
    door = _Door(intake, body_timeout_s, log, certificate)
    app = web.Application(client_max_size=MAX_POSTED, middlewares=[shaped(log), _admitted(admit)])
    app.router.add_post("/v1/envelopes", door.envelopes)
    app.router.add_get("/v1/alive", door.alive)
    app.router.add_get("/v1/key", door.key)
    evidence = EvidenceDoor(packages, body_timeout_s)
    app.router.add_get("/v1/evidence/{seal}", evidence.stands)
    app.router.add_put("/v1/evidence/{seal}", evidence.piece)
    line = LineDoor(dispatcher, log)
    app.router.add_get("/v1/commands", line.stream)
    app.router.add_get("/v1/commands/next", line.next)
    app.on_shutdown.append(line.stop)
    return app


class _Door:
    def __init__(self, intake: Intake, body_timeout_s: float, log: Log, certificate: str) -> None:
        self._intake = intake
        self._body_timeout_s = body_timeout_s
        self._log = log
        self._certificate = certificate

    async def alive(self, request: web.Request) -> web.Response:
        """Say that the service runs."""
        return web.json_response({"alive": True})

    async def key(self, request: web.Request) -> web.Response:
        """Show the newest encryption certificate; whoever seals for it checks it first."""
        return web.Response(text=self._certificate, content_type=PEM_TYPE)

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
                return refusal(STATUS.get(code, HTTPStatus.BAD_REQUEST), code, "the envelope was not accepted")
            case Busy():
                return busy()
            case _:
                assert_never(end)

    async def _too_large(self, caller: Caller) -> web.Response:
        try:
            await self._intake.refuse(caller, "posted.size", b"")
        except StoreFailed:
            return busy()
        return refusal(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "envelope.size", f"more than {MAX_POSTED} bytes; split the message"
        )


def busy() -> web.Response:
    """Return what is said when nothing was decided: come again."""
    response = refusal(HTTPStatus.SERVICE_UNAVAILABLE, "busy", "nothing was lost; come again")
    response.headers["Retry-After"] = RETRY_AFTER_S
    return response


def _admitted(admit: Admit) -> Middleware:
    """Ask who comes before anything of it is taken in."""

    @web.middleware
    async def ask(request: web.Request, handler: Handler) -> web.StreamResponse:
        caller = caller_of(request)
        if caller is not None:  # else the route says so itself
            try:
                await admit(caller.entity, caller.kit, serial_of(request))
            except Invalid as exc:
                return refusal(HTTPStatus.FORBIDDEN, exc.reason, "this kit may not come in")
        return await handler(request)

    return ask


def shaped(log: Log) -> Middleware:
    """Give every refusal, also the framework's own, the one JSON shape."""

    @web.middleware
    async def shape(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except StoreFailed as exc:
            log.error("store.failed", why=str(exc))
            return busy()
        except web.HTTPException as exc:
            code = "path.unknown" if exc.status == HTTPStatus.NOT_FOUND else f"http.{exc.status}"
            return refusal(exc.status, code, exc.reason)
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as exc:  # nothing a client sends stops the service
            log.error("api.failed", path=request.path[:100], why=repr(exc), exc_info=exc)
            return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "something went wrong here; come again")

    return shape
