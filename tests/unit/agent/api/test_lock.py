"""The local API of a locked kit: what answers, what is refused with 423, and how people unlock and wipe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace

from padkit_agent.core import standing as rules
from padkit_agent.core.standing import Facts, Record
from padkit_contract.commands import Mode
from padkit_contract.passcode import make_holder
from padkit_contract.unlock import read_challenge, unlock_code

from .conftest import Served

KEY = bytes(range(32))  # TEST ONLY
HOLDER = make_holder("Li", "correct horse", b"0123456789abcdef", 10)
ROUTES = [
    ("GET", "/v1/devices"),
    ("POST", "/v1/devices/box/self-test"),
    ("POST", "/v1/devices/box/retry"),
    ("GET", "/v1/flows"),
    ("POST", "/v1/flows"),
    ("POST", "/v1/flows/x/answer"),
    ("GET", "/v1/flows/x/document"),
    ("GET", "/v1/flows/x/documents/ab"),
    ("GET", "/v1/flows/x/documents/ab/pages/1"),
    ("GET", "/v1/flows/x/documents/ab/text"),
    ("POST", "/v1/flows/x/cancel"),
    ("GET", "/v1/visit"),
    ("POST", "/v1/visit"),
    ("POST", "/v1/visit/people/1"),
    ("POST", "/v1/visit/end"),
    ("POST", "/v1/practice"),
    ("POST", "/v1/flows/x/resume"),
    ("POST", "/v1/cases/x/close"),
    ("POST", "/v1/day-end"),
    ("POST", "/v1/reauthenticate"),
    ("GET", "/v1/no-such-route"),
]


async def ask(socket: Path, method: str, route: str, body: object = None) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as session,
        session.request(method, f"http://agent{route}", json=body) as response,
    ):
        return response.status, json.loads(await response.read())


async def lock(served: Served, *finishing: str) -> None:
    """Lock the kit on disk and at its gate."""

    def rule(_: Record, facts: Facts) -> Record:
        return rules.lock(Record(), "c-1", replace(facts, flows=finishing))

    await served.people.change(rule)


@pytest.mark.parametrize(("method", "route"), ROUTES)
async def test_a_locked_kit_refuses_with_423(served: Served, method: str, route: str) -> None:
    await lock(served)
    status, answer = await ask(served.socket, method, route, {} if method == "POST" else None)
    assert (status, answer["error"]["code"]) == (423, "kit.locked")
    assert "by c-1" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("method", "route"),
    [("GET", "/v1/alive"), ("GET", "/v1/status"), ("GET", "/v1/cases"), ("POST", "/v1/support-bundle")],
)
async def test_what_a_locked_kit_needs_still_answers(served: Served, method: str, route: str) -> None:
    await lock(served)
    assert (await ask(served.socket, method, route))[0] == 200


async def test_while_flows_finish_they_can_be_seen_and_answered(served: Served) -> None:
    await lock(served, "F1")
    assert (await ask(served.socket, "GET", "/v1/flows"))[0] == 200
    said = {"what": "confirm", "choice": "yes"}
    status, answer = await ask(served.socket, "POST", "/v1/flows/F1/answer", said)
    assert (status, answer["error"]["code"]) == (409, "flow.unknown")
    status, answer = await ask(served.socket, "POST", "/v1/flows/F2/answer", said)
    assert (status, answer["error"]["code"]) == (423, "kit.locked")


async def test_a_lock_is_lifted_with_a_code(served: Served) -> None:
    await served.kit.store.put_fact("escrow", KEY)
    await lock(served)
    _, shown = await ask(served.socket, "POST", "/v1/unlock/challenge")
    status, answer = await ask(served.socket, "POST", "/v1/unlock/code", {"code": "1", "by": "Li"})
    assert (status, answer["error"]["code"]) == (409, "unlock.code")
    code = unlock_code(KEY, "demo", "KIT-1", read_challenge(shown["challenge"]))
    status, answer = await ask(served.socket, "POST", "/v1/unlock/code", {"code": code, "by": "Li"})
    assert (status, answer["standing"]["mode"]) == (200, "restricted")


async def test_the_holder_proves_who_he_is(served: Served) -> None:
    served.kit.packs._current = replace(served.kit.packs.current, holder=HOLDER)
    status, answer = await ask(served.socket, "POST", "/v1/reauthenticate", {"by": "Li", "passcode": "correct horse"})
    assert (status, answer) == (200, {"standing": {}})
    status, answer = await ask(served.socket, "POST", "/v1/reauthenticate", {"by": "Li", "passcode": "wrong"})
    assert answer["error"]["code"] == "holder.passcode"


async def test_a_wipe_on_the_spot(served: Served) -> None:
    status, answer = await ask(served.socket, "POST", "/v1/wipe", {"by": ["A", "B"]})
    assert (status, answer["error"]["code"]) == (409, "wipe.unlocked")
    await lock(served)
    _, plan = await ask(served.socket, "POST", "/v1/wipe", {"by": ["A", "B"], "dry_run": True})
    assert not plan["wiped"]
    assert "card.ledger 1" in plan["refused"]
    status, answer = await ask(served.socket, "POST", "/v1/wipe", {"by": ["A", "B"], "force": True})
    assert (status, answer["wiped"]) == (200, True)
    assert served.kit.gate.standing.mode is Mode.WIPED
    status, answer = await ask(served.socket, "GET", "/v1/devices")
    assert (status, answer["error"]["code"]) == (423, "kit.wiped")


@pytest.mark.parametrize("route", ["/v1/unlock/code", "/v1/reauthenticate", "/v1/wipe"])
async def test_nonsense_is_refused_and_nothing_secret_is_repeated(served: Served, route: str) -> None:
    status, answer = await ask(served.socket, "POST", route, {"code": 12345678, "passcode": 7, "by": 3})
    assert (status, answer["error"]["code"]) == (409, "body.invalid")
    assert "12345678" not in answer["error"]["message"]
