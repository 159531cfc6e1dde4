"""How the doors of the admin socket read what comes and write what goes."""

from __future__ import annotations

import base64
import binascii
from http import HTTPStatus
from typing import TypeVar

import msgspec
from aiohttp import web

from padkit_contract.errors import Invalid

T = TypeVar("T")


async def read_body(request: web.Request, kind: type[T]) -> T:
    """Read a JSON body strictly. Raises `Invalid` ``body.form``."""
    raw = await request.read()
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise Invalid("body.form", f"{kind.__name__}: {exc}") from exc


def read_paper_text(text: str) -> bytes:
    """Return the bytes of a paper. Raises `Invalid` ``body.form``."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise Invalid("body.form", f"a paper is base64: {exc}") from exc


def read_query(request: web.Request, known: set[str]) -> dict[str, str]:
    """Return the query. Raises `Invalid` ``body.form`` for keys that are not known, or come twice."""
    keys = list(request.query)
    if not set(keys) <= known or len(set(keys)) != len(keys):
        raise Invalid("body.form", f"query keys are {', '.join(sorted(known))}, each once")
    return dict(request.query)


def answer(value: msgspec.Struct, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    """Return a JSON answer."""
    return web.Response(body=msgspec.json.encode(value), content_type="application/json", status=status)
