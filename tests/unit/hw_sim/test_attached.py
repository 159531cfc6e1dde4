"""A device between its wire and the clock; the wire is memory, the clock is the loop's."""

from __future__ import annotations

import asyncio

import pytest

from padkit_sim.devices.device import HandAction
from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultRequest
from padkit_sim.kit import Kit
from padkit_sim.kitfile import parse
from padkit_sim.wires import MemoryWire

KIT = """
[kit]
name = "toy"
speed = 1000.0
[[device]]
id = "box"
type = "card_dispenser"
slots = [{ bin = "999900", count = 3 }]
"""
INITIALIZE = bytes.fromhex("F2 00 00 03 43 30 37 03 B6")
STATUS = bytes.fromhex("F2 00 00 03 43 31 30 03 B0")
MOVE_IC = bytes.fromhex("F2 00 00 03 43 32 31 03 B2")
STATUS_B0 = bytes.fromhex("F2 00 00 05 4E 31 30 42 30 03 C9")


class Wire(MemoryWire):
    """Lets a test wait until so many bytes were said."""

    def __init__(self):
        super().__init__()
        self._more = asyncio.Event()
        self.plugged_in = asyncio.Event()

    def plug(self, on_bytes, *, serial="", name=""):
        super().plug(on_bytes, serial=serial, name=name)
        self.plugged_in.set()

    def write(self, data):
        super().write(data)
        self._more.set()

    async def until(self, count):
        while sum(map(len, self.said)) < count:
            self._more.clear()
            await self._more.wait()
        return b"".join(self.said)


@pytest.fixture
async def kit():
    kit = Kit(parse(KIT, "toy.toml"), lambda entry: Wire(), asyncio.get_running_loop().time)
    kit.start()
    yield kit
    kit.close()


@pytest.fixture
def box(kit):
    return kit.device("box")


async def test_a_motion_is_answered_when_its_time_has_come(box):
    box.wire.hear(INITIALIZE)
    assert await box.wire.until(25) == b"\x06" + bytes.fromhex(
        "F2 00 00 12 50 30 37 30 31 30 43 52 54 2D 35 39 31 2D 4D 30 30 31 03 81"
    )


async def test_what_passes_is_in_the_journal(kit, box):
    box.wire.hear(STATUS)
    shown = [(r.device, r.dir, r.hex, r.note) for r in kit.journal.since(0)]
    assert shown == [
        ("box", "note", "", "plugged as MEM-0001"),
        ("box", "in", "F2 00 00 03 43 31 30 03 B0", ""),
        ("box", "out", "06", ""),
        ("box", "out", "F2 00 00 05 4E 31 30 42 30 03 C9", ""),
    ]


async def test_an_unplugged_device_goes_on_and_its_words_are_lost(kit, box):
    box.wire.hear(INITIALIZE)
    await box.wire.until(25)
    box.wire.hear(MOVE_IC)
    box.unplug()
    kit.time.set_speed(1e6)
    box.catch_up()
    assert kit.box("box").state(box.now()).cards[0].place == "path"
    assert "not plugged: lost" in [r.note for r in kit.journal.since(0)]


async def test_plugging_twice_and_unplugging_twice_is_refused(box):
    with pytest.raises(SimRefused, match="is plugged already, as MEM-0001"):
        box.plug()
    box.unplug()
    with pytest.raises(SimRefused, match="is not plugged"):
        box.unplug()
    box.plug(serial="MEM-0002")
    assert box.wire.serial == "MEM-0002"


async def test_a_late_answer_keeps_its_place_in_the_line(kit, box):
    _arm(kit, "link.delay", piece="ack", seconds=0.01)
    box.wire.hear(STATUS)
    assert box.wire.said == []
    assert await box.wire.until(12) == b"\x06" + STATUS_B0


async def test_a_cable_that_comes_out_goes_in_again(kit, box):
    _arm(kit, "link.drop", replug_s=0.01)
    box.wire.hear(STATUS)
    assert not box.wire.plugged
    box.wire.plugged_in.clear()
    await box.wire.plugged_in.wait()
    box.wire.hear(STATUS)
    assert b"".join(box.wire.said).endswith(STATUS_B0)


async def test_a_swapped_device_shows_another_serial_number(kit, box):
    _arm(kit, "device.swapped", serial="MEM-0002", replug_s=0.01)
    box.wire.plugged_in.clear()
    box.wire.hear(STATUS)
    await box.wire.plugged_in.wait()
    assert box.wire.serial == "MEM-0002"


async def test_a_cable_that_comes_out_for_good_waits_for_a_hand(kit, box):
    _arm(kit, "link.drop")
    box.wire.hear(STATUS)
    assert not box.wire.plugged
    box.plug()
    box.wire.hear(STATUS)
    assert b"".join(box.wire.said).endswith(STATUS_B0)


async def test_a_hand_and_a_power_cut_are_noted(kit, box):
    box.power_cycle()
    box.hand(HandAction("clear_jam"))
    notes = [r.note for r in kit.journal.since(0)]
    assert notes[-2:] == ["power cut", "hand clear_jam"]


async def test_a_rate_that_a_device_does_not_know_is_noted(kit, box):
    box.wire.baud = lambda: 300
    box.wire.hear(STATUS)
    assert "sent at 300 baud" in kit.journal.since(0)[-1].note


async def test_a_paced_line_takes_its_time():
    text = KIT.replace("slots", "wire = { paced = true }\nslots")
    kit = Kit(parse(text, "toy.toml"), lambda entry: Wire(), asyncio.get_running_loop().time)
    kit.start()
    box = kit.device("box")
    box.wire.baud = lambda: 9600
    box.wire.hear(STATUS)
    assert box.wire.said == []
    assert await box.wire.until(12) == b"\x06" + STATUS_B0
    kit.close()


def _arm(kit, name, **args):
    kit.faults.arm(FaultRequest(name, args))
