"""Opening, reversing, inquiring: over TLS, through the gateway, sealed back."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from padkit_contract import messages
from padkit_contract.messages import (
    CARD_OPEN,
    CARD_RESERVE,
    INQUIRY,
    REVERSAL,
    C3Part,
    EvidenceItem,
    How,
    Outcome,
    Reply,
    Request,
)

C3 = {"new_pin_block": "00" * 16}
PART = messages.encode(C3Part(tuple(C3), b"TEST ONLY sealed"))

Opening = Callable[..., Request]


async def reserve(kit: Any, serial: str = "S1", card_no: str = "6219990000000000010") -> Reply:
    reply: Reply = await kit.ask(CARD_RESERVE, Request(serial, 1, kit.clock.now().isoformat(), {"card_no": card_no}))
    return reply


async def inquire(kit: Any, serial: str = "S1", attempt: int = 1, *, fence: bool = False) -> Reply:
    fields = {"orig_channel_serial": serial, "fence": fence}
    reply: Reply = await kit.ask(INQUIRY, Request(serial, attempt, kit.clock.now().isoformat(), fields))
    return reply


def reversal(kit: Any, serial: str = "R1", attempt: int = 1) -> Request:
    waived = tuple(EvidenceItem(each, How.WAIVED, waiver="demo-authoriser@1") for each in ("fp_manager", "authoriser"))
    fields = {"orig_channel_serial": "S1", "remark": "not taken"}
    return Request(serial, attempt, kit.clock.now().isoformat(), fields, waived)


async def test_a_card_is_opened_once_and_the_core_sees_what_it_asked_for(
    prepared: Any, core: Any, opening: Opening
) -> None:
    async with prepared.kit() as kit:
        assert (await reserve(kit)).outcome is Outcome.OK
        reply = await kit.ask(CARD_OPEN, opening(), C3)
    assert (reply.outcome, reply.code) == (Outcome.OK, "0000")
    assert reply.fields["acct_no"] == "8000000001"
    assert "secret" not in reply.fields
    (asked,) = core.calls("CARD.OPEN")
    assert base64.b64decode(asked["fields"]["c3_sealed"]).startswith(b"TEST ONLY sealed")
    assert not asked["fields"].keys() & C3.keys()
    assert "home_addr" not in asked["fields"]


async def test_the_same_envelope_gets_the_same_reply_and_makes_no_second_call(
    prepared: Any, core: Any, opening: Opening
) -> None:
    async with prepared.kit() as kit:
        await reserve(kit)
        envelope = kit.ids()
        body = messages.encode(opening())
        sealed = kit.sealed(CARD_OPEN, body, envelope)
        c3 = kit.sealed(CARD_OPEN + "#c3", PART, envelope)
        first = await kit.post(sealed, c3)
        again = await kit.post(kit.sealed(CARD_OPEN, body, envelope), c3)
    assert first[0] == 200
    assert first == again
    assert len(core.calls("CARD.OPEN")) == 1


async def test_the_same_attempt_in_another_envelope_gets_the_first_result(
    prepared: Any, core: Any, opening: Opening
) -> None:
    async with prepared.kit() as kit:
        await reserve(kit)
        first = await kit.ask(CARD_OPEN, opening(), C3)
        again = await kit.ask(CARD_OPEN, opening(), C3)
    assert first == again
    assert len(core.calls("CARD.OPEN")) == 1


async def test_the_same_attempt_with_another_content_is_refused(prepared: Any, opening: Opening) -> None:
    async with prepared.kit() as kit:
        await reserve(kit)
        request = opening()
        await kit.ask(CARD_OPEN, request, C3)
        other = opening(fields={**request.fields, "phone": "13900000000"})
        reply = await kit.ask(CARD_OPEN, other, C3)
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "serial.reused")


async def test_a_lost_answer_is_unknown_and_the_inquiry_finds_the_success(
    prepared: Any, core: Any, opening: Opening
) -> None:
    async with prepared.kit() as kit:
        await reserve(kit)
        core.faults.append("drop_reply")
        assert (await kit.ask(CARD_OPEN, opening(), C3)).outcome is Outcome.UNKNOWN
        found = await inquire(kit)
    assert (found.outcome, found.final, found.fields["result_state"]) == (Outcome.OK, True, "success")
    assert len(core.calls("CARD.OPEN")) == 1


async def test_a_lost_request_is_fenced_and_the_next_attempt_opens_the_card(
    prepared: Any, core: Any, opening: Opening
) -> None:
    async with prepared.kit() as kit:
        await reserve(kit)
        core.faults.append("drop_request")
        assert (await kit.ask(CARD_OPEN, opening(), C3)).outcome is Outcome.UNKNOWN
        open_ended = await inquire(kit)
        closed = await inquire(kit, fence=True)
        again = await kit.ask(CARD_OPEN, opening(attempt=2), C3)
    assert (open_ended.outcome, open_ended.final) == (Outcome.NOT_FOUND, False)
    assert (closed.outcome, closed.final) == (Outcome.NOT_FOUND, True)
    assert again.outcome is Outcome.OK


async def test_a_refusal_ends_the_serial_and_a_weak_pin_only_the_attempt(
    prepared: Any, core: Any, opening: Opening
) -> None:
    async with prepared.kit() as kit:
        await reserve(kit)
        core.faults += ["weak_pin", "refuse"]
        weak = await kit.ask(CARD_OPEN, opening(), C3)
        refused = await kit.ask(CARD_OPEN, opening(attempt=2), C3)
        more = await kit.ask(CARD_OPEN, opening(attempt=3), C3)
    assert (weak.outcome, weak.code) == (Outcome.NOT_EXECUTED, "2051")
    assert (refused.outcome, refused.code) == (Outcome.REFUSED, "1101")
    assert (more.outcome, more.code) == (Outcome.INVALID, "serial.ended")


async def test_an_opening_is_reversed_under_its_own_serial(prepared: Any, core: Any, opening: Opening) -> None:
    async with prepared.kit() as kit:
        await reserve(kit)
        await kit.ask(CARD_OPEN, opening(), C3)
        reply = await kit.ask(REVERSAL, reversal(kit))
        again = await kit.ask(REVERSAL, reversal(kit))
    assert (reply.outcome, reply.fields["result_state"]) == (Outcome.OK, "success")
    assert again == reply
    (asked,) = core.calls("TXN.REVERSE")
    assert asked["fields"]["orig_core_serial"] == "core-0"
    assert core.live == {}


async def test_nothing_is_reversed_that_did_not_happen(prepared: Any, core: Any) -> None:
    async with prepared.kit() as kit:
        reply = await kit.ask(REVERSAL, reversal(kit))
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "reversal.nothing")
    assert core.calls("TXN.REVERSE") == []


async def test_another_kit_learns_nothing_about_a_serial(prepared: Any, opening: Opening) -> None:
    async with prepared.kit() as kit:
        await reserve(kit)
        await kit.ask(CARD_OPEN, opening(), C3)
    async with prepared.kit("kit-2") as other:
        reply = await inquire(other)
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "serial.foreign")


async def test_a_silent_core_leaves_the_outcome_unknown(prepared: Any, core: Any, opening: Opening) -> None:
    async with prepared.kit() as kit:
        await reserve(kit)
        core.faults.append("nonsense")
        reply = await kit.ask(CARD_OPEN, opening(), C3)
    assert (reply.outcome, reply.code) == (Outcome.UNKNOWN, "core.unreadable")
