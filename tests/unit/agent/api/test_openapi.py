"""The description of the local API covers the table, and every described route keeps its word about bodies."""

from __future__ import annotations

import json
import typing

import aiohttp
import pytest

from padkit_agent.api.handlers import Handlers
from padkit_agent.api.openapi import description
from padkit_agent.api.routes import ROUTES

from .conftest import Served

METHODS = ("get", "post")
DESCRIBED = [(path, method) for path, item in description()["paths"].items() for method in METHODS if method in item]


def references(value: object) -> set[str]:
    """Every ``$ref`` in the description."""
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def operation(path: str, method: str) -> dict[str, typing.Any]:
    """One route as it is described."""
    found: dict[str, typing.Any] = description()["paths"][path][method]
    return found


WITH_BODY = [it for it in DESCRIBED if "requestBody" in operation(*it) and operation(*it)["x-socket"]]


def test_the_description_has_every_route_of_the_table() -> None:
    assert {f"{method.upper()} {path}" for path, method in DESCRIBED} == {route.name for route in ROUTES}


def test_the_description_is_json_and_each_reference_leads_somewhere() -> None:
    told = json.loads(json.dumps(description()))
    for reference in references(told):
        place = told
        for word in reference.removeprefix("#/").split("/"):
            place = place[word]


def test_each_operation_has_a_name_of_its_own() -> None:
    names = [operation(*it)["operationId"] for it in DESCRIBED]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("route", [it for it in ROUTES if it.handler], ids=lambda it: it.name)
def test_a_handler_takes_and_gives_what_the_table_says(route: typing.Any) -> None:
    hints = typing.get_type_hints(getattr(Handlers, route.handler.__name__))
    call = next(hint for name, hint in hints.items() if name != "return")
    assert (typing.get_origin(hints["return"]) or hints["return"]) is route.answer
    assert typing.get_args(call) == (route.body or type(None),)


@pytest.mark.parametrize(("path", "method"), WITH_BODY)
async def test_every_described_route_that_takes_a_body_refuses_an_unknown_key_in_the_one_shape(
    served: Served, path: str, method: str
) -> None:
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(served.socket))) as session,
        session.request(method, "http://agent" + path.format(name="box", id="F1"), json={"no_such_key": 1}) as response,
    ):
        answer = json.loads(await response.read())
    assert response.status == 409
    assert answer["error"]["code"] == "body.invalid"
    assert answer.keys() == {"error"}
    assert answer["error"].keys() == {"code", "message"}
