"""`padkit-central authorise` against a running service."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from padkit_central.store import Store, UserRole, UserRow
from padkit_contract.authorise import AUTHORISE, LATER_FIELDS, AuthRequest
from padkit_contract.messages import CARD_OPEN, Holder, Request, encode


@pytest.fixture
async def asked(prepared: Any, opening: Callable[..., Request]) -> AsyncIterator[Any]:
    """A running central with one request in its queue."""
    store = Store(prepared.config.database, ids=prepared.ids, at=lambda: prepared.clock.now().isoformat())
    await store.identities.set_holder("demo", "kit-1", encode(Holder("Cid", "00", 1, "00")), "a test")
    for name in ("ann", "bob", "cid"):
        await store.people.put(UserRow("demo", name, name, UserRole.AUTHORISER, 4), "a test", "a test")
    await store.stop()
    made = opening()
    fields = {name: value for name, value in made.fields.items() if name not in LATER_FIELDS}
    async with prepared.kit() as kit:
        await kit.ask(AUTHORISE, AuthRequest("S1", 1, made.made_at, CARD_OPEN, fields, made.evidence, made.checks))
    yield prepared


@pytest.fixture
def desk(asked: Any, run: Callable[..., Any]) -> Callable[..., Any]:
    """Return a runner of the group's commands as an operator; `code` is the exit code that is wanted."""

    async def call(*words: str, by: str = "ann", code: int = 0) -> str:
        signs = () if words[0] == "list" else ("--operator", str(asked.parties / by))
        password = () if words[0] == "list" else ("--password-file", str(asked.parties / "password"))
        result = await run("authorise", *words, *signs, *password)
        assert result.exit_code == code, result.output
        return str(result.output)

    return call


async def name_of(desk: Callable[..., Any]) -> str:
    return str(json.loads(await desk("list", "--json"))[0]["id"])


async def test_a_request_is_listed_shown_taken_and_approved(desk: Callable[..., Any], asked: Any) -> None:
    name = await name_of(desk)
    assert name in await desk("list")
    shown = await desk("show", name)
    assert "open_purpose: farming" in shown
    assert "may not decide: Cid" in shown
    assert "测试甲" not in shown
    assert "taken, ann until" in await desk("take", name)
    assert json.loads(await desk("approve", name, "--dry-run", "--json"))["line"]["state"] == "approved"
    assert json.loads(await desk("approve", name, "--yes", "--json"))["line"]["state"] == "approved"
    assert "nothing waits" in await desk("list")
    assert "approved" in await desk("list", "--all")


async def test_return_and_refuse_want_a_reason_and_what_is_not_allowed_is_said(desk: Callable[..., Any]) -> None:
    name = await name_of(desk)
    assert "auth.not_taken" in await desk("approve", name, "--yes", code=1)
    assert "auth.own_case" in await desk("take", name, by="cid", code=1)
    await desk("take", name)
    await desk("refuse", name, "--yes", code=2)
    await desk("return", name, "--yes", "--reason", "vague", code=2)
    assert "auth.parts" in await desk("return", name, "--yes", "--reason", "vague", "--part", "cert_no", code=1)
    assert "vague (open_purpose)" in await desk("return", name, "--yes", "--reason", "vague", "--part", "open_purpose")
    assert "auth.ended" in await desk("refuse", name, "--yes", "--reason", "no", code=1)


async def test_a_name_that_is_none_is_said(desk: Callable[..., Any]) -> None:
    assert "auth.unknown" in await desk("show", "nothing", code=1)
