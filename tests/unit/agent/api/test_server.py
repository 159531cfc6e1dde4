"""The local API over its real unix socket."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from padkit_agent.api.client import ApiError, call, events
from padkit_agent.api.serving import MAX_BODY
from padkit_agent.store import CaseRow, JournalRow, OutboxRow, StoreFull

from ..flows.kit import FORM, PIN_BLOCK, PIN_FIELDS
from .conftest import ABOUT, Served


async def raw(socket: Path, method: str, route: str, data: bytes = b"") -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as session,
        session.request(method, f"http://agent{route}", data=data) as response,
    ):
        assert response.content_type == "application/json"
        return response.status, json.loads(await response.read())


async def test_the_socket_is_the_owners_only(served: Served) -> None:
    assert stat.S_IMODE(served.socket.stat().st_mode) == 0o600
    assert stat.S_ISSOCK(served.socket.stat().st_mode)


async def test_the_socket_is_never_open_to_others_whatever_the_umask(served: Served, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        await served.server.close()
        await served.server.open(tmp_path / "other.sock")
        assert stat.S_IMODE((tmp_path / "other.sock").stat().st_mode) == 0o600
        assert os.umask(0) == 0
    finally:
        os.umask(before)


async def test_the_socket_of_a_former_run_is_replaced(served: Served) -> None:
    await served.server.close()
    served.socket.touch()
    await served.server.open(served.socket)
    assert await call(served.socket, "GET", "/v1/alive") == {"alive": True}


async def test_status_says_how_the_kit_is(served: Served) -> None:
    status = await call(served.socket, "GET", "/v1/status")
    counts = {
        "devices": [],
        "open_flows": 0,
        "open_cases": 0,
        "unsent": 1,
        "page": "",
        "practice": False,
        "can_practise": False,
    }
    assert status.pop("unsent_since").endswith("Z")
    queue = status.pop("queue")
    assert (queue["load"]["messages"], queue["attention"], queue["frozen"]) == (1, 0, "")
    assert status == {**ABOUT, "standing": {}, **counts}


async def test_a_card_is_opened_through_the_door(served: Served) -> None:
    lines: list[dict[str, Any]] = []
    asked = asyncio.Queue[str]()

    async def follow() -> None:
        async for line in events(served.socket):
            lines.append(line)
            if line["kind"] in ("asked", "ended"):
                asked.put_nowait(line["note"] if line["kind"] == "asked" else "end")

    following = asyncio.create_task(follow())
    while served.kit.feed.watched < 2:  # noqa: ASYNC110  # the watcher's own moment
        await asyncio.sleep(0.001)
    flow = (await call(served.socket, "POST", "/v1/flows", {"business": "ACC-01", "inputs": FORM}))["flow"]
    answers: dict[str, dict[str, Any]] = {
        "pin": {"what": "pin", "choice": "entered", "fields": PIN_FIELDS, "c3": {"new_pin_block": PIN_BLOCK}},
        "confirm": {"what": "confirm", "choice": "yes"},
    }
    async with asyncio.timeout(20):
        while (question := await asked.get()) != "end":
            await call(served.socket, "POST", f"/v1/flows/{flow}/answer", answers[question])
    following.cancel()
    assert (await call(served.socket, "GET", "/v1/flows"))["flows"] == []
    (view,) = (await call(served.socket, "GET", "/v1/flows?all"))["flows"]
    assert (view["phase"], view["last4"]) == ("CLOSED", "0016")
    assert [line["phase"] for line in lines][-1] == "CLOSED"
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert PIN_BLOCK not in json.dumps(lines)


@pytest.mark.parametrize(
    ("method", "route", "data", "status", "code"),
    [
        ("POST", "/v1/flows", b"not json", 409, "body.invalid"),
        ("POST", "/v1/flows", b"", 409, "body.invalid"),
        ("POST", "/v1/flows", b"\xff\xfe", 409, "body.invalid"),
        ("POST", "/v1/flows", b'{"business":"ACC-01"}', 409, "body.invalid"),
        ("POST", "/v1/flows", b'{"business":"ACC-01","inputs":{},"extra":1}', 409, "body.invalid"),
        ("POST", "/v1/flows", b'{"business":"ACC-01","inputs":{}}', 409, "field.missing"),
        ("POST", "/v1/flows", b'{"business":"ACC-99","inputs":{}}', 409, "business.unknown"),
        ("POST", "/v1/flows", b"[" * 100_000, 409, "body.invalid"),
        ("POST", "/v1/flows", b" " * (MAX_BODY + 1), 413, "http"),
        ("POST", "/v1/flows/nobody/answer", b'{"what":"pin","choice":"x"}', 409, "flow.unknown"),
        ("POST", "/v1/flows/nobody/cancel", b"", 409, "flow.unknown"),
        ("POST", "/v1/flows/nobody/resume", b"", 409, "flow.unknown"),
        ("POST", "/v1/cases/nobody/close", b'{"by":["A"]}', 409, "answer.people"),
        ("POST", "/v1/cases/nobody/close", b'{"by":["A","A"]}', 409, "answer.people"),
        ("POST", "/v1/cases/nobody/close", b'{"by":["A","B"]}', 409, "case.unknown"),
        ("POST", "/v1/cases/nobody/close", b'{"by":["A","B"],"found":"eaten"}', 409, "body.invalid"),
        ("GET", "/v1/nowhere", b"", 404, "http"),
        ("DELETE", "/v1/flows", b"", 405, "http"),
    ],
)
async def test_every_refusal_has_the_one_shape(
    served: Served, method: str, route: str, data: bytes, status: int, code: str
) -> None:
    got, body = await raw(served.socket, method, route, data)
    assert (got, body["error"]["code"]) == (status, code)
    assert body.keys() == {"error"}
    assert body["error"].keys() == {"code", "message"}
    assert body["error"]["message"]
    assert await call(served.socket, "GET", "/v1/alive") == {"alive": True}


async def test_a_refused_body_does_not_repeat_its_secrets(served: Served) -> None:
    flow = await served.kit.begin()
    await served.kit.asked("pin")
    body = {"what": "pin", "choice": "entered", "fields": {"new_pin_block": PIN_BLOCK}, "c3": {}}
    _, answer = await raw(served.socket, "POST", f"/v1/flows/{flow}/answer", json.dumps(body).encode())
    assert answer["error"]["code"] == "answer.fields"
    assert PIN_BLOCK not in json.dumps(answer)


async def test_a_store_that_cannot_write_is_507(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_args: Any, **_kwargs: Any) -> None:
        raise StoreFull("store: full; free space")

    monkeypatch.setattr(served.kit.store, "step", full)
    body = json.dumps({"business": "ACC-01", "inputs": FORM}).encode()
    status, answer = await raw(served.socket, "POST", "/v1/flows", body)
    assert (status, answer["error"]["code"]) == (507, "store.unavailable")


async def test_a_fault_of_ours_has_the_shape_too_and_tells_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(**_kwargs: Any) -> None:
        raise ZeroDivisionError("6212345678901234")

    monkeypatch.setattr(served.kit.desk, "views", broken)
    status, answer = await raw(served.socket, "GET", "/v1/flows")
    assert (status, answer["error"]["code"]) == (500, "internal")
    assert "6212345678901234" not in json.dumps(answer)
    assert [it["event"] for it in served.kit.captured.entries][-1] == "api.broken"


async def test_a_case_is_listed_and_closed_by_two(served: Served) -> None:
    row = JournalRow("F9", "ACC-01", "2026", "CASE_OPEN", "", b"{}", b"{}", ended=True)
    await served.kit.store.step(row, case=CaseRow("F9", "F9", "box.jam", "2026", stops_box=True))
    (case,) = (await call(served.socket, "GET", "/v1/cases"))["cases"]
    assert (case["id"], case["stops_box"]) == ("F9", True)
    await call(served.socket, "POST", "/v1/cases/F9/close", {"by": ["A", "B"]})
    assert (await call(served.socket, "GET", "/v1/cases"))["cases"] == []
    (closed,) = (await call(served.socket, "GET", "/v1/cases?all"))["cases"]
    assert closed["closed_by"] == "A + B"


async def test_a_cancel_is_taken_and_done(served: Served) -> None:
    flow = await served.kit.begin()
    await served.kit.asked("pin")
    assert await call(served.socket, "POST", f"/v1/flows/{flow}/cancel") == {"taken": True}
    assert (await served.kit.ended()).phase == "CANCELLED"


async def test_nobody_at_the_socket_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(ApiError, match="is it running") as error:
        await call(tmp_path / "nobody.sock", "GET", "/v1/alive")
    assert error.value.code == "agent.away"
    with pytest.raises(ApiError):
        async for _ in events(tmp_path / "nobody.sock"):
            pass


async def test_a_support_bundle_leaves_sealed_and_as_text(served: Served) -> None:
    status, body = await raw(served.socket, "POST", "/v1/support-bundle")
    assert (status, body) == (200, {"envelope": "MABzZWFsZWQ="})


async def test_the_queue_is_in_the_status_and_an_item_is_dealt_with(served: Served) -> None:
    store, socket = served.kit.store, served.socket
    await store.queue(OutboxRow("e1", "card.ledger", "F1", 1, needs_c3=False, at="2026-11-22T07:00:00Z", body=b"{}"))
    await store.mark("e1", "refused", b'{"outcome":"unknown","code":"field.unknown"}')
    assert (await call(socket, "GET", "/v1/status"))["queue"]["attention"] == 1
    item = (await call(socket, "GET", "/v1/queue"))["items"][0]
    assert (item["id"], item["why"], item["code"]) == ("message:e1", "refused", "field.unknown")
    assert await call(socket, "GET", "/v1/queue/message%3Ae1") == item
    assert await call(socket, "POST", "/v1/queue/message%3Ae1/retry", {"by": "LI"}) == {"taken": True}
    with pytest.raises(ApiError, match=r"queue\.unknown"):
        await call(socket, "POST", "/v1/queue/message%3Ae1/hand-over", {"by": "LI"})
    with pytest.raises(ApiError, match=r"body\.invalid"):
        await call(socket, "POST", "/v1/queue/message%3Ae1/retry", {"by": ""})
