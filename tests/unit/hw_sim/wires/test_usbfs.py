"""USB devices under the real libusb: pyusb in a child process enumerates, talks, is refused, loses the device, finds it again."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest
from tiny_usb import EVENTS, IN, OUT
from usbfs_kit import usbfs_kit

from padkit_sim.devices.device import HandAction

HEAD = f"""
import usb.core, usb.util, errno, sys
OUT, IN, EVENTS = {OUT}, {IN}, {EVENTS}
def say(*words): print(*words, flush=True)
def tried(call, *args):
    try:
        return bytes(call(*args))
    except usb.core.USBError as exc:
        return errno.errorcode[exc.errno]
def find():
    return usb.core.find(idVendor=0x1209, idProduct=1)
tiny = find()
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


async def run(kit, script):
    async with kit.child(HEAD + script) as child:
        lines = await child.rest()
        assert await child.process.wait() == 0
        return lines


async def test_it_is_enumerated_with_its_strings(kit):
    script = """
say(tiny.manufacturer, tiny.product, tiny.serial_number, tiny.bus, tiny.address, tiny.speed)
say(len(list(usb.core.find(find_all=True))), [e.bEndpointAddress for e in tiny[0][(0, 0)]])
say(tiny.get_active_configuration().bConfigurationValue)
"""
    assert await run(kit, script) == ["hw_sim Tiny TINY-0001 1 2 2", "1 [1, 130, 131]", "1"]


async def test_both_ways(kit):
    script = """
usb.util.claim_interface(tiny, 0)
say(bytes(tiny.ctrl_transfer(0xC0, 0x10, 0, 0, 64)))
say(tiny.ctrl_transfer(0x40, 0x11, 5, 0, b"on"))
say(tiny.write(OUT, b"x" * 70_000), len(tiny.read(IN, 70_000)))
say(tried(tiny.read, IN, 64, 20))
tiny.write(OUT, b"later")
say(bytes(tiny.read(IN, 64)))
"""
    assert await run(kit, script) == ["b'TINY 1.2\\x00'", "2", "70000 70000", "ETIMEDOUT", "b'later'"]
    assert (kit.tiny.device.led, kit.tiny.device.heard[0]) == (5, b"on")


async def test_a_refusal_halts_until_it_is_cleared(kit):
    script = """
usb.util.claim_interface(tiny, 0)
say(tried(tiny.ctrl_transfer, 0xC0, 0x77, 0, 0, 4), bytes(tiny.ctrl_transfer(0xC0, 0x10, 0, 0, 4)))
say(tried(tiny.write, OUT, b"!"), tried(tiny.write, OUT, b"a"))
tiny.clear_halt(OUT)
say(tiny.write(OUT, b"a"))
"""
    assert await run(kit, script) == ["EPIPE b'TINY'", "EPIPE EPIPE", "1"]


async def test_events_come_while_a_read_waits(kit):
    script = """
say("up")
for _ in range(3):
    say(bytes(tiny.read(EVENTS, 16, 10_000)))
"""
    async with kit.child(HEAD + script) as child:
        assert await child.line() == "up"
        for number in range(3):
            kit.tiny.hand(HandAction("touch", item=f"f{number}"))
            assert await child.line() == f"b'f{number}'"


async def test_unplugged_while_a_read_waits_and_found_again(kit):
    script = """
usb.util.claim_interface(tiny, 0)
tiny.write(OUT, b"-quiet")
say("up")
say(tried(tiny.read, IN, 64, 10_000))
say(tried(tiny.write, OUT, b"a"))
while find() is not None:
    pass
usb.util.dispose_resources(tiny)
say("gone")
while (tiny := find()) is None:
    pass
tiny.write(OUT, b"again")
say(tiny.address, tiny.serial_number, bytes(tiny.read(IN, 64)))
"""
    async with kit.child(HEAD + script) as child:
        assert await child.line() == "up"
        await waits_on(kit, IN)
        kit.tiny.unplug()
        assert [await child.line() for _ in range(3)] == ["ENODEV", "ENODEV", "gone"]
        kit.tiny.plug(serial="TINY-0002")
        assert await child.line() == "3 TINY-0002 b'again'"


async def test_an_interface_is_for_one_program(kit):
    script = """
usb.util.claim_interface(tiny, 0)
say("claimed")
sys.stdin.readline()
"""
    async with kit.child(HEAD + script) as child:
        assert await child.line() == "claimed"
        assert await run(kit, "say(tried(usb.util.claim_interface, tiny, 0))") == ["EBUSY"]
        child.tell()
        await child.rest()
    assert await run(kit, "usb.util.claim_interface(tiny, 0); say('ours')") == ["ours"]


async def test_two_programs_on_one_device_do_not_wake_each_other_for_ever(kit):
    script = """
say("up")
sys.stdin.readline()
for number in range(200):
    assert bytes(tiny.ctrl_transfer(0xC0, 0x10, 0, 0, 4)) == b"TINY"
say("done")
"""
    async with kit.child(HEAD + script) as one, kit.child(HEAD + script) as other:
        for child in (one, other):
            assert await child.line() == "up"
        for child in (one, other):
            child.tell()
        for child in (one, other):
            assert await child.rest() == ["done"]


async def waits_on(kit, endpoint):
    """Until a read of the child waits on `endpoint`."""
    async with asyncio.timeout(10):
        while not kit.slot.waits_on(endpoint):  # noqa: ASYNC110 - what is waited for is a read in another process
            await asyncio.sleep(0.001)
