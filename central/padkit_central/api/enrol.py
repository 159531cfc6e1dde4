"""The enrolment door: one route, no client certificate, one refusal for everything. Small bodies, few at a time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from padkit_central.api.door import busy
from padkit_central.api.errors import refusal
from padkit_central.kits import Enrolment
from padkit_central.observe import Log
from padkit_central.store import StoreFailed
from padkit_contract.enrol import MAX_REQUEST, EnrolRefused
from padkit_contract.party import TlsFiles

BODY_TIMEOUT_S = 10.0
MINUTE_S = 60.0


def enrol_context(files: TlsFiles) -> ssl.SSLContext:
    """Return the TLS side: a server certificate, and nobody is asked for one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(files.cert, files.key)
    return context


def make_enrol_app(enrolment: Enrolment, *, per_minute: int, mono_s: Callable[[], float], log: Log) -> web.Application:
    """Return the application with its one route; more than `per_minute` requests are asked to come later."""
    door = _EnrolDoor(enrolment, _Rate(per_minute, mono_s), log)
    app = web.Application(client_max_size=MAX_REQUEST, middlewares=[_alike])
    app.router.add_post("/v1/enrol", door.enrol)
    return app


class _Rate:
    """A bucket of `per_minute` that fills evenly."""

    def __init__(self, per_minute: int, mono_s: Callable[[], float]) -> None:
        self._full = float(per_minute)
        self._mono_s = mono_s
        self._left = self._full
        self._since_s = mono_s()

    def take(self) -> bool:
        """Take one; False when there is none left."""
        now_s = self._mono_s()
        self._left = min(self._full, self._left + (now_s - self._since_s) * self._full / MINUTE_S)
        self._since_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


class _EnrolDoor:
    def __init__(self, enrolment: Enrolment, rate: _Rate, log: Log) -> None:
        self._enrolment = enrolment
        self._rate = rate
        self._log = log

    async def enrol(self, request: web.Request) -> web.Response:
        """Give a kit its certificates, or say no without a reason."""
        if not self._rate.take():
            self._log.warning("enrol.crowded")
            return busy()
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                body = await request.read()
            answer = await self._enrolment.answer(body)
        except StoreFailed as exc:
            self._log.error("store.failed", why=str(exc))
            return busy()
        except (web.HTTPRequestEntityTooLarge, TimeoutError) as exc:
            self._log.warning("enrol.refused", why=type(exc).__name__)
            return _refused()
        except EnrolRefused:
            return _refused()
        return web.Response(body=answer, content_type="application/json")


@web.middleware
async def _alike(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer whatever else is asked here as if it were a wrong code."""
    try:
        return await handler(request)
    except web.HTTPException:
        return _refused()


def _refused() -> web.Response:
    return refusal(HTTPStatus.FORBIDDEN, "enrol.refused", "no certificates; ask for a new code")
