"""The authoriser's desk over the whole agent and central: yes, no, back to be mended, a restart, no network, a forged field."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from forging_agent import FLAG
from journey import HERE, KIT_FILE, SPEED, Journey, ReadyWorld, a_moment
from office import LI, WANG, Office

from padkit_sim.demo import files
from padkit_sim.demo.world import POLICY, WorldFailed

WAIT = {"what": "auth_wait", "choice": "wait"}
MEND = {"what": "mend", "choice": "mended", "by": ["demo script"], "fields": {"open_purpose": "salary"}}


class Authorisers:
    """People at the centre's terminal."""

    def __init__(self, journey: Journey) -> None:
        self._journey = journey

    async def do(self, *words: str, by: str = WANG) -> dict[str, Any]:
        signs = ("--operator", by, "--password-file", files.PASSWORD)
        told: dict[str, Any] = json.loads(await self._call(*words, *signs))
        return told

    async def waiting(self) -> str:
        """Wait until a request is in the queue; return its name."""
        await self._journey.until(lambda it: it.get("note") == "auth.queued")
        while not (found := await self.listed()):
            await a_moment()
        return str(found[0]["id"])

    async def listed(self, *words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(await self._call("list", *words))
        return found

    async def decide(self, act: str, *words: str, name: str = "") -> dict[str, Any]:
        name = name or await self.waiting()
        await self.do("take", name)
        return await self.do(act, name, "--yes", *words)

    async def _call(self, *words: str) -> str:
        return await self._journey.world.central_cli("authorise", *words, "--config", files.CENTRAL, "--json")


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def standing(tmp_path_factory) -> AsyncIterator[Journey]:
    folder = tmp_path_factory.mktemp("auth")
    policy = folder / "policy.toml"
    text = POLICY.read_text(encoding="utf-8")
    alone = '[[waivers]]\nid = "demo-manager"\nbusiness = ["ACC-01"]\ncovers = ["fp_manager"]\nreason = "no fingerprint reader"\n'
    needed = re.sub(r'(id = "demo-authoriser"\nbusiness = \[)"ACC-01", ', r"\1", text)
    assert needed != text
    policy.write_text(needed + "\n" + alone + 'approved_by = "TEST ONLY"\nuntil = "2036-12-31"\n', encoding="utf-8")
    played = Journey(folder / "w")
    played.world = ReadyWorld(played.folder, kit_file=str(KIT_FILE), speed=SPEED, policy=policy)
    played.world.agent_command = (sys.executable, str(HERE / "forging_agent.py"))
    async with played.world:
        await Office(played).open()
        yield played


@pytest_asyncio.fixture(loop_scope="session")
async def journey(standing: Journey) -> AsyncIterator[Journey]:
    await standing.begin()
    yield standing
    await standing.clean_up()


async def test_an_authoriser_approves_and_the_card_is_opened_with_the_ticket(journey: Journey) -> None:
    desk = Authorisers(journey)
    opening = asyncio.create_task(journey.open(WAIT))
    name = await desk.waiting()
    try:
        await desk.do("approve", name, "--yes", by=LI)
    except WorldFailed as exc:
        assert "auth.not_taken" in str(exc)
    await desk.decide("approve")
    assert (await opening)["phase"] == "CLOSED"
    (ended,) = [it for it in await desk.listed("--all") if it["id"] == name]
    assert ended["state"] == "approved"
    trail = json.loads(await journey.world.central_cli("audit", "list", "--config", files.CENTRAL, "--json"))
    assert {"auth.asked", "auth.taken", "auth.viewed", "auth.approved"} <= {it["what"] for it in trail}
    await journey.compare()


async def test_f07_what_is_returned_is_mended_asked_for_again_and_opened(journey: Journey) -> None:
    desk = Authorisers(journey)
    opening = asyncio.create_task(journey.open(WAIT, MEND))
    await desk.decide("return", "--reason", "purpose vague", "--part", "open_purpose")
    view = await desk.decide("approve")
    assert (view["fields"]["open_purpose"], view["line"]["round"]) == ("salary", 2)
    assert (await opening)["phase"] == "CLOSED"
    assert [it["note"] for it in journey.seen("decided")] == ["returned", "approved"]
    await journey.compare()


async def test_a_refusal_ends_the_case_before_a_card_moves(journey: Journey) -> None:
    voucher = await journey.next_voucher()
    opening = asyncio.create_task(journey.open(WAIT))
    await Authorisers(journey).decide("refuse", "--reason", "coached")
    ended = await opening
    assert (ended["phase"], ended["note"]) == ("REFUSED", "auth.refused: coached")
    assert await journey.next_voucher() == voucher
    await journey.compare()


async def test_a_case_waits_over_a_restart_of_the_agent(journey: Journey) -> None:
    desk = Authorisers(journey)
    opening = asyncio.create_task(journey.open(WAIT))
    name = await desk.waiting()
    await journey.stop_agent()
    await asyncio.gather(opening, return_exceptions=True)
    await desk.decide("approve", name=name)
    await journey.start_agent()
    assert await journey.follow_open(WAIT) == "CLOSED"
    assert (await desk.listed("--all"))[0]["id"] == name  # nothing was asked anew
    await journey.compare()


async def test_f06_a_case_waits_while_the_network_is_away(journey: Journey) -> None:
    desk = Authorisers(journey)
    opening = asyncio.create_task(journey.open(WAIT))
    name = await desk.waiting()
    await journey.world.children.pop("central").stop()
    await journey.until(lambda it: it.get("note") == "auth.away")
    await journey.world.start_central()
    await desk.decide("approve", name=name)
    assert (await opening)["phase"] == "CLOSED"
    await journey.compare()


async def test_a_field_changed_after_the_approval_is_refused_by_central_and_the_card_captured(journey: Journey) -> None:
    voucher = await journey.next_voucher()
    (journey.folder / FLAG).touch()
    opening = asyncio.create_task(journey.open(WAIT))
    await Authorisers(journey).decide("approve")
    ended = await opening
    (journey.folder / FLAG).unlink()
    assert ended["phase"] == "REFUSED"
    assert ended["note"].startswith("central.refuse: ticket.bound")
    assert await journey.box_place(voucher) == "bin"
    await journey.compare()


async def test_a_manager_withdraws_and_nobody_need_look_any_more(journey: Journey) -> None:
    desk = Authorisers(journey)
    opening = asyncio.create_task(journey.open(WAIT))
    name = await desk.waiting()
    (flow,) = (await journey.world.agent("GET", "/v1/flows"))["flows"]
    await journey.world.agent("POST", f"/v1/flows/{flow['id']}/cancel")
    assert (await opening)["phase"] == "CANCELLED"
    await journey.settled()
    assert [it["state"] for it in await desk.listed("--all") if it["id"] == name] == ["withdrawn"]
    await journey.compare()
