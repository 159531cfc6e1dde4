"""The failure table of the card opening, row by row, on a whole simulated kit; each ends with the compare."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from journey import TWO, Journey

REVERSE: dict[str, Any] = {"what": "not_taken", "choice": "reverse", "by": ["demo script"]}


async def test_a_card_is_opened_from_end_to_end(journey: Journey) -> None:
    voucher = await journey.next_voucher()
    last = await journey.open()
    assert last["phase"] == "CLOSED"
    assert await journey.box_place(voucher) == "hand"
    assert await journey.kit_state(voucher) == "handed_over"
    await journey.compare()


async def test_f01_a_card_not_found_is_looked_for_again_and_then_asked_for(journey: Journey) -> None:
    await journey.world.kit("hand", device="reader", action="lift_card")
    opening = asyncio.create_task(journey.open({"what": "lay_card", "choice": "again"}))
    await journey.until(lambda line: line["kind"] == "asked")
    await journey.world.lay_identity_card("test_a")
    assert (await opening)["phase"] == "CLOSED"
    assert len(journey.seen("try_again")) >= 3
    await journey.compare()


async def test_f01_a_card_taken_away_while_reading_is_laid_again(journey: Journey) -> None:
    await journey.fault("idcard.removed")
    opening = asyncio.create_task(journey.open({"what": "lay_card", "choice": "again"}))
    await journey.until(lambda line: line["kind"] == "asked")
    await journey.world.lay_identity_card("test_a")
    assert (await opening)["phase"] == "CLOSED"
    await journey.compare()


async def test_f08_an_empty_hopper_blocks_until_two_people_loaded_cards(journey: Journey) -> None:
    await journey.fault("box.empty")
    opening = asyncio.create_task(journey.open({"what": "load_cards", "choice": "done", "by": TWO}))
    await journey.until(lambda line: line["kind"] == "asked")
    await journey.world.kit("clear", name="box.empty")
    assert (await opening)["phase"] == "CLOSED"
    await journey.compare()


async def test_f09_a_double_feed_stops_the_box_and_opens_a_case(journey: Journey) -> None:
    await journey.fault("box.double_feed")
    last = await journey.open()
    assert last["phase"] == "CASE_OPEN"
    assert "double_feed" in last["note"]
    await journey.compare()
    with pytest.raises(Exception, match=r"box\.stopped"):
        await journey.open()


async def test_f10_a_jam_that_a_gentle_retry_clears_costs_nothing(journey: Journey) -> None:
    await journey.fault("box.jam", at="stage", clears_after=1)
    assert (await journey.open())["phase"] == "CLOSED"
    assert journey.seen("box_fault")
    await journey.compare()


async def test_f10_a_jam_that_stays_becomes_a_case_with_the_card_inside(journey: Journey) -> None:
    await journey.fault("box.jam", at="stage", clears_after="operator", times=0)
    voucher = await journey.next_voucher()
    last = await journey.open()
    assert last["phase"] == "CASE_OPEN"
    assert await journey.kit_state(voucher) == "staged"
    await journey.compare()
    await free_the_path(journey, voucher)
    await journey.close_case(last["flow"], "captured")
    await journey.compare()


async def test_f11_a_mute_card_is_captured_and_the_next_one_issued(journey: Journey) -> None:
    mute = await journey.next_voucher()
    await journey.fault("card.mute")
    assert (await journey.open())["phase"] == "CLOSED"
    assert await journey.box_place(mute) == "bin"
    await journey.compare()


async def test_f11_two_mute_cards_in_a_row_stop_the_box(journey: Journey) -> None:
    await journey.fault("card.mute", times=2)
    assert (await journey.open())["phase"] == "CASE_OPEN"
    await journey.compare()


async def test_f12_a_strange_card_is_captured_and_stops_the_box(journey: Journey) -> None:
    await journey.fault("card.foreign_pan")
    last = await journey.open()
    assert last["phase"] == "CASE_OPEN"
    assert "foreign_pan" in last["note"]
    await journey.compare()


async def test_f13_a_full_bin_stops_before_a_card_moves(journey: Journey) -> None:
    await journey.fault("box.bin_full")
    voucher = await journey.next_voucher()
    last = await journey.open({"what": "empty_bin", "choice": "stop", "by": TWO})
    assert last["phase"] == "CANCELLED"
    assert await journey.box_place(voucher) == "hopper"
    await journey.compare()


async def test_f15_a_customer_who_cancels_before_p1_leaves_a_captured_card(journey: Journey) -> None:
    voucher = await journey.next_voucher()
    last = await journey.open({"what": "confirm", "choice": "no"})
    assert last["phase"] == "CANCELLED"
    assert await journey.box_place(voucher) == "bin"
    await journey.compare()


async def test_f15_a_cancel_while_the_pin_is_asked_captures_the_card(journey: Journey) -> None:
    voucher = await journey.next_voucher()
    assert (await journey.open({"what": "pin", "choice": "stop"}))["phase"] == "CANCELLED"
    assert await journey.kit_state(voucher) == "captured"
    await journey.compare()


async def test_f16_a_refusal_of_the_core_captures_the_card(journey: Journey) -> None:
    voucher = await journey.next_voucher()
    await journey.world.core("fault", name="core.refuse", nth=1, args={"code": "1001", "msg": "not allowed"})
    last = await journey.open()
    assert last["phase"] == "REFUSED"
    assert "1001" in last["note"]
    assert await journey.box_place(voucher) == "bin"
    await journey.compare()


async def test_f17_a_lost_answer_is_inquired_and_never_sent_twice(journey: Journey) -> None:
    await journey.world.core("fault", name="core.drop_reply", nth=1)
    assert (await journey.open())["phase"] == "CLOSED"
    assert any(line["phase"] == "CORE_UNKNOWN" for line in journey.lines)
    await journey.compare()


async def test_f17_a_slow_core_is_inquired(journey: Journey) -> None:
    await journey.world.core("fault", name="core.slow", nth=1, args={"seconds": 8})
    assert (await journey.open())["phase"] == "CLOSED"
    assert any(line["phase"] == "CORE_UNKNOWN" for line in journey.lines)
    await journey.compare()


async def test_f18_a_lost_request_is_sent_again_with_the_same_serial_and_the_next_attempt(journey: Journey) -> None:
    await journey.world.core("fault", name="core.drop_request", nth=1)
    assert (await journey.open())["phase"] == "CLOSED"
    assert len([line for line in journey.lines if line["kind"] == "doing" and line["action"] == "submit"]) == 2
    await journey.compare()


async def test_f20_a_card_not_taken_is_retracted_and_reversed(journey: Journey) -> None:
    voucher = await journey.next_voucher()
    await journey.world.kit("auto", device="box", take_after_s=None)
    assert (await journey.open(REVERSE))["phase"] == "REVERSED"
    assert await journey.box_place(voucher) == "bin"
    assert await journey.kit_state(voucher) == "void_pending"
    await journey.compare()


async def test_f21_a_retract_that_fails_is_held_by_two_people_and_becomes_a_case(journey: Journey) -> None:
    voucher = await journey.next_voucher()
    await journey.world.kit("auto", device="box", take_after_s=None)
    await journey.fault("box.retract_fail")
    last = await journey.open({"what": "retract_failed", "choice": "held", "by": TWO})
    assert last["phase"] == "CASE_OPEN"
    await journey.compare()
    await free_the_path(journey, voucher)
    await journey.close_case(last["flow"], "captured_live")
    await journey.compare()


async def test_f22_an_unclear_gate_is_decided_by_two_people(journey: Journey) -> None:
    await journey.fault("box.taken_ambiguous")
    last = await journey.open({"what": "taken_unclear", "choice": "taken", "by": TWO})
    assert last["phase"] == "CLOSED"
    await journey.compare()


async def test_f26_a_card_that_left_the_box_without_an_account_is_found_and_blocked(journey: Journey) -> None:
    voucher = await journey.next_voucher()
    await journey.fault("box.eject_early")
    last = await journey.open()
    assert last["phase"] == "CASE_OPEN"
    assert await journey.box_place(voucher) == "out"
    assert await journey.kit_state(voucher) == "missing"
    report = await journey.compare()
    (found,) = [card for card in report["cards"] if card["voucher"] == voucher]
    assert (found["core"], found["remarks"]) == ("blocked", ["found_and_blocked"])


async def test_f30_a_reader_that_drops_off_is_waited_for(journey: Journey) -> None:
    await journey.world.kit("unplug", device="reader")
    opening = asyncio.create_task(journey.open())
    await journey.until(lambda line: line["action"] == "wait_device")
    await journey.world.kit("plug", device="reader", tty="ttyUSB7")
    await journey.world.lay_identity_card("test_a")
    assert (await opening)["phase"] == "CLOSED"
    await journey.compare()


async def free_the_path(journey: Journey, voucher: str) -> None:
    """What two people with the key do: they open the box and put the card from its path into the bin."""
    await journey.world.kit("clear", name=None)
    pan = next(it["pan"] for it in await journey.world.box_cards() if it["serial"] == voucher)
    await journey.world.kit("tamper", device="box", pan=pan, place="bin")
