"""The tiny USB device under the real libusb of a child process: the simulator is here, its client there."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tiny_usb import IDENTITY, Tiny, book_for

from padkit_sim.attached_usb import AttachedUsb
from padkit_sim.journal import Journal
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.stacks.preload import preloaded
from padkit_sim.wires import UsbSlot
from padkit_sim.wires.uevents import Uevents
from padkit_sim.wires.usbfs import UsbfsFace

SUPPORT = Path(__file__).parent
CHILD_S = 30.0


class UsbfsKit:
    """One tiny device, plugged in. `faults` is its book; `environment` is for the children."""

    def __init__(self, root: Path) -> None:
        clock = time.monotonic
        self.root = root
        self.face = UsbfsFace(root, Uevents(root))
        self.slot = UsbSlot(IDENTITY, (self.face,))
        self.faults = book_for(clock=clock)
        self.journal = Journal(clock)
        self.tiny = AttachedUsb(
            "tiny", Tiny(), self.slot, self.faults.dial("tiny"), MechanicalTime(clock, 1.0), self.journal
        )
        self.environment = {
            **os.environ,
            **preloaded(root, {}),
            "PADKIT_SYSFS": str(root / "sys"),
            "PADKIT_DEV": str(root / "dev"),
            "PYTHONPATH": str(SUPPORT),
        }

    @asynccontextmanager
    async def child(self, script: str) -> AsyncIterator[Child]:
        """A Python program under the preload library; told and asked by lines."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", script),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=self.environment,
        )
        child = Child(process)
        try:
            yield child
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
            transport = process._transport  # its pipes would be closed by chance
            transport.close()


class Child:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> str:
        """The next line that it prints, "" at its end."""
        async with asyncio.timeout(CHILD_S):
            return (await self.process.stdout.readline()).decode().rstrip("\n")

    def tell(self, line: str = "") -> None:
        """Let it read one line."""
        self.process.stdin.write(f"{line}\n".encode())

    async def rest(self) -> list[str]:
        """All lines to its end."""
        async with asyncio.timeout(CHILD_S):
            return (await self.process.stdout.read()).decode().splitlines()


@asynccontextmanager
async def usbfs_kit(root: Path) -> AsyncIterator[UsbfsKit]:
    """A kit that stands in the block; `root` must be short."""
    kit = UsbfsKit(root)
    kit.tiny.plug()
    try:
        yield kit
    finally:
        kit.tiny.close()
        await kit.face.end()
