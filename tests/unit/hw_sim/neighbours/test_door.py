from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from padkit_sim.neighbours.books import Books
from padkit_sim.neighbours.checks import Check, CheckRequest
from padkit_sim.neighbours.door import CoreDoor
from padkit_sim.neighbours.faults import Faults
from padkit_sim.neighbours.state_file import StateFile
from padkit_sim.neighbours.txn import MAX_BODY, Request

Ask = Callable[..., Request]
CARD = "6200000000000000000"


@dataclass
class Client:
    """The core over real HTTP; a slow answer waits until `go_on` is set."""

    url: str
    session: aiohttp.ClientSession
    books: Books
    asleep: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    slept_s: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.asleep.set()
        await self.go_on.wait()

    async def post(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        async with self.session.post(self.url + path, data=body) as answer:
            return answer.status, await answer.json()

    async def txn(self, request: Request) -> dict[str, Any]:
        status, told = await self.post("/txn", msgspec.json.encode(request))
        assert status == 200
        return told

    async def control(self, **word: object) -> dict[str, Any]:
        _, told = await self.post("/control", msgspec.json.encode(word))
        return told

    async def audit(self) -> dict[str, Any]:
        async with self.session.get(self.url + "/audit") as answer:
            assert answer.status == 200
            told: dict[str, Any] = await answer.json()
            return told


@pytest.fixture
async def client(core: Any, tmp_path: Path) -> AsyncIterator[Client]:
    state_file = StateFile(tmp_path / "core.jsonl")
    async with aiohttp.ClientSession() as session:
        made = Client("", session, core.books)
        runner = web.AppRunner(
            CoreDoor(core.bank, Faults(), state_file, made.sleep).application(), shutdown_timeout=0.1
        )
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.url = "http://{}:{}".format(*runner.addresses[0])
        yield made
        await runner.cleanup()
    state_file.close()


async def test_a_card_is_opened_and_stands_in_the_audit_list(client: Client, ask: Ask) -> None:
    opened = await client.txn(ask("CARD.OPEN"))
    assert (opened["resp_class"], opened["resp_code"], opened["fields"]["card_no"]) == ("ok", "0000", CARD)
    told = await client.audit()
    assert [(it["card_no"], it["state"]) for it in told["accounts"]] == [(CARD, "live")]
    assert told["core_date"] == "2026-11-22"


async def test_two_same_submits_at_once_are_one_execution(client: Client, ask: Ask) -> None:
    answers = await asyncio.gather(*(client.txn(ask("CARD.OPEN")) for _ in range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert len(client.books.accounts) == 1


async def test_many_businesses_at_once_each_get_their_own_account(
    client: Client, ask: Ask, card_of: Callable[[int], str]
) -> None:
    answers = await asyncio.gather(*(client.txn(ask("CARD.OPEN", f"S{n}", card_no=card_of(n))) for n in range(12)))
    assert len({answer["fields"]["acct_no"] for answer in answers}) == 12
    assert len({answer["fields"]["core_serial"] for answer in answers}) == 12


async def test_one_card_wanted_twice_at_once_is_given_once(client: Client, ask: Ask) -> None:
    answers = await asyncio.gather(client.txn(ask("CARD.OPEN", "S1")), client.txn(ask("CARD.OPEN", "S2")))
    assert sorted(answer["resp_code"] for answer in answers) == ["0000", "1301"]


async def test_a_lost_reply_has_been_executed(client: Client, ask: Ask) -> None:
    await client.control(do="fault", name="core.drop_reply", nth=1)
    with pytest.raises(aiohttp.ClientError):
        await client.txn(ask("CARD.OPEN"))
    told = await client.txn(ask("TXN.INQUIRY", orig_channel_serial="S1", fence=True))
    assert told["fields"]["result_state"] == "success"


async def test_a_lost_request_has_not_been_executed_and_cannot_be_any_more(client: Client, ask: Ask) -> None:
    await client.control(do="fault", name="core.drop_request", nth=1)
    with pytest.raises(aiohttp.ClientError):
        await client.txn(ask("CARD.OPEN"))
    told = await client.txn(ask("TXN.INQUIRY", orig_channel_serial="S1", fence=True))
    assert (told["fields"]["result_state"], told["fields"]["final"]) == ("not_found", True)
    assert (await client.txn(ask("CARD.OPEN")))["resp_code"] == "4091"
    assert (await client.txn(ask("CARD.OPEN", attempt=2)))["resp_code"] == "0000"


async def test_a_refusal_on_demand_says_what_was_asked_for(client: Client, ask: Ask) -> None:
    await client.control(do="fault", name="core.refuse", args={"code": "1777", "msg": "not today"})
    told = await client.txn(ask("CARD.OPEN"))
    assert (told["resp_class"], told["resp_code"], told["resp_msg"]) == ("business_refusal", "1777", "not today")


async def test_a_slow_core_executes_first_and_answers_late(client: Client, ask: Ask) -> None:
    await client.control(do="fault", name="core.slow", args={"seconds": 7})
    async with asyncio.TaskGroup() as group:
        slow = group.create_task(client.txn(ask("CARD.OPEN")))
        await client.asleep.wait()
        assert (await client.audit())["accounts"][0]["state"] == "live"
        assert not slow.done()
        client.go_on.set()
    assert slow.result()["resp_code"] == "0000"
    assert client.slept_s == [7.0]


async def test_a_client_that_goes_away_undoes_nothing(client: Client, ask: Ask) -> None:
    await client.control(do="fault", name="core.slow", args={"seconds": 7})
    impatient = asyncio.create_task(client.txn(ask("CARD.OPEN")))
    await client.asleep.wait()
    impatient.cancel()
    await asyncio.wait([impatient])
    told = await client.txn(ask("TXN.INQUIRY", orig_channel_serial="S1", fence=True))
    assert told["fields"]["result_state"] == "success"
    client.go_on.set()


async def test_faults_are_listed_and_cleared(client: Client, ask: Ask) -> None:
    await client.control(do="fault", name="core.refuse", nth=2)
    await client.txn(ask("CARD.OPEN"))
    listed = (await client.control(do="faults"))["faults"]
    assert [(it["name"], it["met"], it["fired"]) for it in listed] == [("core.refuse", 1, 0)]
    await client.control(do="clear", name=None)
    assert (await client.control(do="faults"))["faults"] == []


async def test_the_core_day_can_be_set_and_the_reversal_is_then_too_late(client: Client, ask: Ask) -> None:
    await client.txn(ask("CARD.OPEN"))
    assert (await client.control(do="day", date="2026-11-23"))["core_date"] == "2026-11-23"
    late = await client.txn(ask("TXN.REVERSE", "R1", orig_channel_serial="S1", remark="x"))
    assert late["resp_code"] == "1201"


async def test_the_class_one_limit_can_be_switched_on(client: Client, ask: Ask, card_of: Callable[[int], str]) -> None:
    await client.txn(ask("CARD.OPEN"))
    await client.control(do="rule", class1_max_per_entity=1)
    assert (await client.txn(ask("CARD.OPEN", "S2", card_no=card_of(2))))["resp_code"] == "1101"


async def test_tampering_changes_the_audit_list(client: Client, ask: Ask) -> None:
    await client.txn(ask("CARD.OPEN"))
    assert await client.control(do="tamper", card_no=CARD, state="reversed") == {"ok": True}
    assert (await client.audit())["accounts"][0]["state"] == "reversed"


async def test_a_word_that_cannot_be_followed_says_what_next(client: Client) -> None:
    told = await client.control(do="tamper", card_no=CARD, state="live")
    assert told == {"ok": False, "error": "core: no account for the card ending 0000; see GET /audit"}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/txn", b"", 400),
        ("/txn", b"[" * 60_000, 400),
        ("/txn", b"\xff", 400),
        ("/txn", b"x" * (MAX_BODY + 1), 413),
        ("/audit", b"", 405),
        ("/admin", b"", 404),
    ],
)
async def test_hostile_requests_get_one_shape_and_stop_nothing(
    client: Client, ask: Ask, path: str, body: bytes, status: int
) -> None:
    got, told = await client.post(path, body)
    assert (got, told["resp_class"], told["resp_code"]) == (status, "business_refusal", "2001")
    assert (await client.txn(ask("CARD.OPEN")))["resp_code"] == "0000"


async def test_an_unknown_service_and_an_unknown_field_are_refused_by_name(client: Client, ask: Ask) -> None:
    assert (await client.txn(ask("CARD.EAT")))["resp_code"] == "2002"
    refused = await client.txn(ask("CARD.OPEN", pin="0000"))
    assert (refused["resp_code"], "'pin'" in refused["resp_msg"]) == ("2003", True)


async def test_what_cannot_be_written_down_is_not_executed(core: Any, ask: Ask, tmp_path: Path) -> None:
    state_file = StateFile(tmp_path / "core.jsonl")
    state_file.close()
    state_file._file = Path("/dev/full").open("ab", buffering=0)  # noqa: SIM115, ASYNC230 - closed below
    answer = await CoreDoor(core.bank, Faults(), state_file, asyncio.sleep).settle(ask("CARD.OPEN"))
    assert (answer.resp_class, answer.resp_code, answer.not_executed) == ("retryable", "3001", True)
    assert not core.books.accounts
    state_file.close()


async def test_a_customer_is_looked_up(client: Client) -> None:
    body = msgspec.json.encode(CheckRequest(Check.CIP, "demo", "S1", {"name": "TEST ONLY"}))
    assert (await client.post("/check", body))[1]["finding"] == "consistent"
    assert (await client.control(do="check", check="cip", finding="no_photo"))["ok"]
    assert (await client.post("/check", body))[1]["finding"] == "no_photo"
    refused = await client.control(do="check", check="cip", finding="hit")
    assert (refused["ok"], "say one of" in refused["error"]) == (False, True)
    await client.control(do="check", check="cip", finding="down")
    with pytest.raises(aiohttp.ClientError):
        await client.post("/check", body)
    assert (await client.post("/check", b"{"))[0] == 400
