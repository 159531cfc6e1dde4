from __future__ import annotations

import pytest

from padkit_card_dispenser.exchange import Exchange
from padkit_card_dispenser.inquiry import Inquiry
from padkit_card_dispenser.replies import RfType
from padkit_card_dispenser.rf import RfStation
from padkit_sdk import BadFrame, DeviceFault, Refused

SELECT = "rf apdu A select nothing"


@pytest.fixture
def rf(box):
    return RfStation(Inquiry(Exchange(box, lambda: box.now_s, 0), "box", box.events.append), "box")


async def test_a_type_a_card_is_activated_and_spoken_to(box, rf):
    box.ack("rf activate A then B", "rf card A").ack(SELECT, "rf apdu A 9000")
    assert (await rf.activate(box.deadline())).kind == "A"
    assert await rf.transmit(bytes.fromhex("00A4040000"), box.deadline()) == b"\x90\x00"


async def test_a_mifare_card_takes_the_pseudo_apdus_of_the_box(box, rf):
    box.ack("rf activate A then B", "rf card M").ack("mifare read", "mifare 9000")
    await rf.activate(box.deadline())
    assert await rf.transmit(bytes.fromhex("00B0000101"), box.deadline()) == b"\x90\x00"


async def test_without_an_activated_card_nothing_is_sent(box, rf):
    with pytest.raises(DeviceFault) as fault:
        await rf.transmit(bytes.fromhex("00B0000101"), box.deadline())
    assert fault.value.fault == "chip.off"
    assert box.written == []


async def test_deactivating_forgets_the_card(box, rf):
    box.ack("rf activate A then B", "rf card B").ack("rf off", "rf off done")
    assert (await rf.activate(box.deadline())).uid == bytes.fromhex("01020304")
    await rf.deactivate(box.deadline())
    with pytest.raises(DeviceFault):
        await rf.transmit(bytes.fromhex("00B0000101"), box.deadline())


async def test_an_answer_without_status_word_is_refused_without_being_shown(box, rf):
    box.ack("rf activate A then B", "rf card A").ack(SELECT, "rf apdu A one byte")
    await rf.activate(box.deadline())
    with pytest.raises(BadFrame, match="R-APDU of 1 bytes") as refused:
        await rf.transmit(bytes.fromhex("00A4040000"), box.deadline())
    assert refused.value.frame == b""


async def test_what_lies_in_the_field_is_told(box, rf):
    box.ack("rf state", "rf state type A").ack("type rf", "rf type S50").ack("type rf", "rf type 77")
    assert await rf.state(box.deadline()) is RfType.CPU_A
    assert await rf.detect(box.deadline()) is RfType.S50
    assert await rf.detect(box.deadline()) is RfType.UNKNOWN


async def test_an_unknown_order_is_refused(box, rf):
    with pytest.raises(Refused):
        await rf.activate(box.deadline(), first="C")
