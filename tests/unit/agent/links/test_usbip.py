"""The USB link without libusb: USB/IP to the simulator's server, in one process."""

from __future__ import annotations

import array
import asyncio
import contextlib
import errno
import struct
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import usb.core
from tiny_usb import EVENTS, IDENTITY, IN, OUT, Tiny, book_for

from padkit_agent.devices.discovery import WireScan
from padkit_agent.links.usb import open_usb
from padkit_agent.links.usbip import Remote, UsbipBackend
from padkit_agent.links.usbip_wire import Listed
from padkit_sdk import DeviceFault, LinkLost, OutcomeUnknown
from padkit_sdk.links import Usb
from padkit_sim.attached_usb import AttachedUsb
from padkit_sim.devices.device import HandAction
from padkit_sim.faults import FaultRequest
from padkit_sim.journal import Journal
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.wires import UsbSlot
from padkit_sim.wires.usb_tree import UsbDeviceTree
from padkit_sim.wires.usbip import UsbipFace

MATCH = Usb(0x1209, 1)
SHORT_S, LONG_S = 0.02, 10.0


class Server:
    def __init__(self, root):
        clock = time.monotonic
        self.face = UsbipFace(UsbDeviceTree(root))
        self.slot = UsbSlot(IDENTITY, (self.face,))
        self.faults = book_for(clock=clock)
        self.tiny = AttachedUsb(
            "tiny", Tiny(), self.slot, self.faults.dial("tiny"), MechanicalTime(clock, 1.0), Journal(clock)
        )
        self.scan = WireScan(root / "sys", root / "dev")

    async def open(self):
        (wire,) = await asyncio.to_thread(self.scan)
        return await open_usb(MATCH, Path(wire.path))


@pytest.fixture
async def server(tmp_path, monkeypatch):
    server = Server(tmp_path)
    server.address = await server.face.start()
    monkeypatch.setenv("PADKIT_USBIP", server.address)
    server.tiny.plug()
    yield server
    server.tiny.close()
    await server.face.end()


@pytest.fixture
async def link(server):
    link = await server.open()
    yield link
    await link.close()


async def test_both_ways(server, link):
    assert await link.control(0xC0, 0x10, 0, 0, 64, timeout_s=LONG_S) == b"TINY 1.2\0"
    assert await link.control(0x40, 0x11, 5, 0, b"on", timeout_s=LONG_S) == b""
    await link.write(OUT, b"x" * 70_000, timeout_s=LONG_S)
    assert await link.read(IN, 70_000, timeout_s=LONG_S) == b"x" * 70_000
    assert (server.tiny.device.led, server.tiny.device.heard[0]) == (5, b"on")


async def test_time_that_is_up_mixes_nothing_up(link):
    for _ in range(3):
        assert await link.read(IN, 64, timeout_s=SHORT_S) is None
    await link.write(OUT, b"hello", timeout_s=LONG_S)
    assert await link.read(IN, 64, timeout_s=LONG_S) == b"hello"


async def test_a_stall_is_a_device_fault_and_the_next_transfer_goes(link):
    with pytest.raises(DeviceFault):
        await link.write(OUT, b"!", timeout_s=LONG_S)
    await link.write(OUT, b"a", timeout_s=LONG_S)
    assert await link.read(IN, 64, timeout_s=LONG_S) == b"a"


async def test_what_is_never_answered_is_unknown(server, link):
    server.faults.arm(FaultRequest("usb.silent", {"on": "control"}))
    with pytest.raises(OutcomeUnknown):
        await link.control(0xC0, 0x10, 0, 0, 64, timeout_s=SHORT_S)
    assert await link.control(0xC0, 0x10, 0, 0, 4, timeout_s=LONG_S) == b"TINY"


async def test_events_are_heard_beside_transfers(server, link):
    async with link.listen(EVENTS, 16) as reports:
        for number in range(20):
            server.tiny.hand(HandAction("touch", item=str(number)))
        await link.write(OUT, b"beside", timeout_s=LONG_S)
        assert await link.read(IN, 64, timeout_s=LONG_S) == b"beside"
        assert [await reports.next(timeout_s=LONG_S) for _ in range(20)] == [b"%d" % n for n in range(20)]


async def test_a_pulled_cable_loses_the_link_and_a_replug_is_found(server, link):
    reading = asyncio.create_task(link.read(IN, 64, timeout_s=LONG_S))
    async with asyncio.timeout(LONG_S):
        while not server.slot.waits_on(IN):  # noqa: ASYNC110 - what is waited for is a read in a thread
            await asyncio.sleep(0.001)
    server.tiny.unplug()
    with pytest.raises(LinkLost):
        await reading
    assert server.scan() == ()
    server.tiny.plug()
    again = await server.open()
    await again.write(OUT, b"back", timeout_s=LONG_S)
    assert await again.read(IN, 64, timeout_s=LONG_S) == b"back"
    await again.close()


async def test_a_device_is_lent_to_one_at_a_time(server, link):
    with pytest.raises(LinkLost, match="in use"):
        await server.open()


async def test_a_server_that_is_gone_is_a_lost_link(server, monkeypatch):
    monkeypatch.setenv("PADKIT_USBIP", "127.0.0.1:1")
    with pytest.raises(LinkLost):
        await server.open()


async def test_pyusb_finds_it_with_its_strings(server):
    def look():
        device = usb.core.find(idVendor=0x1209, backend=UsbipBackend(server.address))
        ends = [end.bEndpointAddress for end in device[0][(0, 0)]]
        return device.manufacturer, device.product, device.serial_number, ends

    assert await asyncio.to_thread(look) == ("hw_sim", "Tiny", "TINY-0001", [OUT, IN, EVENTS])


async def test_bytes_that_make_no_sense_end_the_talk(server, link):
    host, port = server.address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"\xff" * 300)
    assert await reader.read() == b""
    writer.close()
    assert await link.control(0xC0, 0x10, 0, 0, 4, timeout_s=LONG_S) == b"TINY"


@pytest.mark.parametrize("sequences", [(7, 7), range(1, 300)])
async def test_a_client_that_asks_too_much_is_sent_away_and_leaves_nothing(server, sequences):
    host, _, port = server.address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(struct.pack(">HHI32s", 0x0111, 0x8003, 0, b"1-2".ljust(32, b"\0")))
    (status,) = struct.unpack(">4xI", await reader.readexactly(8))
    assert status == 0
    await reader.readexactly(312)
    for sequence in sequences:  # reads of an endpoint that says nothing
        writer.write(struct.pack(">5IIiiiI8x", 1, sequence, 0x10002, 1, EVENTS & 15, 0, 8, 0, 0, 0))
    async with asyncio.timeout(LONG_S):
        with contextlib.suppress(ConnectionError):
            while await reader.read(4096):
                pass
    writer.close()
    link = await server.open()  # it is free again, and nothing of the one before eats what comes
    server.tiny.hand(HandAction("touch", item="1"))
    assert await link.read(EVENTS, 8, timeout_s=LONG_S) is not None
    await link.close()


@contextlib.asynccontextmanager
async def liar(passed, data):
    """A server that lends a device and answers its first transfer with `data`, of which it says there are `passed` bytes."""

    ended = asyncio.Event()

    async def serve(reader, writer):
        await reader.readexactly(40)
        writer.write(struct.pack(">HHI", 0x0111, 3, 0) + bytes(312))
        head = await reader.readexactly(48)
        writer.write(struct.pack(">II12xii20x", 3, struct.unpack_from(">I", head, 4)[0], 0, passed) + data)
        with contextlib.suppress(ConnectionError):
            await reader.read()
            writer.close()
            await writer.wait_closed()
        ended.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[:2]
        async with asyncio.timeout(LONG_S):
            await ended.wait()


@pytest.mark.parametrize(
    ("passed", "error"), [(100, errno.EOVERFLOW), (16 * 1024 * 1024 + 1, errno.ENODEV), (2**31 - 1, errno.ENODEV)]
)
async def test_a_server_that_sends_more_than_was_asked_for_is_told(passed, error):
    async with liar(passed, bytes(100)) as (host, port):
        backend = UsbipBackend(f"{host}:{port}")
        device = await asyncio.to_thread(
            backend.open_device,
            SimpleNamespace(listed=SimpleNamespace(bus_id="1-1"), lent=None),
        )
        buffer = array.array("B", bytes(8))
        with pytest.raises(usb.core.USBError) as caught:
            await asyncio.to_thread(backend.bulk_read, device, 0x81, 0, buffer, 10_000)
        backend.close_device(device)
    assert caught.value.errno == error


def test_a_descriptor_that_is_too_short_is_an_error_of_the_device():
    remote = Remote(Listed("1-1", 1, 1, 2, 0, 0, 0, 0, 1), configuration=b"\x03\x02\x00")
    with pytest.raises(usb.core.USBError, match="too short"):
        UsbipBackend("127.0.0.1:1").get_configuration_descriptor(remote, 0)
