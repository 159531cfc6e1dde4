from __future__ import annotations

import asyncio

import pytest

from padkit_card_dispenser.commands import Initialize
from padkit_card_dispenser.driver import open_driver
from padkit_sdk import DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import Capability, CardPlace, CardProtocol, HopperLevel, Slot

T = 30.0
REFUSED = ("status refused B0", "counter refused B0")


# opening


async def test_opening_asks_for_the_status_at_the_configured_rate_and_moves_nothing(box):
    box.ack("status", "status 020")
    await open_driver(box, box.context(baud="9600"))
    assert (box.bauds, box.told()) == ([9_600], ["status"])


async def test_a_box_that_lost_power_is_opened_and_not_initialised(box):
    box.ack("status", "status refused B0")
    await open_driver(box, box.context())
    assert box.told() == ["status"]


async def test_auto_goes_on_to_the_rate_that_is_answered(box):
    box.deaf("status", times=4).expect("status", b"\xff\x83\x00").deaf("status", times=3).ack("status", "status 020")
    await open_driver(box, box.context(baud="auto"))
    assert box.bauds == [38_400, 9_600, 57_600]


async def test_a_box_that_answers_at_no_rate_is_a_lost_link(box):
    box.deaf("status", times=16)
    with pytest.raises(LinkLost, match="38400, 9600, 57600, 19200"):
        await open_driver(box, box.context(baud="auto"))


async def test_a_box_that_is_deaf_while_it_moves_a_card_is_waited_for(box):
    box.deaf("status", times=10).ack("status", "status 220")
    await open_driver(box, box.context())
    assert box.told() == ["status"] * 11


async def test_a_box_that_stays_deaf_is_a_lost_link(box):
    box.deaf("status", times=12)
    with pytest.raises(LinkLost, match="no answer at 38400 baud"):
        await open_driver(box, box.context())


async def test_the_address_of_the_switches_is_used(box):
    box.expect(bytes.fromhex("F2 05 00 03 43 31 30 03 B5"), "ACK", bytes.fromhex("F2 05 00 06 50 31 30 30 32 30 03 91"))
    await open_driver(box, box.context(address=5))


# looking


async def test_all_but_counting_the_hopper_and_pushing_cards_out_is_a_capability(driver):
    assert await driver.capabilities() == frozenset(Capability) - {Capability.HOPPER_COUNT, Capability.EJECT}


async def test_a_card_is_not_pushed_out_unread(driver):
    with pytest.raises(Refused) as caught:
        await driver.eject(timeout_s=T)
    assert caught.value.reason == "box.cannot"


async def test_status_tells_place_levels_and_counter(box, driver):
    box.look("status 221", "counter 008")
    status = await driver.status(timeout_s=T)
    assert (status.card, status.hopper, status.bin_full, status.bin_count) == (
        CardPlace.INSIDE,
        HopperLevel.ENOUGH,
        True,
        8,
    )


async def test_status_says_gate_until_the_card_is_pulled(box, driver):
    box.look("status 220").ack("move gate", "move gate 120").look("status 120").look("status 120").look("status 020")
    assert (await driver.move(Slot.GATE, timeout_s=T)).card is CardPlace.GATE
    seen = [(await driver.status(timeout_s=T)).card for _ in range(3)]
    assert seen == [CardPlace.GATE, CardPlace.GATE, CardPlace.NONE]


async def test_a_box_that_lost_power_is_not_ready(box, driver):
    box.look(*REFUSED)
    assert not (await driver.status(timeout_s=T)).ready


async def test_a_silent_box_is_a_lost_link(box, driver):
    box.deaf("counter read", times=4)
    with pytest.raises(LinkLost):
        await driver.status(timeout_s=T)


async def test_a_status_without_answer_is_unknown_at_the_deadline(box, driver):
    box.ack("counter read", "counter 007").expect("status", "ACK").expect("EOT", "EOT")
    with pytest.raises(OutcomeUnknown):
        await driver.status(timeout_s=1.0)


async def test_identity_and_self_test_move_nothing(box, driver):
    box.ack("serial", "serial 0123456789").ack("version", "version text").look(*REFUSED)
    assert (await driver.identify(timeout_s=T)).serial == "0123456789"
    assert (await driver.self_test(timeout_s=T)).passed


# prepare


async def test_prepare_initialises_without_moving_and_looks_afterwards(box, driver):
    box.look(*REFUSED).ack("initialize leave, counting", "initialized 37, card inside").look("status 220")
    status = await driver.prepare(timeout_s=T)
    assert status.ready
    assert status.card is CardPlace.INSIDE


async def test_a_fault_that_persists_is_raised_by_prepare(box, driver):
    box.look("status 220").ack("initialize leave, counting", "initialize 37 failed 10")
    with pytest.raises(DeviceFault) as fault:
        await driver.prepare(timeout_s=T)
    assert fault.value.fault == "box.jam"


# what a technician may ask for


@pytest.mark.parametrize(
    ("card", "command", "answer", "status", "place"),
    [
        (Initialize.TO_GATE, "initialize to gate", "initialized 30, card at the gate", "status 120", CardPlace.GATE),
        (Initialize.TO_BIN, "initialize to bin", "initialized 31, card captured", "status 020", CardPlace.NONE),
        (Initialize.LEAVE, "initialize leave", "initialized 33, card inside", "status 220", CardPlace.INSIDE),
        (
            Initialize.TO_GATE_COUNTING,
            "initialize to gate, counting",
            "initialized 34, card at the gate",
            "status 120",
            CardPlace.GATE,
        ),
        (
            Initialize.TO_BIN_COUNTING,
            "initialize to bin, counting",
            "initialized 35, card captured",
            "status 020",
            CardPlace.NONE,
        ),
        (
            Initialize.LEAVE_COUNTING,
            "initialize leave, counting",
            "initialized 37, card inside",
            "status 220",
            CardPlace.INSIDE,
        ),
    ],
)
async def test_each_initialize_can_be_asked_for_by_name(box, driver, card, command, answer, status, place):
    driver.chip.live = driver.sam.live = True
    box.ack(command, answer).look(status)
    assert (await driver.initialize(card, timeout_s=T)).card is place
    assert (driver.chip.live, driver.sam.live) == (False, False)


async def test_an_initialize_without_ack_is_unknown_and_not_sent_again(box, driver):
    box.deaf("initialize to bin, counting")
    with pytest.raises(OutcomeUnknown, match="ask status"):
        await driver.initialize(Initialize.TO_BIN_COUNTING, timeout_s=T)


# staging


async def test_staging_looks_right_before_it_feeds(box, driver):
    box.look("status 020").ack("move reader", "move reader 220")
    assert (await driver.stage(timeout_s=T)).card is CardPlace.INSIDE
    assert box.told() == ["counter read", "status", "move reader"]


@pytest.mark.parametrize("status", ["status 120", "status 220"])
async def test_with_a_card_in_play_none_is_fed(box, driver, status):
    box.look(status)
    with pytest.raises(Refused) as refused:
        await driver.stage(timeout_s=T)
    assert refused.value.reason == "box.card_in_play"


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        ("status 000", "box.empty"),
        ("status 021", "box.bin_full"),
        ("status 029", "box.bin_full"),
        ("status 320", "box.unclear"),
    ],
)
async def test_what_speaks_against_a_feed_is_a_fault_before_it(box, driver, status, fault):
    box.look(status)
    with pytest.raises(DeviceFault) as raised:
        await driver.stage(timeout_s=T)
    assert raised.value.fault == fault


async def test_a_stacker_that_turns_out_empty_is_a_fault(box, driver):
    box.look("status 010").ack("move reader", "move reader refused A0")
    with pytest.raises(DeviceFault) as fault:
        await driver.stage(timeout_s=T)
    assert (fault.value.fault, fault.value.raw) == ("box.empty", "A0")


async def test_a_box_that_lost_power_is_not_initialised_by_a_motion(box, driver):
    for motion in (driver.stage(timeout_s=T), driver.move(Slot.GATE, timeout_s=T), driver.move(Slot.BIN, timeout_s=T)):
        box.look(*REFUSED)
        with pytest.raises(Refused) as refused:
            await motion
        assert refused.value.reason == "box.not_ready"


async def test_a_cancelled_feed_is_stopped_and_the_driver_goes_on(box, driver):
    box.look("status 020").expect("move reader", "ACK", "HANG").expect("EOT", "EOT").look("status 220")
    task = asyncio.create_task(driver.stage(timeout_s=T))
    await box.hanging.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await driver.status(timeout_s=T)).card is CardPlace.INSIDE


# moving


@pytest.mark.parametrize("slot", Slot)
async def test_without_a_card_nothing_is_moved(box, driver, slot):
    box.look("status 020")
    with pytest.raises(Refused) as refused:
        await driver.move(slot, timeout_s=T)
    assert refused.value.reason == "box.no_card"


async def test_a_card_at_the_gate_is_there_already(box, driver):
    box.look("status 120")
    assert (await driver.move(Slot.GATE, timeout_s=T)).card is CardPlace.GATE


async def test_a_staged_card_is_at_the_reader_already(box, driver):
    box.look("status 020").ack("move reader", "move reader 220").look("status 220")
    await driver.stage(timeout_s=T)
    assert (await driver.move(Slot.READER, timeout_s=T)).card is CardPlace.INSIDE
    assert box.told().count("move reader") == 1


async def test_a_card_found_inside_is_brought_to_the_reader_after_a_look(box, driver):
    box.look("status 220").ack("move reader", "move reader 220").look("status 220")
    await driver.move(Slot.READER, timeout_s=T)
    await driver.move(Slot.READER, timeout_s=T)
    assert box.told() == ["counter read", "status", "move reader", "counter read", "status"]


async def test_a_new_card_inside_is_not_taken_for_the_staged_one(box, driver):
    box.look("status 020").ack("move reader", "move reader 220").look("status 020")
    box.look("status 220").ack("move reader", "move reader 220")
    await driver.stage(timeout_s=T)
    await driver.status(timeout_s=T)
    await driver.move(Slot.READER, timeout_s=T)
    assert box.told().count("move reader") == 2


async def test_a_card_that_went_elsewhere_is_no_longer_at_the_reader(box, driver):
    box.look("status 220").ack("move reader", "move reader 220")
    box.look("status 220").ack("move rf", "move rf 220")
    box.look("status 220").ack("move reader", "move reader 220")
    await driver.move(Slot.READER, timeout_s=T)
    await driver.move_to_rf(timeout_s=T)
    await driver.move(Slot.READER, timeout_s=T)


async def test_after_prepare_the_station_of_a_card_is_not_known(box, driver):
    box.look("status 220").ack("move reader", "move reader 220")
    box.look("status 220").ack("initialize leave, counting", "initialized 37, card inside").look("status 220")
    box.look("status 220").ack("move reader", "move reader 220")
    await driver.move(Slot.READER, timeout_s=T)
    await driver.prepare(timeout_s=T)
    await driver.move(Slot.READER, timeout_s=T)


@pytest.mark.parametrize("slot", [Slot.READER, None])
async def test_from_the_gate_no_card_is_drawn_in(box, driver, slot):
    box.look("status 120")
    with pytest.raises(Refused, match="customer may pull it") as refused:
        await (driver.move(slot, timeout_s=T) if slot else driver.move_to_rf(timeout_s=T))
    assert refused.value.reason == "box.card_at_gate"


async def test_a_capture_returns_the_new_count(box, driver):
    box.look("status 120").ack("move bin", "move bin 020").ack("counter read", "counter 008")
    status = await driver.move(Slot.BIN, timeout_s=T)
    assert (status.card, status.bin_count) == (CardPlace.NONE, 8)


async def test_a_full_bin_is_a_fault(box, driver):
    box.look("status 121").ack("move bin", "move bin refused A1")
    with pytest.raises(DeviceFault) as fault:
        await driver.move(Slot.BIN, timeout_s=T)
    assert fault.value.fault == "box.bin_full"


async def test_a_failed_retract_is_a_fault(box, driver):
    box.look("status 120").ack("move bin", "move bin failed 40")
    with pytest.raises(DeviceFault) as fault:
        await driver.move(Slot.BIN, timeout_s=T)
    assert fault.value.fault == "box.retract_failed"


async def test_a_card_is_pushed_out(box, driver):
    box.look("status 220").ack("move out", "move out 020").ack("counter read", "counter 007")
    assert (await driver.move(Slot.OUT, timeout_s=T)).card is CardPlace.NONE


async def test_a_chip_under_power_is_switched_off_before_its_card_moves(box, driver):
    driver.chip.live = True
    box.look("status 220").ack("cpu off", "cpu off done").look("status 220").ack("move gate", "move gate 120")
    await driver.move(Slot.GATE, timeout_s=T)
    assert not driver.chip.live


async def test_a_look_after_switching_off_decides_again(box, driver):
    driver.chip.live = True
    box.look("status 220").ack("cpu off", "cpu off done").look("status 020")
    with pytest.raises(Refused) as refused:
        await driver.move(Slot.READER, timeout_s=T)
    assert refused.value.reason == "box.no_card"


# the chip


async def test_a_staged_card_is_powered_spoken_to_and_switched_off(box, driver):
    box.look("status 220").ack("cpu cold reset", "cpu reset T=0")
    box.ack("apdu select from the field", "apdu 9000").ack("cpu off", "cpu off done")
    assert (await driver.power_on(timeout_s=T)).protocol is CardProtocol.T0
    assert await driver.transmit(bytes.fromhex("00A4040008A000000054480001"), timeout_s=T) == b"\x90\x00"
    await driver.power_off(timeout_s=T)


@pytest.mark.parametrize("status", ["status 020", "status 120", "status 320"])
async def test_without_a_card_inside_there_is_no_chip(box, driver, status):
    box.look(status)
    with pytest.raises(DeviceFault) as fault:
        await driver.power_on(timeout_s=T)
    assert fault.value.fault == "chip.absent"


async def test_a_box_that_lost_power_has_no_chip_to_power(box, driver):
    box.look(*REFUSED)
    with pytest.raises(Refused) as refused:
        await driver.power_on(timeout_s=T)
    assert refused.value.reason == "box.not_ready"


# turns and closing


async def test_a_second_caller_waits_for_the_first(box, driver):
    box.expect("counter read", "ACK", "HANG", "counter 007").ack("status", "status 020").look("status 120")
    first = asyncio.create_task(driver.status(timeout_s=T))
    await box.hanging.wait()
    second = asyncio.create_task(driver.status(timeout_s=T))
    box.release.set()
    assert [(await first).card, (await second).card] == [CardPlace.NONE, CardPlace.GATE]


async def test_a_caller_whose_time_passes_in_waiting_is_told_so(box, driver):
    async with driver.turn(T):
        with pytest.raises(Refused) as refused:
            await driver.status(timeout_s=0.001)
    assert refused.value.reason == "box.busy"


async def test_what_the_ports_do_not_name_is_reached_inside_a_turn(box, driver):
    box.ack("entry on", "entry on done").ack("sam state", "sam state off, first").ack("rf off", "rf off done")
    async with driver.turn(T) as deadline:
        await driver.service.allow_entry(deadline, allowed=True)
        await driver.sam.state(deadline)
        await driver.rf.deactivate(deadline)


async def test_closing_leaves_contacts_off_and_entry_forbidden(box, driver):
    driver.chip.live = driver.sam.live = True
    box.ack("cpu off", "cpu off done").ack("sam off", "sam off done").ack("entry off", "entry done")
    await driver.close()
    assert box.closed
    assert box.events == []


async def test_contacts_that_cannot_be_released_do_not_keep_the_entry_open(box, driver):
    driver.chip.live = True
    box.ack("cpu off", "cpu off refused 41").ack("entry off", "entry done")
    await driver.close()
    assert box.closed


async def test_closing_a_dead_box_ends_in_time_and_says_so(box, driver):
    start_s = box.now_s
    box.deaf("entry off", times=4)
    await driver.close()
    assert box.closed
    assert box.now_s - start_s < 2.0
    assert [event.name for event in box.events] == ["box.left_unsafe"]


async def test_after_closing_the_link_is_lost(box, driver):
    box.ack("entry off", "entry done")
    await driver.close()
    with pytest.raises(LinkLost):
        await driver.status(timeout_s=T)
