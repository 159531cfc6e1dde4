from __future__ import annotations

import pytest

from padkit_card_dispenser.commands import SamSlot
from padkit_card_dispenser.exchange import Exchange
from padkit_card_dispenser.inquiry import Inquiry
from padkit_card_dispenser.replies import CardType
from padkit_card_dispenser.service import Service
from padkit_sdk import BadFrame, DeviceFault, LinkLost, Refused
from padkit_sdk.ports import DeviceIdentity


@pytest.fixture
def service(box):
    return Service(Inquiry(Exchange(box, lambda: box.now_s, 0), "box", box.events.append))


def outcome(test):
    return {check.name: check.passed for check in test.checks}


async def test_identity_is_serial_and_firmware(box, service):
    box.ack("serial", "serial 0123456789").ack("version", "version text")
    assert await service.identity(box.deadline()) == DeviceIdentity("CRT-591", "0123456789", "V1.23")


async def test_a_box_that_lost_power_has_no_identity_to_tell(box, service):
    box.ack("serial", "serial refused B0")
    assert await service.identity(box.deadline()) == DeviceIdentity("CRT-591", "", "")


async def test_a_box_without_a_version_is_a_fault(box, service):
    box.ack("serial", "serial 0123456789").ack("version", "version refused 03")
    with pytest.raises(DeviceFault):
        await service.identity(box.deadline())


async def test_the_box_says_what_it_is_made_of(box, service):
    box.ack("configuration", "configuration text")
    assert await service.configuration(box.deadline()) == "CRT-591-M001"


async def test_the_chip_at_the_contacts_is_told(box, service):
    box.ack("type contact", "type contact T=0")
    assert await service.contact_card_type(box.deadline()) is CardType.CPU_T0


async def test_entry_is_allowed_and_forbidden(box, service):
    box.ack("entry on", "entry on done").ack("entry off", "entry done")
    await service.allow_entry(box.deadline(), allowed=True)
    await service.allow_entry(box.deadline(), allowed=False)


async def test_the_counter_is_set_to_three_digits(box, service):
    box.ack("counter set 000", "counter set done")
    await service.set_bin_count(0, box.deadline())
    with pytest.raises(Refused):
        await service.set_bin_count(1000, box.deadline())


async def test_a_sam_slot_is_selected(box, service):
    box.ack("sam select first", "sam selected")
    await service.select_sam(SamSlot.FIRST, box.deadline())


async def test_eight_or_ten_sensors_are_told(box, service):
    box.ack("status with sensors", "sensors ten").ack("status with sensors", "sensors eight")
    box.ack("status with sensors", "sensors odd")
    assert len(await service.sensors(box.deadline())) == 10
    assert len(await service.sensors(box.deadline())) == 8
    with pytest.raises(BadFrame):
        await service.sensors(box.deadline())


async def test_a_fit_box_passes_every_check_and_nothing_moves(box, service):
    box.look("status 020").ack("serial", "serial 0123456789").ack("version", "version text")
    box.ack("status with sensors", "sensors ten")
    test = await service.self_test(box.deadline())
    assert test.passed
    assert [*outcome(test)] == ["box.link", "box.status", "box.counter", "box.identity", "box.sensors"]
    assert box.told() == ["counter read", "status", "serial", "version", "status with sensors"]


async def test_each_failed_check_is_named_with_what_was_seen(box, service):
    box.look("status 320", "counter refused 00").ack("serial", "serial 0123456789").ack("version", "version refused 03")
    box.ack("status with sensors", "sensors odd")
    test = await service.self_test(box.deadline())
    assert not test.passed
    assert outcome(test) == {
        "box.link": True,
        "box.status": False,
        "box.counter": False,
        "box.identity": False,
        "box.sensors": False,
    }
    assert "code 03" in test.checks[3].seen


async def test_before_prepare_only_link_and_status_can_be_checked(box, service):
    box.look("status refused B0", "counter refused B0")
    test = await service.self_test(box.deadline())
    assert test.passed
    assert "call prepare" in test.checks[1].seen
    assert len(test.checks) == 2


async def test_a_dead_box_fails_the_link_check(box, service):
    box.deaf("counter read", times=4)
    assert outcome(await service.self_test(box.deadline())) == {"box.link": False}


async def test_a_lost_link_fails_the_link_check(box, service):
    box.expect("counter read", LinkLost("gone"))
    assert outcome(await service.self_test(box.deadline())) == {"box.link": False}
