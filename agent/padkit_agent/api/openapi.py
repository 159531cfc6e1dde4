"""The description of the local API (OpenAPI 3.1), made from the table of routes and the types in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from padkit_agent.api.answers import Refusal
from padkit_agent.api.routes import ROUTES, Page, Route

REF = "#/components/schemas/{name}"
COOKIE = "session"
REFUSED = {"$ref": "#/components/responses/Refused"}


@cache
def description() -> dict[str, Any]:
    """Return the description as plain data. Refusals of a route stand under ``x-refuses``, its callers under ``x-page``."""
    types = list(dict.fromkeys(_types()))
    shapes, components = msgspec.json.schema_components(types, ref_template=REF)
    shape = dict(zip(types, shapes, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, shape)
    return {
        "openapi": "3.1.0",
        "info": {"title": "padkit-agent: local API", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {"Refused": {"description": "The one shape of every refusal", **_json(shape[Refusal])}},
            "securitySchemes": {COOKIE: {"type": "apiKey", "in": "cookie", "name": "padkit_session"}},
        },
    }


def _types() -> Iterator[type]:
    yield Refusal
    for route in ROUTES:
        yield route.answer
        if route.body is not None:
            yield route.body


def _operation(route: Route[Any, Any], shape: dict[type, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _id(route),
        "summary": _summary(route),
        "parameters": [*_parameters(route)],
        "responses": {str(route.status): _answer(route, shape), "default": REFUSED},
        "x-refuses": list(route.refuses),
        "x-page": route.page.value,
        "x-locked": route.locked.value,
        "x-socket": route.socket,
    }
    if route.page in (Page.LAUNCHED, Page.SIGNED_IN):
        operation["security"] = [{COOKIE: []}]
    if route.body is not None:
        operation["requestBody"] = {"required": True, **_json(shape[route.body])}
    return operation


def _answer(route: Route[Any, Any], shape: dict[type, Any]) -> dict[str, Any]:
    form = {"schema": shape[route.answer]}
    if route.handler is None:
        told = "One line for each thing that happens: JSON lines on the unix socket, messages of a WebSocket for a page"
        return {"description": told, "content": {"application/x-ndjson": form}}
    if route.media:
        return {"description": "Done", "content": {route.media: {"schema": {"type": "string", "format": "binary"}}}}
    return {"description": "Done", "content": {"application/json": form}}


def _parameters(route: Route[Any, Any]) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", route.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    for name in route.query:
        yield {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}


def _id(route: Route[Any, Any]) -> str:
    return "events" if route.handler is None else route.handler.__name__


def _summary(route: Route[Any, Any]) -> str:
    if route.handler is None:
        return "What happens, from now on."
    return (route.handler.__doc__ or "").splitlines()[0]


def _json(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}
