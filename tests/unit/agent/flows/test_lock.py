"""A lock in mid-flow (F27): safe stop before P1, safe end after it; what is held back says who locked it."""

from __future__ import annotations

import asyncio

import pytest

from padkit_agent.core.flow import Rules
from padkit_contract.commands import Mode, Standing
from padkit_contract.messages import CARD_OPEN, EVIDENCE, CardState, Outcome, Reply
from padkit_sdk.errors import Refused

from .kit import Kit


def lock(kit: Kit, *finishing: str) -> None:
    kit.gate.put(Standing(mode=Mode.LOCKED, cause="c-1", since="2026-11-22T08:00:00Z", finishing=finishing))


async def test_a_locked_kit_begins_nothing_and_says_why(kit: Kit) -> None:
    lock(kit)
    with pytest.raises(Refused, match="locked since 2026-11-22T08:00:00Z by c-1") as refused:
        await kit.begin()
    assert refused.value.reason == "kit.locked"


async def test_a_lock_that_comes_while_a_flow_is_made_ready_is_in_time(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = kit.packs.rules

    async def meanwhile(version: int, business: str) -> Rules:
        lock(kit)
        return await rules(version, business)

    monkeypatch.setattr(kit.packs, "rules", meanwhile)
    with pytest.raises(Refused) as refused:
        await kit.begin()
    assert refused.value.reason == "kit.locked"
    assert await kit.desk.views(open_only=False) == ()


async def test_a_lock_at_a_question_before_p1_captures_the_card(kit: Kit) -> None:
    flow = await kit.begin()
    await kit.asked("pin")
    lock(kit, flow)
    last = await kit.ended()
    assert (last.phase, last.note) == ("CANCELLED", "kit.locked")
    assert kit.packs.states["000001"] is CardState.CAPTURED


async def test_a_lock_during_a_feed_waits_for_its_end_and_captures_the_card(kit: Kit) -> None:
    gate = kit.box.gates["stage"] = asyncio.Event()
    flow = await kit.begin()
    await kit.store.wrote("stage_card")
    lock(kit, flow)
    gate.set()
    assert (await kit.ended()).note == "kit.locked"
    assert len(kit.box.bin) == 1


async def test_a_lock_wins_over_a_confirmation_that_is_not_on_disk(kit: Kit) -> None:
    flow = await kit.begin()
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    lock(kit, flow)
    assert (await kit.ended()).note == "kit.locked"
    assert not [it for it in kit.courier.sent if it[0] == CARD_OPEN]


async def test_between_p1_and_p2_the_flow_goes_on_to_the_hand(kit: Kit) -> None:
    gate = kit.box.gates["move gate"] = asyncio.Event()
    flow = await kit.begin()
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    await kit.store.wrote("move_card")
    lock(kit, flow)
    gate.set()
    assert (await kit.ended()).phase == "CLOSED"
    assert len(kit.box.hand) == 1


def late_answers(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Let central's answers wait for the event."""
    locked, reply = asyncio.Event(), kit.courier.reply

    async def late(envelope: str, *, timeout_s: float | None) -> Reply | None:
        await locked.wait()
        return await reply(envelope, timeout_s=timeout_s)

    monkeypatch.setattr(kit.courier, "reply", late)
    return locked


async def test_after_p2_the_receipt_is_finished(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = await kit.begin()
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    await kit.store.wrote("move_card")  # the bank has answered; only the evidence is still to be handed in
    locked = late_answers(kit, monkeypatch)
    await kit.store.wrote("upload")
    assert len(kit.box.hand) == 1
    lock(kit, flow)
    locked.set()
    assert (await kit.ended()).phase == "CLOSED"
    assert [business for business, _, _ in kit.courier.sent][-1] == EVIDENCE


async def test_what_a_finishing_flow_asks_is_answered_under_lock_and_nothing_else_is(kit: Kit) -> None:
    kit.box.takes = False
    flow = await kit.begin()
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    await kit.asked("not_taken")
    lock(kit)
    with pytest.raises(Refused, match="locked"):
        await kit.say(flow, "not_taken", "reverse")
    lock(kit, flow)
    for act in (kit.desk.cancel, kit.desk.resume):
        with pytest.raises(Refused, match="locked"):
            act(flow, "A") if act == kit.desk.cancel else kit.desk.resume(flow)
    await kit.say(flow, "not_taken", "reverse")
    assert (await kit.ended()).phase == "REVERSED"


async def test_a_flow_that_falls_back_before_p1_is_stopped_there(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = late_answers(kit, monkeypatch)
    kit.courier.answers[CARD_OPEN].append(Reply(Outcome.NOT_EXECUTED, "3001"))
    flow = await kit.begin()
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    await kit.store.wrote("submit")
    lock(kit, flow)
    locked.set()
    assert (await kit.ended()).phase == "CANCELLED"
    assert len(kit.box.bin) == 1
    assert [business for business, _, _ in kit.courier.sent].count(CARD_OPEN) == 1


async def test_a_woken_flow_is_stopped_before_it_acts(kit: Kit) -> None:
    flow = await kit.begin()
    await kit.asked("pin")
    await kit.kill()
    kit.build()
    lock(kit, flow)
    await kit.start(fetch=False)
    last = await kit.ended()
    assert last.note in ("kit.locked", "woke with a card inside")
    assert len(kit.box.bin) == 1


async def test_a_halted_flow_is_taken_up_and_stopped(kit: Kit) -> None:
    kit.store.full_from = "reserve"
    flow = await kit.begin()
    await kit.halted()
    kit.store.full_from = ""
    lock(kit, flow)
    assert (await kit.ended()).phase == "CANCELLED"
    assert len(kit.box.bin) == 1


async def test_a_flow_that_halts_under_lock_is_tried_again(kit: Kit) -> None:
    flow = await kit.begin()
    await kit.asked("pin")
    kit.store.full_from = "move_card"
    kit.on_halt = lambda: setattr(kit.store, "full_from", "")
    lock(kit, flow)
    assert (await kit.ended()).phase == "CANCELLED"


async def test_an_unlock_in_time_lets_a_flow_go_on(kit: Kit) -> None:
    gate = kit.box.gates["stage"] = asyncio.Event()
    flow = await kit.begin()
    await kit.store.wrote("stage_card")
    lock(kit, flow)
    kit.gate.put(Standing())
    gate.set()
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    assert (await kit.ended()).phase == "CLOSED"


async def test_a_wish_of_the_customer_outlives_the_lock(kit: Kit) -> None:
    gate = kit.box.gates["stage"] = asyncio.Event()
    flow = await kit.begin()
    await kit.store.wrote("stage_card")
    kit.desk.cancel(flow, "A")
    lock(kit, flow)
    kit.gate.put(Standing())
    gate.set()
    assert (await kit.ended()).note == "customer.cancel"


async def test_a_stopped_box_stops_flows_by_its_own_name(kit: Kit) -> None:
    flow = await kit.begin()
    await kit.asked("pin")
    kit.gate.put(Standing(box_stopped=True, finishing=(flow,)))
    assert (await kit.ended()).note == "box.stopped_by_central"
    with pytest.raises(Refused) as refused:
        await kit.begin()
    assert refused.value.reason == "box.stopped_by_central"


async def test_the_end_of_a_flow_is_told(kit: Kit) -> None:
    ended = asyncio.Event()
    kit.desk.on_end = ended.set
    await kit.open_card()
    await ended.wait()


async def test_a_case_is_not_closed_under_lock(kit: Kit) -> None:
    lock(kit)
    with pytest.raises(Refused, match="close case"):
        await kit.desk.close_case("x", by="A + B", found=None)
