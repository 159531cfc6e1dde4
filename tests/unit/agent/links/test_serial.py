"""The serial link on a pty: bytes, silence, hang-up, flood, back-pressure."""

from __future__ import annotations

import asyncio
import os
import pty
import termios
import tty
from pathlib import Path

import pytest
import serial

from padkit_agent.links.serial import MAX_INPUT, open_serial
from padkit_sdk import LinkLost, Refused, UsbSerial

MATCH = UsbSerial(vid=1, pid=2, baud=9_600)


class Line:
    def __init__(self):
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        os.set_blocking(self.master, False)
        self.path = Path(os.ttyname(self.slave))

    def hang_up(self):
        for name in ("master", "slave"):
            if getattr(self, name) is not None:
                os.close(getattr(self, name))
                setattr(self, name, None)


@pytest.fixture
def line():
    line = Line()
    yield line
    line.hang_up()


@pytest.fixture
async def link(line):
    link = await open_serial(MATCH, line.path)
    yield link
    await link.close()


async def drain(line, count):
    """Take `count` bytes off the master as they come."""
    loop, got = asyncio.get_running_loop(), bytearray()
    done = loop.create_future()

    def take():
        got.extend(os.read(line.master, 65_536))
        if len(got) >= count and not done.done():
            done.set_result(bytes(got))

    loop.add_reader(line.master, take)
    try:
        return await done
    finally:
        loop.remove_reader(line.master)


async def test_what_is_written_comes_out_at_the_other_end(line, link):
    await link.write(b"\x05\x00hello")
    assert await drain(line, 7) == b"\x05\x00hello"


async def test_read_gives_what_has_arrived(line, link):
    os.write(line.master, b"\x06abc\x11\x13")
    assert await link.read(timeout_s=5) == b"\x06abc\x11\x13"


async def test_a_waiting_read_ends_with_the_first_byte(line, link):
    reading = asyncio.ensure_future(link.read(timeout_s=5))
    await asyncio.sleep(0)
    os.write(line.master, b"\x15")
    assert await reading == b"\x15"


async def test_silence_gives_no_bytes(link):
    assert await link.read(timeout_s=0.0) == b""


async def test_a_second_reader_is_refused(link):
    reading = asyncio.ensure_future(link.read(timeout_s=5))
    await asyncio.sleep(0)
    with pytest.raises(Refused) as caught:
        await link.read(timeout_s=1)
    assert caught.value.reason == "link.busy"
    reading.cancel()


async def test_a_cancelled_read_loses_no_byte(line, link):
    reading = asyncio.ensure_future(link.read(timeout_s=5))
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait([reading])
    os.write(line.master, b"late")
    assert await link.read(timeout_s=5) == b"late"


async def test_hang_up_wakes_the_reader(line, link):
    reading = asyncio.ensure_future(link.read(timeout_s=5))
    await asyncio.sleep(0)
    line.hang_up()
    with pytest.raises(LinkLost, match="the agent opens it again"):
        await reading


async def test_what_came_before_the_hang_up_is_still_read(line, link):
    os.write(line.master, b"last words")
    assert await link.read(timeout_s=5) == b"last words"
    line.hang_up()
    with pytest.raises(LinkLost):
        await link.read(timeout_s=5)


async def test_a_write_after_the_hang_up_is_a_lost_link(line, link):
    line.hang_up()
    with pytest.raises(LinkLost):
        await link.write(b"x")


async def test_a_flood_ends_the_link_by_name(line, link):
    loop = asyncio.get_running_loop()
    loop.add_writer(line.master, os.write, line.master, b"\xff" * 4096)
    while link._lost is None:  # noqa: ASYNC110 - a link tells nobody but its reader
        await asyncio.sleep(0)
    loop.remove_writer(line.master)
    assert len(await link.read(timeout_s=1)) <= MAX_INPUT + 4096
    with pytest.raises(LinkLost, match="flood, more than 65536 bytes unread"):
        await link.read(timeout_s=1)


async def test_discarded_input_is_not_read(line, link):
    os.write(line.master, b"old")
    await link.read(timeout_s=5)
    os.write(line.master, b"older")
    link.discard_input()
    os.write(line.master, b"new")
    assert await link.read(timeout_s=5) == b"new"


async def test_the_baud_rate_reaches_the_port(line, link):
    assert termios.tcgetattr(line.slave)[5] == termios.B9600
    link.set_baud(115_200)
    assert termios.tcgetattr(line.slave)[5] == termios.B115200


async def test_an_impossible_baud_rate_is_refused(link):
    with pytest.raises(LinkLost, match="-1 baud not taken"):
        link.set_baud(-1)


async def test_a_port_is_ours_alone(line, link):
    with pytest.raises(LinkLost, match=r"check cable and rights"):
        await open_serial(MATCH, line.path)


async def test_a_missing_port_is_a_lost_link(tmp_path):
    with pytest.raises(LinkLost, match="ttyUSB9 at 9600 baud"):
        await open_serial(MATCH, tmp_path / "ttyUSB9")


async def test_a_file_that_is_no_port_is_a_lost_link(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LinkLost):
        await open_serial(MATCH, tmp_path / "file")


async def test_a_write_waits_until_the_port_takes_more(line, link):
    data = bytes(range(256)) * 1024
    writing = asyncio.ensure_future(link.write(data))
    assert await drain(line, len(data)) == data
    await writing


async def test_a_cancelled_write_leaves_the_link_usable(line, link):
    writing = asyncio.ensure_future(link.write(b"a" * 1_000_000))
    await drain(line, 1)
    writing.cancel()
    await asyncio.wait([writing])
    os.set_blocking(line.master, False)
    while True:
        try:
            os.read(line.master, 65_536)
        except BlockingIOError:
            break
    await link.write(b"next")
    assert b"next" in await drain(line, 4)


async def test_hang_up_wakes_a_blocked_writer(line, link):
    writing = asyncio.ensure_future(link.write(b"a" * 1_000_000))
    await drain(line, 1)
    line.hang_up()
    with pytest.raises(LinkLost):
        await writing


async def test_a_closed_link_says_so(link):
    await link.close()
    await link.close()
    for use in (link.read(timeout_s=1), link.write(b"x")):
        with pytest.raises(LinkLost, match="closed by its driver"):
            await use
    with pytest.raises(LinkLost, match="closed by its driver"):
        link.set_baud(9_600)
    link.discard_input()


async def test_last_words_arrive_though_the_link_closes_at_once(line):
    for _ in range(200):
        link = await open_serial(MATCH, line.path)
        await link.write(b"bye")
        await link.close()
        assert await drain(line, 3) == b"bye"


async def test_a_dead_device_does_not_hold_up_closing(line, monkeypatch):
    """A pty takes everything at once, so the count of unsent bytes is what a stuck adapter's driver would tell."""
    link = await open_serial(MATCH, line.path)
    dropped = []
    monkeypatch.setattr(serial.Serial, "out_waiting", 5)
    monkeypatch.setattr(serial.Serial, "reset_output_buffer", lambda port: dropped.append(port))
    await link.close()
    assert dropped
