from __future__ import annotations

import asyncio

import msgspec
import pytest

from padkit_agent.core.actions import LookAtBox
from padkit_agent.core.flow import Flow
from padkit_agent.core.phases import Phase
from padkit_agent.store import CaseRow, JournalRow, StoreFull
from padkit_contract.messages import CARD_OPEN, CASE, EVIDENCE, CardState, Case, Outcome, Reply, Request, Slip, SlipCard
from padkit_sdk.errors import DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import Capability
from padkit_sim.devices.bank_card import numbered

from .kit import FORM, PIN_BLOCK, PIN_FIELDS, Kit, pack

PERSONAL = ("欧阳测试", "11010519491231002X", "虚构省样例市测试路1号", "13800000000", "6220000000000000017")


async def test_a_card_goes_from_the_hopper_to_the_hand(kit: Kit) -> None:
    flow, last = await kit.open_card()
    assert (last.phase, last.flow) == ("CLOSED", flow)
    assert [it.serial for it in kit.box.hand] == ["000001"]
    assert kit.packs.states["000001"] is CardState.HANDED_OVER
    assert await kit.desk.views(open_only=True) == ()


async def test_what_is_sent_is_what_was_read_typed_and_staged(kit: Kit) -> None:
    await kit.open_card()
    (body, c3) = next((body, c3) for business, body, c3 in kit.courier.sent if business == CARD_OPEN)
    request = msgspec.json.decode(body, type=Request)
    assert request.attempt == 1
    assert request.fields.items() >= {**FORM, **PIN_FIELDS}.items()
    assert request.fields["cert_no"] == "11010519491231002X"
    assert request.fields["cert_end"] == "长期"
    assert (request.fields["voucher_serial"], request.fields["voucher_batch"]) == ("000001", "B1")
    assert msgspec.json.decode(c3) == {"new_pin_block": PIN_BLOCK, "card_expiry": "3012"}


ACTS = {
    "read": "read_identity",
    "stage": "stage_card",
    "chip": "read_chip",
    "move gate": "move_card",
    "move bin": "move_card",
    "move reader": "move_card",
    "prepare": "look_at_box",
}


async def test_the_journal_row_is_on_disk_before_each_act(kit: Kit) -> None:
    kit.box.takes = False
    flow = await kit.begin()
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    await kit.asked("not_taken")
    await kit.say(flow, "not_taken", "reverse")
    assert (await kit.ended()).phase == "REVERSED"
    acts = [number for number, entry in enumerate(kit.log) if entry.startswith("act ")]
    assert [kit.log[number] for number in acts] == [
        "act read",
        "act stage",
        "act chip",
        "act move gate",
        "act move bin",
    ]
    for number in acts:
        row = next(entry for entry in reversed(kit.log[:number]) if entry.startswith("row "))
        assert row.split(" ")[2] == ACTS[kit.log[number].removeprefix("act ")]


async def test_progress_shows_nothing_personal(kit: Kit) -> None:
    flow, _ = await kit.open_card()
    shown = repr([*kit.captured.entries, await kit.desk.views(open_only=False)])
    while not kit.lines.empty():
        shown += repr(kit.lines.get_nowait())
    (view,) = await kit.desk.views(open_only=False)
    assert (view.last4, view.voucher, view.id) == ("0016", "000001", flow)
    assert not [value for value in (*PERSONAL, PIN_BLOCK) if value in shown]


# C3 values


async def test_c3_values_are_on_no_disk_sealed_or_not(kit: Kit) -> None:
    flow, _ = await kit.open_card()
    for step in await kit.store.steps(flow):
        assert PIN_BLOCK.encode() not in step.event + step.flow
        assert b"3012" not in step.event + step.flow
    for row in await kit.store.due(1000):
        assert PIN_BLOCK.encode() not in row.body
    assert PIN_BLOCK.encode() not in await kit.raw_files()


@pytest.mark.parametrize(
    ("fields", "c3"),
    [
        ({"new_pin_block": PIN_BLOCK}, {}),
        ({"card_expiry": "3012"}, {}),
        ({}, {"phone": "13800000000"}),
        ({"colour": "red"}, {}),
    ],
)
async def test_a_value_in_the_wrong_place_is_refused_and_not_written(
    kit: Kit, fields: dict[str, str], c3: dict[str, str]
) -> None:
    flow = await kit.begin()
    await kit.asked("pin")
    with pytest.raises(Refused, match="see the catalogue") as refused:
        await kit.say(flow, "pin", "entered", fields=fields, c3=c3)
    assert refused.value.reason == "answer.fields"
    assert PIN_BLOCK not in str(refused.value)
    await kit.say(flow, "pin", "entered", fields=dict(PIN_FIELDS), c3={"new_pin_block": PIN_BLOCK})
    await kit.confirm(flow)
    assert (await kit.ended()).phase == "CLOSED"


async def test_a_pin_block_is_good_for_one_request_only(kit: Kit) -> None:
    kit.courier.answers[CARD_OPEN] = [Reply(Outcome.NOT_EXECUTED, "2007")]
    flow = await kit.begin()
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    await kit.asked("pin")
    await kit.say(flow, "pin", "entered")
    await kit.confirm(flow)
    await kit.ended()
    parts = [msgspec.json.decode(c3) for business, _, c3 in kit.courier.sent if business == CARD_OPEN]
    assert parts == [{"new_pin_block": PIN_BLOCK, "card_expiry": "3012"}, {"card_expiry": "3012"}]


async def test_a_pin_block_does_not_outlive_its_card(kit: Kit) -> None:
    """Entered, and the agent stood still: the card is captured, the next one is asked a PIN of its own."""
    flow = await kit.begin()
    await kit.asked("pin")
    kit.store.full_from = "ask"
    await kit.say(flow, "pin", "entered", c3={"new_pin_block": PIN_BLOCK})
    await kit.halted()
    kit.store.full_from = ""
    kit.desk.resume(flow)
    await kit.asked("pin")
    await kit.say(flow, "pin", "entered")
    await kit.confirm(flow)
    await kit.ended()
    (part,) = [msgspec.json.decode(c3) for business, _, c3 in kit.courier.sent if business == CARD_OPEN]
    assert part == {"card_expiry": "3012"}


async def test_once_sent_a_pin_block_is_in_nobodys_memory(kit: Kit) -> None:
    kit.box.takes = False
    flow = await kit.begin()
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    await kit.asked("not_taken")
    assert kit.desk._runs[flow].said_c3 == kit.courier.c3 == {}


async def test_a_request_that_was_not_written_leaves_no_c3_part(kit: Kit) -> None:
    kit.store.full_from = "submit"
    flow = await kit.begin()
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    await kit.halted()
    assert kit.courier.c3 == {}


# Answers


async def test_a_second_tap_does_not_answer_the_next_question(kit: Kit) -> None:
    flow = await kit.begin()
    await kit.asked("pin")
    pin = {"fields": dict(PIN_FIELDS), "c3": {"new_pin_block": PIN_BLOCK}}
    await kit.say(flow, "pin", "entered", **pin)
    with pytest.raises(Refused, match="does not ask 'pin' now"):
        await kit.say(flow, "pin", "entered", **pin)
    await kit.confirm(flow)
    assert (await kit.ended()).phase == "CLOSED"


async def test_two_taps_while_the_first_is_written_count_once(kit: Kit) -> None:
    flow = await kit.begin()
    await kit.asked("pin")
    taps = [kit.say(flow, "pin", "entered", fields=dict(PIN_FIELDS)) for _ in range(5)]
    results = await asyncio.gather(*taps, return_exceptions=True)
    assert [it is None for it in results].count(True) == 1
    await kit.confirm(flow)
    assert (await kit.ended()).phase == "CLOSED"


async def test_an_answer_that_nobody_asked_for_is_refused(kit: Kit) -> None:
    flow = await kit.begin()
    await kit.asked("pin")
    for what, choice, reason in [("confirm", "yes", "flow.not_asking"), ("pin", "maybe", "answer.choice")]:
        with pytest.raises(Refused) as refused:
            await kit.say(flow, what, choice)
        assert refused.value.reason == reason
    with pytest.raises(Refused) as refused:
        await kit.say("nobody", "pin", "entered")
    assert refused.value.reason == "flow.unknown"


async def test_two_people_are_two(kit: Kit) -> None:
    kit.box.woes["stage"] = [DeviceFault("box.empty")]
    flow = await kit.begin()
    await kit.asked("load_cards")
    for by in [(), ("A",), ("A", "A")]:
        with pytest.raises(Refused, match="2 different people must confirm"):
            await kit.say(flow, "load_cards", "done", by=by)
    await kit.say(flow, "load_cards", "done", by=("A", "B"))
    await kit.asked("pin")


# Cancelling


async def test_a_cancel_at_a_question_captures_the_card(kit: Kit) -> None:
    flow = await kit.begin()
    await kit.asked("pin")
    kit.desk.cancel(flow, "the customer")
    assert (await kit.ended()).phase == "CANCELLED"
    assert [it.serial for it in kit.box.bin] == ["000001"]
    events = [it.event for it in await kit.store.steps(flow)]
    assert any(b'"cancel_asked"' in it and b"the customer" in it for it in events)


async def test_a_cancel_during_a_motion_waits_for_its_end(kit: Kit) -> None:
    gate = kit.box.gates["stage"] = asyncio.Event()
    flow = await kit.begin()
    await kit.until(lambda it: it.kind == "doing" and it.action == "stage_card")
    kit.desk.cancel(flow, "A")
    gate.set()
    assert (await kit.ended()).phase == "CANCELLED"
    assert (len(kit.box.bin), "act chip" in kit.log) == (1, False)


async def test_a_cancel_while_a_motion_is_in_doubt_is_not_forgotten(kit: Kit) -> None:
    kit.box.woes["stage"] = [OutcomeUnknown("?")]
    gate = kit.box.gates["prepare"] = asyncio.Event()
    flow = await kit.begin()
    await kit.until(lambda it: it.event == "doubtful")
    await kit.until(lambda it: it.kind == "doing" and it.action == "look_at_box")
    kit.desk.cancel(flow, "A")
    gate.set()
    assert (await kit.ended()).phase == "CANCELLED"
    assert kit.log.count("act stage") == 1


async def test_a_cancel_ends_a_wait_for_a_device(kit: Kit) -> None:
    kit.reader.woes = [LinkLost("unplugged")]
    kit.devices.away["reader"] = asyncio.Event()
    flow = await kit.begin()
    await kit.until(lambda it: it.action == "wait_device")
    kit.desk.cancel(flow, "A")
    assert (await kit.ended()).phase == "CANCELLED"


async def test_a_cancel_after_the_bank_was_asked_is_refused(kit: Kit) -> None:
    kit.box.takes = False
    flow = await kit.begin()
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    await kit.asked("not_taken")
    with pytest.raises(Refused, match="is in CARD_NOT_TAKEN; it can no longer be cancelled"):
        kit.desk.cancel(flow, "A")


async def test_a_cancel_that_was_taken_wins_over_a_confirmation_at_the_same_moment(kit: Kit) -> None:
    flow = await kit.begin()
    await kit.enter_pin(flow)
    await kit.asked("confirm")
    kit.desk.cancel(flow, "the customer")
    await kit.say(flow, "confirm", "yes")
    assert (await kit.ended()).phase == "CANCELLED"
    assert CARD_OPEN not in [business for business, *_ in kit.courier.sent]


async def test_after_the_customer_has_confirmed_no_cancel_is_taken_any_more(kit: Kit) -> None:
    """Its row may not be on disk yet: a cancel taken now would be one that is not kept."""
    flow = await kit.begin()
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    with pytest.raises(Refused, match="confirmed by the customer") as refused:
        kit.desk.cancel(flow, "the customer")
    assert refused.value.reason == "flow.too_late"
    assert (await kit.ended()).phase == "CLOSED"


# The store and the policy


async def test_without_a_row_there_is_no_act_and_resume_goes_on(kit: Kit) -> None:
    kit.store.full_from = "stage_card"
    flow = await kit.begin()
    assert "full" in (await kit.halted()).note
    assert "act stage" not in kit.log
    (view,) = await kit.desk.views(open_only=True)
    assert "StoreFull" in view.halted
    kit.store.full_from = ""
    kit.desk.resume(flow)
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    assert (await kit.ended()).phase == "CLOSED"


@pytest.mark.parametrize("action", ["read_chip", "reserve", "submit", "move_card", "await_taken", "upload"])
async def test_a_full_store_at_any_row_ends_in_one_truth_after_resume(kit: Kit, action: str) -> None:
    still = asyncio.Event()
    kit.on_halt = still.set
    kit.store.full_from = action
    flow = await kit.begin()
    people = asyncio.create_task(friendly_people(kit, flow))
    await still.wait()
    kit.store.full_from = ""
    kit.desk.resume(flow)
    last = await people
    assert last == "CLOSED"
    assert len(kit.box.hand) == 1


async def friendly_people(kit: Kit, flow: str) -> str:
    while True:
        line = await kit.until(lambda it: it.kind in ("asked", "ended"))
        if line.kind == "ended":
            return line.phase
        c3 = {"new_pin_block": PIN_BLOCK} if line.note == "pin" else {}
        await kit.say(flow, line.note, line.choices[0], by=("A", "B"), c3=c3)


async def test_resume_is_for_halted_flows_only(kit: Kit) -> None:
    flow = await kit.begin()
    await kit.asked("pin")
    with pytest.raises(Refused, match="is not halted"):
        kit.desk.resume(flow)


async def test_a_store_that_fails_during_an_act_halts_the_flow_and_not_the_agent(kit: Kit) -> None:
    async def hold(envelope: str) -> None:
        raise StoreFull("full")

    kit.courier.hold = hold  # type: ignore[method-assign]
    kit.courier.answers[CARD_OPEN] = [None]
    flow = await kit.begin()
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    assert "StoreFull" in (await kit.halted()).note
    assert not kit._task.done()
    kit.desk.resume(flow)
    assert (await kit.ended()).phase == "CLOSED"


@pytest.mark.parametrize("act", ["stage", "chip", "move gate", "read"])
async def test_a_bug_in_an_act_halts_its_flow_and_takes_nothing_else_down(kit: Kit, act: str) -> None:
    if act == "read":
        kit.reader.woes = [KeyError("欧阳测试")]
    else:
        kit.box.woes[act] = [KeyError("欧阳测试")]
    still = asyncio.Event()
    kit.on_halt = still.set
    flow = await kit.begin()
    people = asyncio.create_task(friendly_people(kit, flow))
    await still.wait()
    (view,) = await kit.desk.views(open_only=True)
    assert view.halted == "bug: KeyError; the agent's log says where"
    assert not kit._task.done()
    told = next(it for it in kit.captured.entries if it["event"] == "flow.broken")
    assert "devices.py:" in told["place"]
    assert "欧阳测试" not in repr(kit.captured.entries)
    kit.desk.resume(flow)
    assert await people == "CLOSED"


async def test_a_bug_in_the_rules_halts_its_flow_and_takes_nothing_else_down(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError

    flow = await kit.begin()
    await kit.asked("pin")
    monkeypatch.setattr("padkit_agent.flows.desk.decide", broken)
    await kit.say(flow, "pin", "entered")
    assert (await kit.halted()).note == "bug: ValueError; the agent's log says where"
    assert not kit._task.done()


async def test_a_flow_whose_policy_is_gone_halts_and_says_which(idle: Kit) -> None:
    flow = Flow("F1", "ACC-01", "S1", "R1", 99, {})
    raw = msgspec.json.encode(msgspec.structs.replace(flow, pending=None))
    await idle.store.step(JournalRow("F1", "ACC-01", "2026", "STARTED", "waive", b"{}", raw, ended=False))
    await idle.start()
    assert "policy 99 is not in the store" in (await idle.halted()).note
    assert not idle._task.done()
    await idle.kill()


async def test_a_flow_ends_on_the_policy_it_began_with(kit: Kit) -> None:
    flow = await kit.begin()
    await kit.asked("pin")
    kit.courier.pack = pack(version=4, until="2026-01-01")
    assert await kit.packs.refresh(kit.post.ledger)
    await kit.say(flow, "pin", "entered")
    await kit.confirm(flow)
    assert (await kit.ended()).phase == "CLOSED"


async def test_a_card_keeps_the_batch_of_its_slip_when_a_new_slip_comes_in_mid_flow(kit: Kit) -> None:
    flow = await kit.begin()
    await kit.asked("pin")
    cards = [numbered("622000", number) for number in range(6, 9)]
    slip = Slip("B2", "DEBIT-DEMO", tuple(SlipCard(it.serial, it.pan) for it in cards))
    kit.courier.pack = msgspec.structs.replace(pack(), slip=slip)
    assert await kit.packs.refresh(kit.post.ledger)
    await kit.say(flow, "pin", "entered")
    await kit.confirm(flow)
    assert (await kit.ended()).phase == "CLOSED"
    lines = await kit.store.ledger()
    assert {it.batch for it in lines if it.voucher == "000001"} == {"B1"}
    assert {it.batch for it in lines if it.voucher == "000006"} == {"B2"}
    (body,) = [body for business, body, _ in kit.courier.sent if business == CARD_OPEN]
    assert msgspec.json.decode(body, type=Request).fields["voucher_batch"] == "B1"


# Beginning


async def test_a_kit_without_a_policy_begins_nothing(idle: Kit) -> None:
    await idle.start(fetch=False)
    with pytest.raises(Refused) as refused:
        await idle.begin()
    assert refused.value.reason == "policy.none"
    await idle.kill()


async def test_before_the_desk_runs_nothing_is_begun_or_written(idle: Kit) -> None:
    assert await idle.packs.refresh(idle.post.ledger)
    with pytest.raises(Refused, match="ask again in a moment"):
        await idle.begin()
    assert await idle.store.heads(open_only=False) == ()


@pytest.mark.parametrize(
    ("business", "change", "reason"),
    [
        ("ACC-99", {}, "business.unknown"),
        ("ACC-01", {"phone": "12"}, "field.length"),
        ("ACC-01", {"phone": None}, "field.missing"),
        ("ACC-01", {"card_no": "6220000000000000017"}, "field.unknown"),
        ("ACC-01", {"new_pin_block": PIN_BLOCK}, "field.unknown"),
        ("ACC-01", {"acct_class": "IV"}, "field.value"),
    ],
)
async def test_a_form_that_does_not_fit_the_catalogue_begins_nothing(
    kit: Kit, business: str, change: dict[str, str | None], reason: str
) -> None:
    inputs = {name: value for name, value in {**FORM, **change}.items() if value is not None}
    with pytest.raises(Refused) as refused:
        await kit.desk.begin(business, inputs)
    assert refused.value.reason == reason
    assert await kit.store.heads(open_only=False) == ()


async def test_an_open_case_that_stops_the_box_refuses_the_next_flow(kit: Kit) -> None:
    await stop_the_box(kit)
    with pytest.raises(Refused, match=r"the card box is stopped by case OLD \(box\.jam\); close it first"):
        await kit.begin()
    await kit.desk.close_case("OLD", by="A + B", found=None)
    await kit.begin()


async def test_a_case_that_stops_the_box_meanwhile_keeps_a_flow_from_feeding(kit: Kit) -> None:
    gate = kit.box.gates["status"] = asyncio.Event()
    await kit.begin()
    await kit.until(lambda it: it.kind == "doing" and it.action == "look_at_box")
    await stop_the_box(kit)
    gate.set()
    last = await kit.ended()
    assert (last.phase, last.note) == ("REFUSED", "box.stopped: case OLD (box.jam)")
    assert "act stage" not in kit.log


async def test_a_box_that_only_ejects_is_refused_before_a_flow_begins(kit: Kit) -> None:
    kit.box.able = frozenset({Capability.EJECT})
    with pytest.raises(Refused) as refused:
        await kit.begin()
    assert refused.value.reason == "box.cannot"
    assert "this card box cannot stage, read_inside, present" in str(refused.value)
    assert "此发卡箱不能预送卡、箱内读卡" in str(refused.value)
    assert "本版本不提供人工交接" in str(refused.value)
    assert await kit.store.heads(open_only=False) == ()
    assert (kit.log, kit.devices.holders) == ([], {})


async def test_a_box_that_only_ejects_and_came_later_moves_no_card_and_books_nothing(kit: Kit) -> None:
    kit.devices.holders["box"] = "somebody"
    flow = await kit.begin()
    kit.box.able = frozenset({Capability.EJECT})
    del kit.devices.holders["box"]
    last = await kit.ended()
    assert (last.flow, last.phase) == (flow, "REFUSED")
    assert last.note == "box.cannot: connect a card box that stages and captures cards / 请换用能预送卡并回收的发卡箱"
    assert not {"act stage", "act prepare"} & set(kit.log)
    assert set(kit.packs.states.values()) == {CardState.LOADED}
    assert CARD_OPEN not in [business for business, _, _ in kit.courier.sent]


async def stop_the_box(kit: Kit) -> None:
    row = JournalRow("OLD", "ACC-01", "2026", "CASE_OPEN", "", b"{}", b"{}", ended=True)
    await kit.store.step(row, case=CaseRow("OLD", "OLD", "box.jam", "2026", stops_box=True))


async def test_a_case_is_written_and_told_to_central(kit: Kit) -> None:
    kit.box.hopper[0].health = kit.box.hopper[1].health = type(kit.box.hopper[0].health).MUTE
    flow = await kit.begin()
    assert (await kit.ended()).phase == "CASE_OPEN"
    (case,) = await kit.store.cases(open_only=True)
    assert (case.flow_id, case.stops_box) == (flow, True)
    waiting = {it.business: it.body for it in await kit.store.due(1000)}
    told = msgspec.json.decode(waiting[CASE], type=Case)
    assert (told.flow, told.voucher) == (flow, "000002")
    assert EVIDENCE in waiting


async def test_where_a_card_was_found_is_booked_when_its_case_is_closed(kit: Kit) -> None:
    kit.box.takes = False
    flow = await kit.begin()
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    await kit.asked("not_taken")
    await kit.say(flow, "not_taken", "case")
    await kit.ended()
    await kit.desk.close_case(flow, by="A + B", found=CardState.VOID_PENDING)
    assert kit.packs.states["000001"] is CardState.VOID_PENDING
    with pytest.raises(Refused, match="no open case"):
        await kit.desk.close_case(flow, by="A + B", found=CardState.MISSING)
    assert (await kit.store.states())["000001"] is CardState.VOID_PENDING


# Leases and restarts


async def test_the_box_is_free_for_others_as_soon_as_the_card_is_taken(kit: Kit) -> None:
    waiting = asyncio.Event()
    reply = kit.courier.reply

    async def slow(envelope: str, *, timeout_s: float | None) -> Reply | None:
        if timeout_s is None:
            await waiting.wait()
        return await reply(envelope, timeout_s=timeout_s)

    kit.courier.reply = slow  # type: ignore[method-assign]
    flow = await kit.begin()
    await kit.enter_pin(flow)
    assert kit.devices.holders == {"box": flow}
    await kit.confirm(flow)
    await kit.until(lambda it: it.kind == "doing" and it.action == "upload")
    assert kit.devices.holders == {}
    waiting.set()
    await kit.ended()


async def test_a_second_customer_waits_for_the_box(kit: Kit) -> None:
    first = await kit.begin()
    await kit.asked("pin")
    kit.time.gate.clear()
    second = await kit.begin()
    await kit.until(lambda it: it.flow == second and it.action == "wait_device")
    kit.desk.cancel(first, "A")
    await kit.until(lambda it: it.flow == first and it.kind == "ended")
    kit.time.gate.set()
    await kit.until(lambda it: it.flow == second and it.kind == "asked" and it.note == "pin")
    assert kit.devices.holders == {"box": second}
    await kit.say(second, "pin", "entered")
    await kit.until(lambda it: it.flow == second and it.note == "confirm")
    await kit.say(second, "confirm", "yes")
    await kit.until(lambda it: it.flow == second and it.kind == "ended")
    assert [it.serial for it in kit.box.hand] == ["000002"]


async def test_a_second_customer_waits_for_the_reader_without_filling_the_journal(kit: Kit) -> None:
    kit.devices.holders["reader"] = "somebody"
    kit.time.gate.clear()
    flow = await kit.begin()
    await kit.until(lambda it: it.kind == "doing" and it.action == "wait_device")
    steps = len(await kit.store.steps(flow))
    for _ in range(5):
        assert len(await kit.store.steps(flow)) == steps
    del kit.devices.holders["reader"]
    kit.time.gate.set()
    await kit.asked("pin")


async def test_a_flow_whose_time_with_the_box_is_over_takes_it_anew(kit: Kit) -> None:
    """A question may wait over night."""
    flow = await kit.begin()
    await kit.asked("pin")
    kit.devices.end_lease("box")
    await kit.say(flow, "pin", "entered", c3={"new_pin_block": PIN_BLOCK})
    await kit.confirm(flow)
    assert (await kit.ended()).phase == "CLOSED"


async def test_a_box_that_comes_back_while_a_flow_waits_for_it_is_used(kit: Kit) -> None:
    back = kit.devices.away["box"] = asyncio.Event()
    flow = await kit.begin()
    await kit.until(lambda it: it.kind == "doing" and it.action == "wait_device")
    back.set()
    await kit.enter_pin(flow)
    assert kit.devices.holders == {"box": flow}


async def test_while_a_halted_flow_may_have_its_card_in_the_box_no_other_one_is_fed(kit: Kit) -> None:
    """Else the capture of a second card would be taken for that of the first, which its customer has."""
    kit.box.takes = False
    first = await kit.begin()
    await kit.enter_pin(first)
    await kit.confirm(first)
    await kit.until(lambda it: it.kind == "doing" and it.action == "await_taken")
    kit.store.full_from = "move_card"
    await kit.halted()
    kit.store.full_from, kit.box.takes = "", True
    await kit.box.status(timeout_s=1)  # the customer takes the card
    second = await kit.begin()
    last = await kit.until(lambda it: it.flow == second and it.kind in ("asked", "ended"))
    assert (last.phase, last.note) == (
        "REFUSED",
        f"box.stopped: flow {first} (CARD_PRESENTED), whose card may be in it",
    )
    kit.desk.resume(first)
    assert (await kit.until(lambda it: it.flow == first and it.kind == "ended")).phase == "CLOSED"


async def test_after_a_restart_a_feed_in_doubt_is_looked_up_before_another_flow_feeds(kit: Kit) -> None:
    kit.box.gates["stage"] = asyncio.Event()
    first = await kit.begin()
    await kit.store.wrote("stage_card")
    second = Flow("00", "ACC-01", "S2", "R2", 3, dict(FORM), Phase.AUTHORISED, LookAtBox("before_stage"))
    body = msgspec.json.encode(second)
    await kit.store.step(JournalRow("00", "ACC-01", "2026", "AUTHORISED", "look_at_box", b"{}", body, ended=False))
    await kit.restart()
    last = await kit.until(lambda it: it.flow == "00" and it.kind in ("asked", "ended"))
    assert (last.phase, last.note) == ("REFUSED", f"box.stopped: flow {first} (AUTHORISED), whose card may be in it")


async def test_a_halted_flow_gives_its_devices_back(kit: Kit) -> None:
    kit.store.full_from = "reserve"
    await kit.begin()
    await kit.halted()
    await asyncio.sleep(0)
    assert kit.devices.holders == {}


@pytest.mark.parametrize("action", ["read_identity", "stage_card", "read_chip", "ask", "submit", "move_card", "upload"])
async def test_an_agent_killed_at_any_act_takes_the_flow_up_again(kit: Kit, action: str) -> None:
    flow = await kit.begin()
    people = asyncio.create_task(friendly_people(kit, flow))
    await kit.store.wrote(action)
    people.cancel()
    await kit.restart()
    assert await friendly_people(kit, flow) == "CLOSED"
    assert len(kit.box.hand) == 1
    assert len([business for business, *_ in kit.courier.sent if business == CARD_OPEN]) <= 2


async def test_a_kit_that_cannot_seal_c3_fields_begins_no_flow(kit: Kit) -> None:
    kit.secrecy.fault = "hsm.none"
    with pytest.raises(Refused) as refused:
        await kit.begin()
    assert refused.value.reason == "hsm.none"
    assert await kit.desk.views(open_only=False) == ()


async def test_a_flow_halts_when_the_hsm_is_lost_on_its_way_and_goes_on_later(kit: Kit) -> None:
    flow = await kit.begin()
    await kit.enter_pin(flow)
    kit.secrecy.fault = "certificate.revoked"
    await kit.confirm(flow)
    halted = await kit.halted()
    assert "HSM" in halted.note
    assert CARD_OPEN not in [business for business, *_ in kit.courier.sent]
    kit.secrecy.fault = ""
    kit.desk.resume(flow)
    await kit.enter_pin(flow)
    await kit.confirm(flow)
    assert (await kit.ended()).phase == "CLOSED"


@pytest.mark.parametrize("value", [7, "", "0" * 5000, None])
async def test_a_c3_value_that_does_not_fit_is_refused_before_it_is_sealed(kit: Kit, value: object) -> None:
    flow = await kit.begin()
    await kit.asked("pin")
    with pytest.raises(Refused) as refused:
        await kit.say(flow, "pin", "entered", fields=dict(PIN_FIELDS), c3={"new_pin_block": value})
    assert refused.value.reason in {"field.type", "field.length"}
