from __future__ import annotations

import asyncio
import os
import stat
import sys

import pytest

from padkit_back_clip.driver import SamReader
from padkit_back_clip.photo import MAX_PICTURE, decode_photo
from padkit_sdk import DeviceEvent, HiddenBytes

PHOTO = HiddenBytes(b"WLf\x00" + bytes(1020))


@pytest.fixture
def program(tmp_path):
    """Make a program of some lines of Python."""

    def make(lines: str) -> str:
        path = tmp_path / "decoder"
        path.write_text(f"#!{sys.executable}\nimport sys\n{lines}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return make


ECHO = "sys.stdout.buffer.write(b'BM' + sys.stdin.buffer.read())"


async def test_a_decoder_gets_the_photo_and_gives_the_image(program):
    picture = await decode_photo(program(ECHO), PHOTO, timeout_s=30)
    assert picture.image.data == b"BM" + PHOTO.data
    assert picture.failure == ""


@pytest.mark.parametrize(
    ("lines", "failure"),
    [
        ("sys.exit(3)", "exit"),
        ("sys.stdin.buffer.read()", "empty"),
        ("print('half', flush=True); sys.exit(1)", "exit"),
        (f"sys.stdout.buffer.write(bytes({MAX_PICTURE + 1}))", "size"),
        ("while True: sys.stdout.buffer.write(bytes(65536))", "size"),
    ],
)
async def test_a_decoder_that_fails_gives_no_image_and_the_reason(lines, failure, program):
    picture = await decode_photo(program(lines), PHOTO, timeout_s=30)
    assert (picture.image.data, picture.failure) == (b"", failure)


async def test_a_decoder_that_is_not_there_gives_no_image(tmp_path):
    assert (await decode_photo(str(tmp_path / "none"), PHOTO, timeout_s=30)).failure == "start"


async def test_a_decoder_too_slow_is_ended_with_its_children(program, tmp_path):
    pids = tmp_path / "pids"
    os.mkfifo(pids)
    lines = f"""
import os, signal
child = os.fork()
if child:
    with open({str(pids)!r}, "w") as out:
        out.write(f"{{os.getpid()}} {{child}}")
signal.pause()
"""
    decoding = asyncio.ensure_future(decode_photo(program(lines), PHOTO, timeout_s=600))
    told = await asyncio.to_thread(pids.read_text)
    decoding.cancel()
    await asyncio.gather(decoding, return_exceptions=True)
    assert decoding.cancelled()
    parent, child = map(int, told.split())
    with pytest.raises(ProcessLookupError):
        os.kill(parent, 0)
    while not _is_gone(child):
        pass  # its files are closed, the kernel is still at the rest


def _is_gone(pid: int) -> bool:
    """Dead, perhaps not yet reaped by whoever inherited it."""
    try:
        with open(f"/proc/{pid}/stat") as told:
            return told.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


async def test_no_time_gives_no_image(program):
    assert (await decode_photo(program(ECHO), PHOTO, timeout_s=0)).failure == "slow"


async def test_a_read_carries_the_picture(program, ready):
    reader = SamReader(ready, ready.context(photo_decoder=program(ECHO)))
    card = await reader.read(fingerprint=False, timeout_s=30)
    assert card.picture.data == b"BM" + card.photo.data
    assert ready.events == []


async def test_a_failing_decoder_never_fails_the_read_and_is_told(program, ready):
    reader = SamReader(ready, ready.context(photo_decoder=program("sys.exit(1)")))
    card = await reader.read(fingerprint=False, timeout_s=30)
    assert (card.picture.data, len(card.photo.data)) == (b"", 1024)
    assert ready.events == [DeviceEvent("idcard.photo_bad", {"reason": "exit"})]
