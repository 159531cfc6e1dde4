from __future__ import annotations

import asyncio

import pytest

from padkit_card_dispenser.exchange import Exchange
from padkit_card_dispenser.inquiry import Inquiry
from padkit_card_dispenser.looks import UNREADY, Motion
from padkit_card_dispenser.motion import AFTER_STOP_S, Mover
from padkit_sdk import DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import BoxStatus, CardPlace, HopperLevel


def stood(place, count=7):
    return BoxStatus(place, HopperLevel.ENOUGH, bin_full=False, bin_count=count)


EMPTY, AT_GATE, INSIDE = stood(CardPlace.NONE), stood(CardPlace.GATE), stood(CardPlace.INSIDE)


@pytest.fixture
def mover(box):
    exchange = Exchange(box, lambda: box.now_s, 0)
    return Mover(exchange, Inquiry(exchange, "box", box.events.append), "box")


async def test_a_motion_that_is_answered_needs_no_look(box, mover):
    box.expect("move gate", "ACK", (3.0, "move gate 120"))
    assert await mover.perform(Motion.TO_GATE, INSIDE, box.deadline()) == AT_GATE


async def test_a_card_pulled_as_soon_as_it_was_presented_is_an_answer(box, mover):
    box.ack("move gate", "move gate 020").ack("counter read", "counter 007")
    assert await mover.perform(Motion.TO_GATE, INSIDE, box.deadline()) == EMPTY


@pytest.mark.parametrize(("counter", "count"), [("counter 008", 8), ("counter refused 00", None)])
async def test_a_card_gone_as_it_was_presented_is_told_with_the_counter_of_now(box, mover, counter, count):
    box.ack("move gate", "move gate 020").ack("counter read", counter)
    assert await mover.perform(Motion.TO_GATE, INSIDE, box.deadline()) == stood(CardPlace.NONE, count)


async def test_a_fault_is_raised_with_its_code(box, mover):
    box.ack("move reader", "move reader failed 10")
    with pytest.raises(DeviceFault, match="card jam at MOVE reader") as fault:
        await mover.perform(Motion.STAGE, EMPTY, box.deadline())
    assert (fault.value.fault, fault.value.raw) == ("box.jam", "10")


async def test_a_positive_answer_that_contradicts_itself_is_no_result(box, mover):
    box.ack("move reader", "move reader 020")
    with pytest.raises(OutcomeUnknown, match="card none"):
        await mover.perform(Motion.STAGE, EMPTY, box.deadline())


async def test_a_capture_is_proved_by_the_counter(box, mover):
    box.ack("move bin", "move bin 020").ack("counter read", "counter 008")
    assert await mover.perform(Motion.TO_BIN, AT_GATE, box.deadline()) == stood(CardPlace.NONE, 8)


async def test_a_card_pulled_while_it_was_to_be_captured_is_taken(box, mover):
    box.ack("move bin", "move bin 020").ack("counter read", "counter 007")
    with pytest.raises(Refused, match=r"counter still 7.*treat the card as taken") as refused:
        await mover.perform(Motion.TO_BIN, AT_GATE, box.deadline())
    assert refused.value.reason == "box.no_card"


@pytest.mark.parametrize("counter", ["counter refused 00", "counter 009", "counter not digits"])
async def test_a_capture_without_a_telling_counter_is_no_result(box, mover, counter):
    box.ack("move bin", "move bin 020").ack("counter read", counter)
    with pytest.raises(OutcomeUnknown, match="bin counter"):
        await mover.perform(Motion.TO_BIN, AT_GATE, box.deadline())


async def test_a_capture_whose_counter_gets_no_answer_is_no_result(box, mover):
    box.ack("move bin", "move bin 020").deaf("counter read", times=4)
    with pytest.raises(OutcomeUnknown):
        await mover.perform(Motion.TO_BIN, AT_GATE, box.deadline())


async def test_a_lost_ack_and_a_card_inside_prove_a_feed_without_sending_it_again(box, mover):
    box.deaf("move reader").look("status 220")
    assert (await mover.perform(Motion.STAGE, EMPTY, box.deadline())).card is CardPlace.INSIDE
    assert box.told().count("move reader") == 1


async def test_a_motion_is_repeated_when_two_looks_agree_that_it_was_not_done(box, mover):
    box.deaf("move reader").look("status 020").look("status 020").ack("move reader", "move reader 220")
    await mover.perform(Motion.STAGE, EMPTY, box.deadline())
    assert box.told()[-2:] == ["status", "move reader"]


async def test_one_look_that_a_motion_was_not_done_is_not_enough(box, mover):
    box.deaf("move reader").look("status 020").look("status 220")
    await mover.perform(Motion.STAGE, EMPTY, box.deadline())
    assert box.told().count("move reader") == 1


async def test_a_feed_that_was_acknowledged_is_not_repeated_on_an_empty_path(box, mover, frames):
    broken = frames["move reader 220"][:-1] + b"\x00"
    box.expect("move reader", "ACK", broken)
    for _ in range(3):
        box.expect("NAK", broken)
    box.look("status 020")
    with pytest.raises(OutcomeUnknown, match="card none"):
        await mover.perform(Motion.STAGE, EMPTY, box.deadline())
    assert box.told().count("move reader") == 1


async def test_an_answer_that_comes_while_the_box_is_asked_is_the_result(box, mover):
    box.deaf("move gate").expect("counter read", (0.1, "move gate 120"), "ACK", "counter 007").ack(
        "status", "status 120"
    )
    assert await mover.perform(Motion.TO_GATE, INSIDE, box.deadline()) == AT_GATE


async def test_a_refusal_that_comes_late_is_the_result(box, mover):
    box.deaf("move reader").expect("counter read", "move reader failed 10", "ACK", "counter 007")
    box.ack("status", "status 020")
    with pytest.raises(DeviceFault) as fault:
        await mover.perform(Motion.STAGE, EMPTY, box.deadline())
    assert fault.value.fault == "box.jam"


async def test_a_box_that_is_deaf_while_it_moves_is_asked_again(box, mover):
    box.deaf("move gate").deaf("counter read", times=4).look("status 120")
    assert await mover.perform(Motion.TO_GATE, INSIDE, box.deadline(20.0)) == AT_GATE


async def test_a_box_that_stays_deaf_is_stopped_at_the_deadline_and_looked_at(box, mover):
    box.deaf("move gate").deaf("counter read", times=9)
    box.expect("EOT", "EOT").look("status 220")
    with pytest.raises(OutcomeUnknown, match="card inside"):
        await mover.perform(Motion.TO_GATE, INSIDE, box.deadline(5.0))


async def test_a_box_that_answers_instead_of_stopping_has_arrived(box, mover):
    box.deaf("move gate").deaf("counter read", times=9).expect("EOT", "move gate 120")
    assert await mover.perform(Motion.TO_GATE, INSIDE, box.deadline(5.0)) == AT_GATE


async def test_a_cancel_while_the_box_is_asked_stops_it(box, mover):
    box.deaf("move gate").expect("counter read", "HANG").expect("EOT", "EOT")
    task = asyncio.create_task(mover.perform(Motion.TO_GATE, INSIDE, box.deadline()))
    await box.hanging.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert box.heard()


async def test_a_cancel_while_the_box_is_asked_over_a_lost_link_stays_a_cancel(box, mover):
    box.deaf("move gate").expect("counter read", "HANG").expect("EOT", LinkLost("gone"))
    task = asyncio.create_task(mover.perform(Motion.TO_GATE, INSIDE, box.deadline()))
    await box.hanging.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_without_time_a_motion_is_not_begun(box, mover):
    with pytest.raises(OutcomeUnknown, match="nothing was sent"):
        await mover.perform(Motion.TO_GATE, INSIDE, box.deadline(0.0))


async def test_a_motion_that_never_happens_is_tried_three_times(box, mover):
    for _ in range(3):
        box.deaf("move bin").look("status 120").look("status 120")
    with pytest.raises(OutcomeUnknown, match="3 times"):
        await mover.perform(Motion.TO_BIN, AT_GATE, box.deadline(60.0))


async def test_retries_live_inside_the_deadline(box, mover):
    start_s = box.now_s
    for _ in range(2):
        box.deaf("move bin").look("status 120").look("status 120")
    box.deaf("move bin").expect("EOT", "EOT").look("status 120")
    with pytest.raises(OutcomeUnknown, match="card gate"):
        await mover.perform(Motion.TO_BIN, AT_GATE, box.deadline(3.0))
    assert box.now_s - start_s < 3.0 + AFTER_STOP_S


async def test_a_lost_capture_with_a_risen_counter_is_done(box, mover):
    box.deaf("move bin").look("status 020", "counter 008")
    assert (await mover.perform(Motion.TO_BIN, AT_GATE, box.deadline())).bin_count == 8


async def test_a_lost_capture_with_the_same_counter_is_a_taken_card(box, mover):
    box.deaf("move bin").look("status 020", "counter 007")
    with pytest.raises(Refused) as refused:
        await mover.perform(Motion.TO_BIN, AT_GATE, box.deadline())
    assert refused.value.reason == "box.no_card"


async def test_power_lost_in_mid_motion_is_no_result(box, mover):
    box.deaf("move bin").look("status refused B0", "counter refused B0")
    with pytest.raises(OutcomeUnknown, match="lost power"):
        await mover.perform(Motion.TO_BIN, AT_GATE, box.deadline())


async def test_power_lost_before_a_motion_is_not_ready(box, mover):
    box.ack("move reader", "move reader refused B0")
    with pytest.raises(Refused) as refused:
        await mover.perform(Motion.STAGE, EMPTY, box.deadline())
    assert refused.value.reason == "box.not_ready"


async def test_a_stopped_motion_is_looked_at_and_never_repeated(box, mover):
    box.expect("move gate", "ACK").expect("EOT", "EOT").look("status 220")
    with pytest.raises(OutcomeUnknown, match="card inside"):
        await mover.perform(Motion.TO_GATE, INSIDE, box.deadline(60.0))


async def test_a_stopped_motion_that_had_arrived_is_done(box, mover):
    box.expect("move gate", "ACK").expect("EOT", "EOT").look("status 120")
    assert await mover.perform(Motion.TO_GATE, INSIDE, box.deadline(8.0)) == AT_GATE


async def test_an_answer_after_the_stop_is_the_result(box, mover):
    box.expect("move gate", "ACK").expect("EOT", "EOT", (0.1, "move gate 120")).look("status 120")
    assert await mover.perform(Motion.TO_GATE, INSIDE, box.deadline(8.0)) == AT_GATE


async def test_a_motion_stopped_at_a_short_deadline_is_looked_at_all_the_same(box, mover):
    box.expect("move gate", "ACK").deaf("EOT", times=4).look("status 120")
    assert await mover.perform(Motion.TO_GATE, INSIDE, box.deadline(0.5)) == AT_GATE


async def test_a_box_deaf_to_eot_and_status_is_no_result(box, mover):
    box.expect("move gate", "ACK").deaf("EOT", times=4).deaf("counter read", times=4)
    with pytest.raises(OutcomeUnknown, match="not even to EOT"):
        await mover.perform(Motion.TO_GATE, INSIDE, box.deadline(4.0))


async def test_a_link_lost_in_mid_motion_is_no_result(box, mover):
    box.expect("move gate", "ACK", LinkLost("gone"))
    with pytest.raises(OutcomeUnknown, match="link was lost") as unknown:
        await mover.perform(Motion.TO_GATE, INSIDE, box.deadline())
    assert isinstance(unknown.value.__cause__, LinkLost)


async def test_a_frame_refused_each_time_is_looked_at_like_any_loss(box, mover):
    for _ in range(4):
        box.expect("move gate", "NAK")
    box.look("status 220").look("status 220").ack("move gate", "move gate 120")
    assert await mover.perform(Motion.TO_GATE, INSIDE, box.deadline()) == AT_GATE


async def test_a_lost_initialize_is_proved_by_a_box_that_became_ready(box, mover):
    box.deaf("initialize leave, counting").look("status 220")
    assert (await mover.perform(Motion.PREPARE, UNREADY, box.deadline())).card is CardPlace.INSIDE


async def test_an_initialize_that_did_not_come_through_is_repeated(box, mover):
    refused = ("status refused B0", "counter refused B0")
    box.deaf("initialize leave, counting").look(*refused).look(*refused)
    box.ack("initialize leave, counting", "initialized 37, no card")
    assert (await mover.perform(Motion.PREPARE, UNREADY, box.deadline())).card is CardPlace.NONE
