"""A USB port in memory: transfers both ways, refusals, halts, standard requests, a pulled cable."""

from __future__ import annotations

import asyncio
import time

import pytest
from tiny_usb import EVENTS, IDENTITY, IN, OUT, SET_LED, VERSION, Tiny, book_for
from usb_memory import MemoryUsbLink

from padkit_sdk import DeviceFault, LinkLost, OutcomeUnknown
from padkit_sim.attached_usb import AttachedUsb
from padkit_sim.devices.device import HandAction
from padkit_sim.journal import Journal
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.wires import Ended, Ending, MemoryPort

SHORT_S, LONG_S = 0.01, 5.0


@pytest.fixture
def port():
    return MemoryPort(IDENTITY)


@pytest.fixture
def tiny(port):
    clock = time.monotonic
    attached = AttachedUsb("tiny", Tiny(), port, book_for().dial("tiny"), MechanicalTime(clock, 1.0), Journal(clock))
    attached.plug()
    yield attached
    attached.close()


@pytest.fixture
def link(tiny, port):
    return MemoryUsbLink(port)


async def test_both_ways(tiny, link):
    assert await link.control(0xC0, 0x10, 0, 0, 64, timeout_s=LONG_S) == VERSION
    assert await link.control(*SET_LED, 7, 0, b"on", timeout_s=LONG_S) == b""
    assert (tiny.device.led, tiny.device.heard) == (7, [b"on"])
    await link.write(OUT, b"hello", timeout_s=LONG_S)
    assert await link.read(IN, 64, timeout_s=LONG_S) == b"hello"
    assert await link.read(IN, 64, timeout_s=SHORT_S) is None


async def test_a_long_transfer_is_read_in_parts(link):
    await link.write(OUT, b"a" * 100, timeout_s=LONG_S)
    assert await link.read(IN, 64, timeout_s=LONG_S) == b"a" * 64
    assert await link.read(IN, 64, timeout_s=LONG_S) == b"a" * 36


async def test_a_refusal_halts_the_endpoint_until_it_is_cleared(port, tiny):
    assert await port.write(OUT, b"!", timeout_s=LONG_S) == Ended(Ending.STALLED)
    assert await port.write(OUT, b"a", timeout_s=LONG_S) == Ended(Ending.STALLED)
    assert await port.control(0x82, 0, 0, OUT, 2, timeout_s=LONG_S) == Ended(Ending.DONE, b"\1\0", 2)
    assert (await port.control(0x02, 1, 0, OUT, b"", timeout_s=LONG_S)).ending is Ending.DONE
    assert (await port.write(OUT, b"a", timeout_s=LONG_S)).ending is Ending.DONE


async def test_a_link_clears_the_halt_itself(link):
    with pytest.raises(DeviceFault, match="refused") as caught:
        await link.write(OUT, b"!", timeout_s=LONG_S)
    assert caught.value.fault == "usb.stall"
    await link.write(OUT, b"a", timeout_s=LONG_S)


async def test_standard_requests_are_the_ports(port, tiny):
    async def get(value, size=255):
        return (await port.control(0x80, 6, value, 0x0409, size, timeout_s=LONG_S)).data

    shown = Tiny.descriptors
    assert await get(0x0100) == shown.device(0x1209, 0x0001)
    assert await get(0x0200, 9) == shown.configuration()[:9]
    assert await get(0x0300) == bytes.fromhex("04 03 09 04")
    assert (await get(0x0303))[2:].decode("utf-16-le") == "TINY-0001"
    assert (await port.control(0x80, 6, 0x0304, 0, 255, timeout_s=LONG_S)).ending is Ending.STALLED
    assert (await port.control(0x80, 8, 0, 0, 1, timeout_s=LONG_S)).data == b"\1"
    assert (await port.control(0x00, 9, 0, 0, b"", timeout_s=LONG_S)).ending is Ending.DONE
    assert (await port.control(0x80, 8, 0, 0, 1, timeout_s=LONG_S)).data == b"\0"
    assert (await port.control(0x00, 9, 5, 0, b"", timeout_s=LONG_S)).ending is Ending.STALLED


async def test_events_wait_in_order_and_none_is_lost(tiny, link):
    async with link.listen(EVENTS, 16) as reports:
        for number in range(3):
            tiny.hand(HandAction("touch", item=str(number)))
        assert [await reports.next(timeout_s=LONG_S) for _ in range(3)] == [b"0", b"1", b"2"]
        assert await reports.next(timeout_s=SHORT_S) is None


async def test_a_pulled_cable_ends_what_waits(tiny, link):
    async with link.listen(EVENTS, 16) as reports:
        reading = asyncio.create_task(link.read(IN, 64, timeout_s=LONG_S))
        await asyncio.sleep(0)
        tiny.unplug()
        with pytest.raises(LinkLost):
            await reading
        with pytest.raises(LinkLost):
            await reports.next(timeout_s=LONG_S)
    tiny.plug(serial="OTHER")
    assert tiny.wire.serial == "OTHER"
    assert await link.control(0xC0, 0x10, 0, 0, 4, timeout_s=LONG_S) == VERSION[:4]


async def test_a_closed_link_is_lost(link):
    await link.close()
    with pytest.raises(LinkLost, match="closed"):
        await link.write(OUT, b"a", timeout_s=LONG_S)


async def test_what_is_not_taken_in_time_is_unknown(tiny, link):
    tiny.out = lambda endpoint, data: False
    with pytest.raises(OutcomeUnknown):
        await link.write(OUT, b"a", timeout_s=SHORT_S)
