"""USB traffic in a capture file, read back by a reader that knows only the published formats (pcap; usbmon's 64 bytes)."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from itertools import count

import pytest
from tiny_usb import IDENTITY, IN, OUT, Tiny, book_for

from padkit_sim.attached_usb import AttachedUsb
from padkit_sim.journal import Journal
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.wires import UsbSlot
from padkit_sim.wires.pcap import Pcap
from padkit_sim.wires.usb_slot import Asked, Setup

EINPROGRESS, EPIPE, ENOENT = 115, 32, 2
PLUGGED = 4  # records: the kernel asks for two descriptors


@dataclass
class Record:
    id: int
    event: str
    kind: int
    endpoint: int
    device: int
    bus: int
    setup: bytes
    status: int
    length: int
    data: bytes
    moment: tuple[int, int]


def records(capture):
    assert capture[:4] == struct.pack("=I", 0xA1B2C3D4)
    assert struct.unpack_from("=HH", capture, 4) == (2, 4)
    assert struct.unpack_from("=I", capture, 20) == (220,)
    at = 24
    while at < len(capture):
        seconds, micros, kept, whole = struct.unpack_from("=4I", capture, at)
        body = capture[at + 16 : at + 16 + kept]
        assert (len(body), whole) == (kept, kept)
        (number,) = struct.unpack_from("=Q", body, 0)
        kind, endpoint, device = body[9:12]
        (bus,) = struct.unpack_from("=H", body, 12)
        stamp = struct.unpack_from("=qi", body, 16)
        status, length, captured = struct.unpack_from("=iII", body, 28)
        assert stamp == (seconds, micros)
        data = body[64:]
        assert len(data) == captured
        assert (body[15] == 0) == bool(data)
        setup = body[40:48] if body[14] == 0 else b""
        yield Record(number, chr(body[8]), kind, endpoint, device, bus, setup, status, length, data, stamp)
        at += 16 + kept


@pytest.fixture
async def captured():
    clock = count().__next__
    file = io.BytesIO()
    slot = UsbSlot(IDENTITY, (), Pcap(file, lambda: clock() * 0.25))
    tiny = AttachedUsb(
        "tiny", Tiny(), slot, book_for().dial("tiny"), MechanicalTime(lambda: 0.0, 1.0), Journal(lambda: 0.0)
    )
    tiny.plug()

    def ask(endpoint, size, data=b"", setup=None):
        asked = Asked(endpoint, size, data, lambda ended: None, setup)
        slot.submit(asked)
        return asked

    yield ask, slot, lambda *, all_=False: list(records(file.getvalue()))[0 if all_ else PLUGGED :]
    tiny.close()


async def test_each_transfer_has_its_begin_and_its_end(captured):
    ask, _, read = captured
    ask(OUT, 5, b"hello")
    ask(IN, 64)
    out, out_end, read_begin, read_end = read()
    assert (out.event, out.kind, out.endpoint, out.device, out.bus) == ("S", 3, OUT, 2, 1)
    assert (out.status, out.length, out.data) == (-EINPROGRESS, 5, b"hello")
    assert (out_end.event, out_end.id, out_end.status, out_end.length, out_end.data) == ("C", out.id, 0, 5, b"")
    assert (read_begin.endpoint, read_begin.length, read_begin.data) == (IN, 64, b"")
    assert (read_end.event, read_end.id, read_end.length, read_end.data) == ("C", read_begin.id, 5, b"hello")
    assert [it.moment for it in read()] == [(1, 0), (1, 250_000), (1, 500_000), (1, 750_000)]


async def test_the_kernels_questions_say_whose_transfers_these_are(captured):
    _, slot, read = captured
    begin, device, _, configuration = read(all_=True)
    assert (begin.kind, begin.endpoint, begin.setup) == (2, 0x80, bytes.fromhex("80 06 00 01 00 00 12 00"))
    assert struct.unpack_from("<HH", device.data, 8) == (IDENTITY.vid, IDENTITY.pid)
    assert configuration.data == slot.descriptors.configuration()


async def test_a_control_transfer_shows_its_setup(captured):
    ask, _, read = captured
    ask(0, 64, setup=Setup(0xC0, 0x10, 1, 2, 64))
    ask(0, 2, b"on", Setup(0x40, 0x11, 7, 0, 2))
    begin, end, told, told_end = read()
    assert (begin.kind, begin.endpoint, begin.setup) == (2, 0x80, bytes.fromhex("C0 10 01 00 02 00 40 00"))
    assert (end.setup, end.data) == (b"", b"TINY 1.2\0")
    assert (told.endpoint, told.data, told_end.length) == (0, b"on", 2)


async def test_refused_and_taken_back(captured):
    ask, slot, read = captured
    ask(OUT, 1, b"!")
    slot.cancel(ask(IN, 64))
    assert [it.status for it in read()] == [-EINPROGRESS, -EPIPE, -EINPROGRESS, -ENOENT]
