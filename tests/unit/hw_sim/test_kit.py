"""A whole kit on memory wires."""

from __future__ import annotations

import asyncio

import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultRequest
from padkit_sim.kit import Kit
from padkit_sim.kitfile import find_kit_file, load
from padkit_sim.wires import MemoryWire


def make():
    return Kit(
        load(find_kit_file("demo")), lambda entry: MemoryWire(entry.identity.serial), asyncio.get_running_loop().time
    )


@pytest.fixture
async def kit():
    kit = make()
    kit.start()
    yield kit
    kit.close()


async def test_everything_is_plugged_from_start_to_close(kit):
    assert [a.wire.plugged for a in kit.devices.values()] == [True] * 4
    assert kit.types == {"box": "card_dispenser", "reader": "identity_reader", "pin": "pin_pad", "pad": "signature_pad"}
    kit.close()
    assert [a.wire.plugged for a in kit.devices.values()] == [False] * 4


async def test_two_kits_stand_side_by_side(kit):
    other = make()
    other.start()
    other.faults.arm(FaultRequest("box.empty"))
    assert kit.faults.armed() == ()
    other.close()


async def test_an_unknown_device_names_the_known_ones(kit):
    with pytest.raises(SimRefused, match="device 'clip' is not in kit demo; it has box, reader, pin, pad"):
        kit.device("clip")


async def test_a_reader_is_no_box(kit):
    with pytest.raises(SimRefused, match="'reader' is no card box"):
        kit.box("reader")


async def test_a_reader_cannot_have_a_faulty_hopper(kit):
    with pytest.raises(SimRefused, match="reader cannot have it"):
        kit.faults.arm(FaultRequest("box.empty", device="reader"))


async def test_the_speed_stays_above_zero(kit):
    kit.set_speed(20)
    assert kit.time.speed == 20
    with pytest.raises(SimRefused, match="speed: 0 is not above 0"):
        kit.set_speed(0)


async def test_each_strike_of_a_fault_is_in_the_journal(kit):
    kit.faults.arm(FaultRequest("link.drop_frame", device="reader"))
    kit.device("reader").wire.hear(bytes.fromhex("AA AA AA 96 69 00 03 20 01 00"))
    assert ("reader", "fault link.drop_frame #1 fired") in [(r.device, r.note) for r in kit.journal.since(0)]
