"""What goes wrong on a USB cable, and that the client recovers."""

from __future__ import annotations

import asyncio
import time

import pytest
from tiny_usb import EVENTS, IDENTITY, IN, OUT, VERSION, Tiny, book_for
from usb_memory import MemoryUsbLink

from padkit_sdk import DeviceFault, LinkLost, OutcomeUnknown
from padkit_sim.attached_usb import AttachedUsb
from padkit_sim.devices.device import HandAction
from padkit_sim.faults import FaultRequest
from padkit_sim.journal import Journal
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.wires import MemoryPort

SHORT_S, LONG_S = 0.02, 5.0


class Bench:
    def __init__(self):
        clock = time.monotonic
        self.port = MemoryPort(IDENTITY)
        self.book = book_for(clock=clock)
        self.tiny = AttachedUsb(
            "tiny", Tiny(), self.port, self.book.dial("tiny"), MechanicalTime(clock, 1.0), Journal(clock)
        )
        self.tiny.plug()
        self.link = MemoryUsbLink(self.port)

    def arm(self, name, nth=1, **args):
        self.book.arm(FaultRequest(name, args, nth))

    async def version(self, timeout_s=LONG_S):
        return await self.link.control(0xC0, 0x10, 0, 0, 64, timeout_s=timeout_s)

    async def echo(self, data=b"hello", timeout_s=LONG_S):
        await self.link.write(OUT, data, timeout_s=timeout_s)
        return await self.link.read(IN, 64, timeout_s=timeout_s)

    async def back(self):
        async with asyncio.timeout(LONG_S):
            while not self.port.plugged:  # noqa: ASYNC110 - a timer of the simulator plugs it
                await asyncio.sleep(0.001)

    async def recovers(self):
        assert await self.echo(b"well") == b"well"
        assert await self.version() == VERSION
        assert self.book.armed() == ()


@pytest.fixture
async def bench():
    bench = Bench()
    yield bench
    bench.tiny.close()


async def test_the_cable_comes_out_and_goes_in_again(bench):
    bench.arm("usb.unplug", nth=2, on="bulk", replug_s=0.01)
    with pytest.raises(LinkLost):
        await bench.echo()
    await bench.back()
    await bench.recovers()


async def test_the_cable_stays_out_until_somebody_plugs_it(bench):
    bench.arm("usb.unplug", on="control")
    with pytest.raises(LinkLost):
        await bench.version()
    assert not bench.port.plugged
    bench.tiny.plug()
    await bench.recovers()


@pytest.mark.parametrize("nth", [1, 2])
async def test_a_bulk_transfer_is_refused(bench, nth):
    bench.arm("usb.stall", nth, on="bulk")
    with pytest.raises(DeviceFault, match="STALL"):
        await bench.echo()
    assert bench.tiny.device.heard == [b"hello"][: nth - 1]
    await bench.recovers()


async def test_a_control_transfer_is_refused(bench):
    bench.arm("usb.stall", on="control")
    with pytest.raises(DeviceFault):
        await bench.version()
    await bench.recovers()


async def test_a_transfer_is_never_answered(bench):
    bench.arm("usb.silent", on="control")
    with pytest.raises(OutcomeUnknown):
        await bench.version(SHORT_S)
    bench.arm("usb.silent", 2, on="bulk")
    assert await bench.echo(timeout_s=SHORT_S) is None
    bench.arm("usb.silent", on="bulk")
    with pytest.raises(OutcomeUnknown):
        await bench.echo(timeout_s=SHORT_S)
    await bench.recovers()


async def test_a_late_answer_comes_in_order(bench):
    bench.arm("usb.delay", on="interrupt", seconds=0.02)
    async with bench.link.listen(EVENTS, 16) as reports:
        for item in ("late", "next"):
            bench.tiny.hand(HandAction("touch", item=item))
        assert await reports.next(timeout_s=0) is None
        assert [await reports.next(timeout_s=LONG_S) for _ in range(2)] == [b"late", b"next"]
    await bench.recovers()


@pytest.mark.parametrize("on", ["control", "bulk"])
async def test_a_late_end_is_an_end(bench, on):
    bench.arm("usb.delay", on=on, seconds=0.01)
    await bench.recovers()


async def test_a_late_end_can_be_too_late(bench):
    bench.arm("usb.delay", on="control", seconds=0.2)
    with pytest.raises(OutcomeUnknown):
        await bench.version(SHORT_S)
    await bench.recovers()


async def test_only_a_part_arrives(bench):
    bench.arm("usb.truncate", on="bulk", keep=2)
    assert await bench.echo() == b"he"
    bench.arm("usb.truncate", on="control", keep=4)
    assert await bench.version() == VERSION[:4]
    await bench.recovers()


async def test_an_answer_comes_twice(bench):
    bench.arm("usb.repeat", on="bulk")
    assert await bench.echo() == b"hello"
    assert await bench.link.read(IN, 64, timeout_s=LONG_S) == b"hello"
    await bench.recovers()


async def test_another_device_comes_back(bench):
    bench.arm("device.swapped", serial="OTHER", replug_s=0.01)
    with pytest.raises(LinkLost):
        await bench.echo()
    await bench.back()
    assert bench.port.serial == "OTHER"
    await bench.recovers()


async def test_a_hand_is_faster_than_the_replug(bench):
    bench.arm("usb.unplug", on="control", replug_s=30.0)
    with pytest.raises(LinkLost):
        await bench.version()
    bench.tiny.plug()
    await bench.recovers()
