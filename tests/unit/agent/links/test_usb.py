"""The USB link over the real libusb: in a child process under the preload library, against the tiny device here."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import textwrap
from pathlib import Path

import pytest
from tiny_usb import EVENTS, IN, OUT
from usbfs_kit import usbfs_kit

from padkit_sim.devices.device import HandAction
from padkit_sim.faults import FaultRequest

HEAD = f"""
import asyncio, os, sys, time
from pathlib import Path
from padkit_agent.links.usb import open_usb
from padkit_sdk import DeviceFault, LinkLost, OutcomeUnknown
from padkit_sdk.links import Usb
OUT, IN, EVENTS = {OUT}, {IN}, {EVENTS}
LONG_S, SHORT_S = 20.0, 0.02
def say(*words): print(*words, flush=True)
async def heard(): return (await asyncio.to_thread(sys.stdin.readline)).strip()
async def tried(doing):
    try:
        return await doing
    except (DeviceFault, LinkLost, OutcomeUnknown) as exc:
        return type(exc).__name__, getattr(exc, "fault", "")
def opened(number=2, pid=1):
    return open_usb(Usb(0x1209, pid, location="1-2"), Path(os.environ["PADKIT_DEV"]) / f"bus/usb/001/{{number:03}}")
async def main():
    link = await opened()
"""
TAIL = """
    await link.close()
asyncio.run(main())
"""


@pytest.fixture
def root():
    path = Path(tempfile.mkdtemp(prefix="kit"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
async def kit(root, libumockdev):
    async with usbfs_kit(root) as kit:
        yield kit


def child(kit, script):
    return kit.child(HEAD + textwrap.indent(textwrap.dedent(script), "    ") + TAIL)


async def run(kit, script):
    async with child(kit, script) as running:
        lines = await running.rest()
        assert await running.process.wait() == 0
        return lines


async def waits_on(kit, endpoint):
    async with asyncio.timeout(10):
        while not kit.slot.waits_on(endpoint):  # noqa: ASYNC110 - what is waited for is a read in another process
            await asyncio.sleep(0.001)


async def test_both_ways(kit):
    script = """
    say(await link.control(0xC0, 0x10, 0, 0, 64, timeout_s=LONG_S))
    say(await link.control(0x40, 0x11, 5, 0, b"on", timeout_s=LONG_S))
    await link.write(OUT, b"hello", timeout_s=LONG_S)
    say(await link.read(IN, 64, timeout_s=LONG_S), await link.read(IN, 64, timeout_s=SHORT_S))
    """
    assert await run(kit, script) == ["b'TINY 1.2\\x00'", "b''", "b'hello' None"]
    assert (kit.tiny.device.led, kit.tiny.device.heard) == (5, [b"on", b"hello"])


async def test_a_stall_is_a_device_fault_and_the_next_transfer_goes(kit):
    script = """
    say(*await tried(link.write(OUT, b"!", timeout_s=LONG_S)))
    say(*await tried(link.control(0xC0, 0x77, 0, 0, 4, timeout_s=LONG_S)))
    await link.write(OUT, b"a", timeout_s=LONG_S)
    say(await link.read(IN, 64, timeout_s=LONG_S))
    """
    assert await run(kit, script) == ["DeviceFault usb.stall", "DeviceFault usb.stall", "b'a'"]


async def test_endpoints_do_not_wait_for_each_other_and_no_event_is_lost(kit):
    script = """
    async with link.listen(EVENTS, 16) as reports:
        say("up")
        await heard()
        await link.write(OUT, b"beside", timeout_s=LONG_S)
        say(await link.read(IN, 64, timeout_s=LONG_S))
        say(*[(await reports.next(timeout_s=LONG_S)).decode() for _ in range(200)])
        say(await reports.next(timeout_s=SHORT_S))
    """
    async with child(kit, script) as running:
        assert await running.line() == "up"
        for number in range(200):
            kit.tiny.hand(HandAction("touch", item=str(number)))
        running.tell()
        assert await running.rest() == ["b'beside'", " ".join(map(str, range(200))), "None"]


async def test_a_cancelled_read_takes_nothing_from_the_next(kit):
    script = """
    reading = asyncio.ensure_future(link.read(IN, 64, timeout_s=LONG_S))
    say("up")
    await heard()
    reading.cancel()
    await asyncio.wait((reading,))
    await link.write(OUT, b"1", timeout_s=LONG_S)
    await link.write(OUT, b"2", timeout_s=LONG_S)
    say(await link.read(IN, 64, timeout_s=LONG_S), await link.read(IN, 64, timeout_s=LONG_S))
    """
    async with child(kit, script) as running:
        assert await running.line() == "up"
        await waits_on(kit, IN)
        running.tell()
        assert await running.rest() == ["b'1' b'2'"]


async def test_a_close_ends_a_read_that_waits(kit):
    script = """
    reading = asyncio.ensure_future(tried(link.read(IN, 64, timeout_s=LONG_S)))
    say("up")
    await heard()
    await link.close()
    say(*await reading)
    say(*await tried(link.write(OUT, b"a", timeout_s=LONG_S)))
    link = await opened()
    say("again")
    """
    async with child(kit, script) as running:
        assert await running.line() == "up"
        await waits_on(kit, IN)
        running.tell()
        assert [line.strip() for line in await running.rest()] == ["LinkLost", "LinkLost", "again"]


async def test_unplugged_in_a_read_and_back_again(kit):
    script = """
    async with link.listen(EVENTS, 16) as reports:
        reading = asyncio.ensure_future(tried(link.read(IN, 64, timeout_s=LONG_S)))
        say("up")
        say(*await reading)
        say(*await tried(reports.next(timeout_s=LONG_S)))
    await link.close()
    say(*await tried(opened()))
    await heard()
    link = await opened(3)
    await link.write(OUT, b"back", timeout_s=LONG_S)
    say(await link.read(IN, 64, timeout_s=LONG_S))
    """
    async with child(kit, script) as running:
        assert await running.line() == "up"
        await waits_on(kit, IN)
        kit.tiny.unplug()
        assert [(await running.line()).strip() for _ in range(3)] == ["LinkLost"] * 3
        kit.tiny.plug()
        running.tell()
        assert await running.rest() == ["b'back'"]


async def test_another_device_at_that_place_is_not_opened(kit):
    assert await run(kit, "say(*await tried(opened(pid=7)))") == ["LinkLost "]


async def test_what_is_never_answered_is_unknown(kit):
    kit.faults.arm(FaultRequest("usb.silent", {"on": "control"}))
    kit.faults.arm(FaultRequest("usb.silent", {"on": "bulk"}))
    script = """
    say(*await tried(link.control(0xC0, 0x10, 0, 0, 64, timeout_s=SHORT_S)))
    say(*await tried(link.write(OUT, b"a", timeout_s=SHORT_S)))
    say(await link.control(0xC0, 0x10, 0, 0, 4, timeout_s=LONG_S))
    """
    assert [line.strip() for line in await run(kit, script)] == ["OutcomeUnknown", "OutcomeUnknown", "b'TINY'"]
