"""The door for evidence packages: a kit asks how far its upload is, and puts the next piece."""

from __future__ import annotations

import asyncio
import re
from http import HTTPStatus

from aiohttp import web

from padkit_central.api.errors import refusal
from padkit_central.api.identity import caller_of
from padkit_central.business import Packages
from padkit_central.business.packages import fits

SEAL = re.compile(r"[0-9a-f]{64}")
RANGE = re.compile(r"bytes (\d{1,10})-(\d{1,10})/(\d{1,10})", re.ASCII)


class EvidenceDoor:
    """`GET` and `PUT` of ``/v1/evidence/SEAL``."""

    def __init__(self, packages: Packages, body_timeout_s: float) -> None:
        self._packages = packages
        self._body_timeout_s = body_timeout_s

    async def stands(self, request: web.Request) -> web.Response:
        """Say how many bytes are on disk."""
        caller, seal = caller_of(request), request.match_info["seal"]
        if caller is None:
            return _nobody()
        if SEAL.fullmatch(seal) is None:
            return _no_seal()
        return web.json_response({"have": await self._packages.have(caller.entity, caller.kit, seal)})

    async def piece(self, request: web.Request) -> web.Response:
        """Take one piece; it is on disk when the answer goes. 409 says where the kit must go on."""
        caller, seal = caller_of(request), request.match_info["seal"]
        if caller is None:
            return _nobody()
        if SEAL.fullmatch(seal) is None:
            return _no_seal()
        try:
            async with asyncio.timeout(self._body_timeout_s):
                body = await request.read()
        except TimeoutError:
            return refusal(HTTPStatus.REQUEST_TIMEOUT, "body.timeout", "the request took too long to arrive")
        place = RANGE.fullmatch(request.headers.get("Content-Range", ""))
        at, last, size = map(int, place.groups()) if place else (0, -1, 0)
        if last - at + 1 != len(body) or not fits(at, size, body):
            return refusal(HTTPStatus.BAD_REQUEST, "piece.range", "Content-Range and bytes of one piece are wanted")
        have = await self._packages.take(caller.entity, caller.kit, seal, at, size, body)
        if have is not None:
            return web.json_response({"have": have})
        have = await self._packages.have(caller.entity, caller.kit, seal)
        return web.json_response({"have": have}, status=HTTPStatus.CONFLICT)


def _nobody() -> web.Response:
    return refusal(HTTPStatus.FORBIDDEN, "identity.none", "the client certificate names no kit")


def _no_seal() -> web.Response:
    return refusal(HTTPStatus.BAD_REQUEST, "piece.seal", "an upload is named by 64 hex digits")
