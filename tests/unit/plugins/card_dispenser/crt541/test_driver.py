from __future__ import annotations

import asyncio

import pytest

from padkit_sdk import DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import Capability, CardPlace, HopperLevel, Slot

from .conftest import CARDS

T = 20


async def refused(call):
    with pytest.raises((Refused, DeviceFault)) as caught:
        await call
    return getattr(caught.value, "reason", "") or caught.value.fault


# what it can and cannot


async def test_it_can_push_cards_out_and_nothing_else(desk, driver):
    assert await driver.capabilities() == {Capability.EJECT}
    assert await refused(driver.stage(timeout_s=T)) == "box.cannot"
    for slot in Slot:
        assert await refused(driver.move(slot, timeout_s=T)) == "box.cannot"
    assert desk.places() == {}


async def test_it_says_its_model_only(driver):
    identity = await driver.identify(timeout_s=T)
    assert (identity.model, identity.serial, identity.firmware) == ("CRT-541", "", "")


async def test_rate_and_address_come_from_the_kit_profile(make_desk):
    desk = make_desk(address=15, baud=38_400)
    driver = await desk.opened(baud="38400", address=15)
    assert (await driver.status(timeout_s=T)).ready


async def test_a_box_that_does_not_answer_is_not_opened(desk):
    desk.fault("eject.silent", times=0)
    with pytest.raises(LinkLost):
        await desk.opened()


@pytest.mark.parametrize(("cards", "level"), [(8, HopperLevel.ENOUGH), (5, HopperLevel.LOW), (0, HopperLevel.EMPTY)])
async def test_status_tells_the_level(make_desk, cards, level):
    desk = make_desk(cards=CARDS[:cards])
    status = await (await desk.opened()).status(timeout_s=T)
    assert (status.card, status.hopper, status.bin_count, status.ready) == (CardPlace.NONE, level, None, True)


async def test_the_self_test_names_what_it_saw(desk, driver):
    assert (await driver.self_test(timeout_s=T)).passed
    desk.fault("eject.jam")
    assert await refused(driver.eject(timeout_s=T)) == "box.jam"
    told = await driver.self_test(timeout_s=T)
    assert [check.passed for check in told.checks] == [True, False]
    desk.fault("eject.silent", times=0)
    told = await driver.self_test(timeout_s=T)
    assert [(check.name, check.passed) for check in told.checks] == [("box.link", False)]


# eject


async def test_a_card_is_pushed_out(desk, driver):
    status = await driver.eject(timeout_s=T)
    assert (status.card, desk.places()) == (CardPlace.NONE, {"000001": "out"})
    desk.hand("take_card")
    await driver.eject(timeout_s=T)
    assert desk.places() == {"000001": "hand", "000002": "out"}


async def test_a_card_in_the_mouth_is_told_and_no_other_is_pushed(desk, driver):
    await driver.eject(timeout_s=T)
    assert await refused(driver.eject(timeout_s=T)) == "box.card_in_play"
    assert desk.places() == {"000001": "out"}


async def test_an_empty_stacker_is_told_before_anything_is_asked_for(desk, driver):
    desk.fault("eject.empty")
    assert await refused(driver.eject(timeout_s=T)) == "box.empty"
    assert desk.asked(b"DC") == 0


async def test_a_stacker_that_is_empty_after_a_card_is_told(desk, driver):
    desk.fault("eject.empty", nth=2)
    await driver.eject(timeout_s=T)
    desk.hand("take_card")
    assert await refused(driver.eject(timeout_s=T)) == "box.empty"


async def test_a_jam_holds_until_prepare(desk, driver):
    desk.fault("eject.jam", clears_after=1)
    assert await refused(driver.eject(timeout_s=T)) == "box.jam"
    assert (await driver.status(timeout_s=T)).card is CardPlace.UNCLEAR
    assert await refused(driver.eject(timeout_s=T)) == "box.jam"
    assert desk.asked(b"DC") == 1
    assert (await driver.prepare(timeout_s=T)).card is CardPlace.NONE
    assert desk.places() == {"000001": "path"}
    await driver.eject(timeout_s=T)
    assert desk.places() == {"000001": "out"}


async def test_a_jam_that_a_person_must_clear_stays_after_prepare(desk, driver):
    desk.fault("eject.jam")
    assert await refused(driver.eject(timeout_s=T)) == "box.jam"
    assert await refused(driver.prepare(timeout_s=T)) == "box.jam"
    desk.hand("remove_card")
    assert (await driver.prepare(timeout_s=T)).card is CardPlace.NONE


async def test_prepare_resets_no_box_that_is_well(desk, driver):
    await desk.write(b"\x0200IP\x03\x18")
    await desk.write(b"\x0500")
    await driver.prepare(timeout_s=T)
    assert (desk.asked(b"IE"), desk.asked(b"RS")) == (1, 0)
    assert not desk.box.state(desk.at()).ahead


# doubt


async def test_a_dispense_without_an_answer_is_done_once_and_believed_from_the_boxs_word(desk, driver):
    desk.fault("eject.silent", on="dispense")
    assert (await driver.eject(timeout_s=T)).card is CardPlace.NONE
    assert (desk.asked(b"DC"), desk.places()) == (1, {"000001": "out"})


async def test_a_lost_acknowledgement_is_an_unknown_outcome_and_no_second_card(desk, driver):
    desk.deaf = lambda data: data == b"\x0600" and desk.sent[-1][3:5] == b"DC"
    with pytest.raises(OutcomeUnknown, match="never eject again"):
        await driver.eject(timeout_s=T)
    assert (desk.asked(b"DC"), desk.places()) == (1, {})


async def test_a_card_that_comes_out_untold_is_an_unknown_outcome(desk, driver):
    desk.fault("eject.unsaid")
    with pytest.raises(OutcomeUnknown, match="by two"):
        await driver.eject(timeout_s=T)
    assert (desk.asked(b"DC"), desk.places()) == (1, {"000001": "out"})


async def test_the_word_that_a_card_is_out_may_be_lost_and_is_not_made_up(desk, driver):
    desk.deaf = lambda data: data[3:4] == b"3"
    with pytest.raises(OutcomeUnknown):
        await driver.eject(timeout_s=T)
    desk.deaf = lambda data: False
    desk.hand("take_card")
    await driver.eject(timeout_s=T)
    assert desk.places() == {"000001": "hand", "000002": "out"}


async def test_a_word_about_the_dispense_before_does_not_answer_for_this_one(desk, driver):
    desk.fault("eject.silent", nth=2, on="status", times=3)
    with pytest.raises(OutcomeUnknown):
        await driver.eject(timeout_s=T)
    desk.hand("take_card")
    desk.torn = lambda data: data == b"\x0500" and desk.sent[-2][3:5] == b"DC"
    with pytest.raises(OutcomeUnknown):
        await driver.eject(timeout_s=T)
    assert desk.places() == {"000001": "hand"}


async def test_no_word_in_time_is_an_unknown_outcome(desk, driver):
    with pytest.raises(OutcomeUnknown):
        await driver.eject(timeout_s=1.0)
    await driver.status(timeout_s=T)
    assert desk.asked(b"DC") == 1


async def test_a_link_that_is_lost_after_the_command_is_an_unknown_outcome(desk, driver):
    whole = desk.write

    async def write(data):
        if data == b"\x0500" and desk.sent[-1][3:5] == b"DC":
            raise LinkLost("unplugged")
        await whole(data)

    desk.write = write
    with pytest.raises(OutcomeUnknown, match="the link was lost"):
        await driver.eject(timeout_s=T)


async def test_a_link_that_is_lost_before_it_is_a_lost_link(desk, driver):
    await driver.close()
    with pytest.raises(LinkLost):
        await driver.eject(timeout_s=T)
    assert desk.asked(b"DC") == 0


async def test_a_dispense_that_is_refused_each_time_moves_nothing(desk, driver):
    desk.fault("eject.nak", on="dispense", times=0)
    assert await refused(driver.eject(timeout_s=T)) == "box.protocol"
    assert desk.places() == {}


async def test_a_state_that_nobody_knows_pushes_no_card(desk, driver):
    desk.turned = lambda data: b"\x020090\x03\x08" if data[:1] == b"\x02" else data
    assert await refused(driver.eject(timeout_s=T)) == "box.unknown"
    assert desk.asked(b"DC") == 0


async def test_settings_that_the_box_refuses_or_does_not_hear_are_told(desk, driver):
    desk.fault("eject.nak", on="setting", times=0)
    assert await refused(driver.prepare(timeout_s=T)) == "box.protocol"
    desk.book.clear("eject.nak")
    desk.fault("eject.silent", on="setting", times=0)
    with pytest.raises(LinkLost):
        await driver.prepare(timeout_s=T)


# time and turns


async def test_a_box_at_work_all_the_time_is_busy(desk, driver):
    desk.turned = lambda data: b"\x020010\x03\x00" if data[:1] == b"\x02" else data
    assert await refused(driver.eject(timeout_s=3)) == "box.busy"
    assert desk.asked(b"DC") == 0


async def test_a_cancel_leaves_the_driver_usable_and_pushes_no_second_card(desk, driver):
    desk.hangs = True
    ejecting = asyncio.create_task(driver.eject(timeout_s=T))
    await desk.hanging.wait()
    ejecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ejecting
    desk.hangs = False
    await driver.prepare(timeout_s=T)
    assert desk.places() == {"000001": "out"}


async def test_a_second_caller_waits_only_inside_its_time(desk, driver):
    desk.hangs = True
    ejecting = asyncio.create_task(driver.eject(timeout_s=T))
    await desk.hanging.wait()
    assert await refused(driver.status(timeout_s=0.01)) == "box.busy"
    ejecting.cancel()
    await asyncio.gather(ejecting, return_exceptions=True)


async def test_an_eject_without_time_sends_nothing(desk, driver):
    assert await refused(driver.eject(timeout_s=0.0)) == "box.busy"
    assert desk.asked(b"DC") == 0
