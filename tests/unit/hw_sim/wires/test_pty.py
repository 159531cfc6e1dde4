"""A real pty under a real client."""

from __future__ import annotations

import asyncio
import os
import termios
import tty

import pytest
import serial

from padkit_sim.wires import PtyWire, UsbIdentity, UsbTree

BOX = UsbIdentity("ttyUSB0", "1-3", 0x1209, 0xCA4D, "CDB-0001", "Card box")


class Heard:
    """Collects bytes and lets a test wait for a number of them."""

    def __init__(self):
        self.data = b""
        self._more = asyncio.Event()

    def __call__(self, data):
        self.data += data
        self._more.set()

    async def until(self, count):
        while len(self.data) < count:
            self._more.clear()
            await self._more.wait()
        return self.data


@pytest.fixture
async def wire(tmp_path):
    wire = PtyWire(UsbTree(tmp_path), BOX)
    yield wire
    wire.unplug()


async def test_bytes_pass_both_ways_through_pyserial(wire, tmp_path):
    heard = Heard()
    wire.plug(heard)
    with serial.Serial(str(tmp_path / "dev" / "ttyUSB0"), 38400, timeout=5) as port:
        port.write(b"\x00\x03\x0a\x0d\xff")
        assert await heard.until(5) == b"\x00\x03\x0a\x0d\xff"
        wire.write(b"\xf2\x04\x0d\x0a\x00")
        assert await asyncio.to_thread(port.read, 5) == b"\xf2\x04\x0d\x0a\x00"


@pytest.mark.parametrize("baud", [9600, 19200, 38400, 57600, 115200])
async def test_the_clients_rate_is_seen(wire, tmp_path, baud):
    wire.plug(Heard())
    with serial.Serial(str(tmp_path / "dev" / "ttyUSB0"), baud):
        assert wire.baud() == baud


async def test_a_long_answer_waits_for_a_slow_reader(wire, tmp_path):
    wire.plug(Heard())
    end = os.open(tmp_path / "dev" / "ttyUSB0", os.O_RDWR | os.O_NOCTTY)
    tty.setraw(end)
    answer = bytes(range(256)) * 80
    wire.write(answer)
    got = b""
    while len(got) < len(answer):
        got += await asyncio.to_thread(os.read, end, 4096)
    os.close(end)
    assert got == answer


async def test_what_nobody_reads_is_lost_beyond_a_cap(wire):
    wire.plug(Heard())
    for _ in range(100):
        wire.write(bytes(4096))
    assert len(wire._waiting) <= 65_536


async def test_an_unplug_ends_the_clients_reading(wire, tmp_path):
    wire.plug(Heard())
    end = os.open(tmp_path / "dev" / "ttyUSB0", os.O_RDWR | os.O_NOCTTY)
    reading = asyncio.create_task(asyncio.to_thread(_read_or_gone, end))
    wire.unplug()
    assert await reading in (b"", b"gone")
    assert not (tmp_path / "dev" / "ttyUSB0").is_symlink()
    os.close(end)


def _read_or_gone(end):
    try:
        return os.read(end, 1)
    except OSError:
        return b"gone"


async def test_unplugged_it_has_no_rate_and_says_nothing(wire):
    wire.write(b"lost")
    assert (wire.plugged, wire.baud()) == (False, None)
    wire.unplug()


async def test_a_replug_may_show_another_device_at_another_port(wire, tmp_path):
    wire.plug(Heard())
    wire.unplug()
    wire.plug(Heard(), serial="CDB-0002", name="ttyUSB7")
    assert wire.serial == "CDB-0002"
    assert [link.name for link in (tmp_path / "sys" / "class" / "tty").iterdir()] == ["ttyUSB7"]
    assert (tmp_path / "sys" / "devices" / "usb1" / "1-3" / "serial").read_text() == "CDB-0002\n"


async def test_the_line_is_raw_for_a_client_that_sets_nothing(wire, tmp_path):
    heard = Heard()
    wire.plug(heard)
    end = os.open(tmp_path / "dev" / "ttyUSB0", os.O_RDWR | os.O_NOCTTY)
    assert not termios.tcgetattr(end)[3] & (termios.ECHO | termios.ICANON)
    os.write(end, b"\x04\x03")
    assert await heard.until(2) == b"\x04\x03"
    os.close(end)
