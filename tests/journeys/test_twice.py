"""F19: the same thing asked twice, by a queue that resends or a finger that taps twice, is done once."""

from __future__ import annotations

import asyncio
import json
import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from journey import Journey
from kit_hand import KitHand, kit_hand

from padkit_agent.config import load_settings
from padkit_agent.store.vault import binding_of, look
from padkit_contract.crypto import choose_suite
from padkit_contract.messages import CARD_OPEN, Outcome, Reply
from padkit_sim.demo import files
from padkit_sim.demo.play import watching
from padkit_sim.demo.world import WorldFailed

C3 = {**files.PIN_ANSWER["c3"], "card_expiry": "3012"}


@dataclass(frozen=True)
class Sent:
    """The opening request that the kit has in its outbox."""

    envelope: str
    sequence: int
    previous: str
    body: bytes


def silent(_event: str, /, **_fields: object) -> None:
    """Log nothing."""


def sent_by_the_kit(journey: Journey) -> Sent | None:
    """Read the kit's newest opening request out of its own store."""
    keys = load_settings(journey.folder / files.AGENT).keys
    kit = journey.world.children["kit"].ready["env"]
    binding = binding_of(keys, choose_suite(allow_pure=True, log=silent), kit, secrets.token_bytes)
    vault = look(keys.data_key, binding, secrets.token_bytes)
    with closing(sqlite3.connect(f"file:{journey.folder / 'kit.db'}?mode=ro", uri=True)) as store:
        row = store.execute(
            "SELECT envelope, seq, previous, sealed FROM outbox WHERE business = ? ORDER BY seq DESC LIMIT 1",
            (CARD_OPEN,),
        ).fetchone()
    return Sent(*row[:3], vault.open(row[3], f"outbox:{row[0]}")) if row else None


async def repeat(hand: KitHand, sent: Sent, *, same_envelope: bool) -> Reply:
    """Send it again: the record itself, or the same request in a record of its own."""
    if not same_envelope:
        return await hand.ask(CARD_OPEN, sent.body, C3)
    place = {"sequence": sent.sequence, "previous": sent.previous}
    return await hand.ask(CARD_OPEN, sent.body, C3, envelope=sent.envelope, **place)


def openings(journey: Journey, serial: str) -> list[dict[str, Any]]:
    """Return what the core has settled under a serial, from its own journal."""
    lines = [json.loads(line) for line in (journey.folder / "core.jsonl").read_text().splitlines()]
    return [it for it in lines if it.get("serial") == serial and it["type"] == "settled"]


async def test_f19_a_request_that_comes_twice_at_once_and_again_later_is_executed_once(journey: Journey) -> None:
    before = sent_by_the_kit(journey)
    await journey.world.core("fault", name="core.slow", nth=1, args={"seconds": 1})
    opening = asyncio.create_task(journey.open())
    while (sent := sent_by_the_kit(journey)) == before:
        await journey.world.agent("GET", "/v1/alive")
    assert sent is not None
    async with kit_hand(journey) as hand:
        at_once = await asyncio.gather(*(repeat(hand, sent, same_envelope=same) for same in (True, True, False, False)))
        assert (await opening)["phase"] == "CLOSED"
        later = [await repeat(hand, sent, same_envelope=same) for same in (True, False)]
    assert len({reply.fields["acct_no"] for reply in (*at_once, *later)}) == 1
    assert all(reply.outcome is Outcome.OK for reply in (*at_once, *later))
    assert len(openings(journey, json.loads(sent.body)["serial"])) == 1
    await journey.compare()


async def test_f19_the_same_attempt_with_another_content_is_refused(journey: Journey) -> None:
    assert (await journey.open())["phase"] == "CLOSED"
    sent = sent_by_the_kit(journey)
    assert sent is not None
    other = json.loads(sent.body)
    other["fields"]["phone"] = "13900000000"
    async with kit_hand(journey) as hand:
        reply = await hand.ask(CARD_OPEN, json.dumps(other).encode(), C3)
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "serial.reused")
    await journey.compare()


async def test_f19_a_double_tap_answers_once(journey: Journey) -> None:
    usual = {"pin": files.PIN_ANSWER, "confirm": {"what": "confirm", "choice": "yes"}}
    taken = refused = 0
    async with watching(journey.world) as lines:
        body = {"business": CARD_OPEN, "inputs": files.FORM}
        flow = (await journey.world.agent("POST", "/v1/flows", body))["flow"]
        async for line in lines:
            if line["kind"] == "ended":
                assert line["phase"] == "CLOSED"
                break
            if line["kind"] == "asked":
                tap = ("POST", f"/v1/flows/{flow}/answer", usual[line["note"]])
                taps = await asyncio.gather(*(journey.world.agent(*tap) for _ in range(2)), return_exceptions=True)
                taken += sum(it == {"taken": True} for it in taps)
                refused += sum(isinstance(it, WorldFailed) and "flow.not_asking" in str(it) for it in taps)
    assert (taken, refused) == (2, 2)
    await journey.compare()


async def test_f19_an_answer_after_the_answer_is_refused(journey: Journey) -> None:
    assert (await journey.open())["phase"] == "CLOSED"
    flow = (await journey.world.agent("GET", "/v1/flows?all"))["flows"][-1]["id"]
    with pytest.raises(WorldFailed, match=r"flow\.unknown"):
        await journey.world.agent("POST", f"/v1/flows/{flow}/answer", {"what": "confirm", "choice": "yes"})
