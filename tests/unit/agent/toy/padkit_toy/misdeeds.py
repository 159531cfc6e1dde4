"""What a driver must not do, by the word that orders it; and two things that it may."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
import time

from padkit_sdk import AskAgain, DeviceEvent, DeviceFault

CHANNEL = 3  # the worker's socket to the core
HELD = []


async def crash(toy):
    os.kill(os.getpid(), signal.SIGKILL)


async def segfault(toy):
    ctypes.string_at(0)


async def leave(toy):
    sys.exit(3)


async def hang(toy):
    time.sleep(3600)  # noqa: ASYNC251 - the loop is blocked, as by a bad C library


async def shout_for_ever(toy):
    while True:
        await shout(toy)


async def chatter(toy):
    while True:
        sys.stdout.write("y" * 50 + "\n")


async def garbage(toy):
    os.write(CHANNEL, b"\xff" * 64)
    await asyncio.Event().wait()


async def oversize(toy):
    os.write(CHANNEL, b"\x7f\xff\xff\xff" + b"x" * 64)
    await asyncio.Event().wait()


async def leak(toy):
    while True:
        HELD.append(b"\xff" * 1_000_000)


async def files(toy):
    HELD.extend(os.open(os.devnull, os.O_RDONLY) for _ in range(1000))


async def bug(toy):
    raise ValueError("6222000000000000")


async def never(toy):
    await toy.link.write(b"waiting\n")
    try:
        await asyncio.Event().wait()
    finally:
        await toy.link.write(b"stopped\n")


async def stubborn(toy):
    await toy.link.write(b"waiting\n")
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue


async def shout(toy):
    toy.context.emit(DeviceEvent("toy.shout", {"text": "once"}))


async def jam(toy):
    raise DeviceFault("box.jam", "toy: jam at the gate; open the flap", raw="01")


async def ask(toy):
    raise AskAgain("card.askew")


MISDEEDS = {
    "ask": ask,
    "bug": bug,
    "chatter": chatter,
    "crash": crash,
    "events": shout_for_ever,
    "exit": leave,
    "files": files,
    "garbage": garbage,
    "hang": hang,
    "jam": jam,
    "leak": leak,
    "never": never,
    "oversize": oversize,
    "segfault": segfault,
    "shout": shout,
    "stubborn": stubborn,
}
