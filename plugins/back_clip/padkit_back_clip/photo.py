"""The optional photo decoder: an external program the bank is licensed for. Nothing closed is shipped with us.

The program gets the 1024 bytes of the photo on its input and gives an image on its output. Whatever goes wrong gives an
empty picture with a reason, never an error: the photo itself is kept untouched.
"""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass

from padkit_sdk import HiddenBytes

PICTURE_S = 2.0
DRAIN_S = 1.0
MAX_PICTURE = 262_144  # a plain 102 x 126 bitmap has 38,862 bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """An image, or nothing and the reason: ``start``, ``slow``, ``size``, ``exit`` or ``empty``."""

    image: HiddenBytes
    failure: str = ""


async def decode_photo(program: str, photo: HiddenBytes, *, timeout_s: float) -> Picture:
    """What `program` makes of `photo` within `timeout_s`; a cancel or a failure leaves no process behind."""
    try:
        process = await asyncio.create_subprocess_exec(
            program, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True
        )
    except OSError:
        return _failed("start")
    try:
        async with asyncio.timeout(timeout_s):
            return await _converse(process, photo.data)
    except TimeoutError:
        return _failed("slow")
    finally:
        await _end(process)


async def _converse(process: Process, photo: bytes) -> Picture:
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(ConnectionError):  # a program may answer without reading all
        process.stdin.write(photo)
        await process.stdin.drain()
    process.stdin.close()
    image = bytearray()
    while chunk := await process.stdout.read(MAX_PICTURE):
        image += chunk
        if len(image) > MAX_PICTURE:
            return _failed("size")
    if await process.wait():
        return _failed("exit")
    return Picture(HiddenBytes(bytes(image))) if image else _failed("empty")


async def _end(process: Process) -> None:
    """Kill the program and its children, and drain what they had already written."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(TimeoutError):  # a child that left the group may still hold the pipe
        async with asyncio.timeout(DRAIN_S):
            await process.communicate()


def _failed(reason: str) -> Picture:
    return Picture(HiddenBytes(b""), reason)
