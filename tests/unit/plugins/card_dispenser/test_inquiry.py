from __future__ import annotations

import pytest

from padkit_card_dispenser import commands
from padkit_card_dispenser.commands import Group, MoveTo
from padkit_card_dispenser.exchange import Exchange, Loss, Lost
from padkit_card_dispenser.inquiry import Inquiry
from padkit_card_dispenser.looks import UNREADY
from padkit_sdk import DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import BoxStatus, CardPlace, HopperLevel

APDU = commands.chip_exchange(Group.CPU, bytes(4))


@pytest.fixture
def inquiry(box):
    return Inquiry(Exchange(box, lambda: box.now_s, 0), "box", box.events.append)


async def test_a_positive_reply_is_returned(box, inquiry):
    box.ack("version", "version text")
    assert (await inquiry.done(commands.VERSION, box.deadline())).data == b"V1.23"


async def test_a_negative_reply_is_a_fault_with_its_code(box, inquiry):
    box.ack("version", "version refused 03")
    with pytest.raises(DeviceFault, match="VERSION") as fault:
        await inquiry.done(commands.VERSION, box.deadline())
    assert (fault.value.fault, fault.value.raw) == ("box.unsupported", "03")


async def test_a_box_that_lost_power_refuses(box, inquiry):
    box.ack("serial", "serial refused B0")
    with pytest.raises(Refused, match="call prepare"):
        await inquiry.done(commands.SERIAL, box.deadline())


async def test_silence_is_a_lost_link(box, inquiry):
    box.deaf("version", times=4)
    with pytest.raises(LinkLost, match="no ACK; check cable"):
        await inquiry.reply(commands.VERSION, box.deadline())


@pytest.mark.parametrize(
    ("command", "loss", "error"),
    [
        (commands.STATUS, Loss.NO_ACK, LinkLost),
        (commands.STATUS, Loss.NAKED, LinkLost),
        (commands.STATUS, Loss.GARBLED, LinkLost),
        (commands.STATUS, Loss.STOPPED, OutcomeUnknown),
        (commands.STATUS, Loss.DEAF, OutcomeUnknown),
        (commands.STATUS, Loss.NO_TIME, OutcomeUnknown),
        (APDU, Loss.GARBLED, OutcomeUnknown),
        (APDU, Loss.NAKED, LinkLost),
        (commands.move(MoveTo.BIN), Loss.GARBLED, OutcomeUnknown),
        (commands.move(MoveTo.BIN), Loss.NO_ACK, OutcomeUnknown),
        (commands.move(MoveTo.BIN), Loss.NAKED, LinkLost),
    ],
)
def test_a_loss_is_a_lost_link_only_when_nothing_can_have_happened(inquiry, command, loss, error):
    assert isinstance(inquiry.error_of(Lost(command, loss)), error)


async def test_a_look_reads_the_counter_and_then_the_status(box, inquiry):
    box.look("status 120", "counter 008")
    assert await inquiry.look(box.deadline()) == BoxStatus(CardPlace.GATE, HopperLevel.ENOUGH, False, 8)
    assert box.told() == ["counter read", "status"]


async def test_a_look_at_a_box_without_power_says_not_ready(box, inquiry):
    box.look("status refused B0", "counter refused B0")
    assert await inquiry.look(box.deadline()) == UNREADY
    assert box.events == []


async def test_a_refused_status_says_not_ready_and_tells_why(box, inquiry):
    box.look("status refused 12")
    assert await inquiry.look(box.deadline()) == UNREADY
    assert [(event.name, dict(event.detail)) for event in box.events] == [("box.status_refused", {"code": "12"})]


@pytest.mark.parametrize("counter", ["counter refused 00", "counter not digits"])
async def test_an_unreadable_counter_is_none(box, inquiry, counter):
    box.look("status 020", counter)
    status = await inquiry.look(box.deadline())
    assert isinstance(status, BoxStatus)
    assert status.bin_count is None


@pytest.mark.parametrize("deaf", ["counter read", "status"])
async def test_a_look_without_an_answer_says_what_was_lost(box, inquiry, deaf):
    if deaf == "status":
        box.ack("counter read", "counter 007")
    box.deaf(deaf, times=4)
    seen = await inquiry.look(box.deadline())
    assert isinstance(seen, Lost)
    assert seen.loss is Loss.NO_ACK
