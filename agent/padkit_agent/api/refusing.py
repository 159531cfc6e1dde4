"""Every refusal of the local API as one JSON shape with one status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from padkit_agent.api.answers import Fault, Refusal
from padkit_agent.core.gate import LOCKED, WIPED
from padkit_sdk.errors import PadkitError, Refused

if TYPE_CHECKING:
    from aiohttp import web

JSON = "application/json"
RULE = 409  # a rule said no
HANGS_UP = ("body.slow", "page.head", "page.launch", "page.launch_wait")  # who gets these may come again, anew
STATUS = {
    LOCKED: 423,
    WIPED: 423,
    "body.slow": 408,
    "page.head": 400,
    "page.session": 401,
    "page.signed_out": 401,
    "page.launch": 403,
    "page.never": 403,
    "page.origin": 403,
    "page.site": 403,
    "page.type": 415,
    "page.host": 421,
    "page.launch_wait": 429,
    "page.full": 503,
}


def of_error(exc: PadkitError) -> web.Response:
    """Return the refusal that an error of the family is."""
    if isinstance(exc, Refused):
        return refusal(STATUS.get(exc.reason, RULE), exc.reason, str(exc))
    return refusal(503, exc.code, str(exc))


def refusal(status: int, code: str, message: str) -> web.Response:
    """Return the one JSON shape of every refusal."""
    from aiohttp import web  # late: the devices come up while it is imported

    response = web.Response(body=shape(code, message), status=status, content_type=JSON)
    if code in HANGS_UP:
        response.force_close()
    return response


def shape(code: str, message: str) -> bytes:
    """Return the shape as bytes, for where there is no request to answer."""
    return msgspec.json.encode(Refusal(Fault(code, message)))
