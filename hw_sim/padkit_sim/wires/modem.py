"""Modem lines of a pty, and its plugging as an event, for programs under umockdev's preload library."""

from __future__ import annotations

import struct
from functools import partial
from pathlib import Path

from padkit_sim.wires.uevents import Uevents
from padkit_sim.wires.umockdev import Caller, Node, Said

TIOCMGET, TIOCMBIS, TIOCMBIC, TIOCMSET = range(0x5415, 0x5419)
DTR, RTS, CTS, DSR = 0x002, 0x004, 0x020, 0x100
OURS = DTR | RTS  # lines that the host drives; the others are the device's
WORD = struct.Struct("=i")


class ModemNodes:
    """The ioctl sockets of all serial adapters below `root`. A device that is plugged in holds CTS and DSR."""

    def __init__(self, root: Path, events: Uevents) -> None:
        self._root = root
        self._events = events
        self._open: dict[str, Node] = {}
        self._all: list[Node] = []

    def plugged(self, name: str, devpath: str) -> None:
        """The adapter `name` is there, at `devpath` below /sys."""
        node = self._open[name] = Node(self._root / "ioctl" / "dev" / name, partial(_serve, {"lines": CTS | DSR}))
        self._all.append(node)
        self._events.send("add", devpath, "tty", DEVNAME=f"/dev/{name}")

    def pulled(self, name: str, devpath: str) -> None:
        """It is gone; programs that have it open learn so from the pty."""
        self._open.pop(name).close()
        self._events.send("remove", devpath, "tty", DEVNAME=f"/dev/{name}")

    async def end(self) -> None:
        """Leave the programs that still have one open."""
        for node in self._all:
            await node.end()


async def _serve(modem: dict[str, int], caller: Caller) -> None:
    while True:
        command, request, address = await caller.next()
        if command != Said.IOCTL or request not in (TIOCMGET, TIOCMBIS, TIOCMBIC, TIOCMSET):
            await caller.run_original()
            continue
        lines = modem["lines"]
        if request == TIOCMGET:
            caller.poke(address, WORD.pack(lines))
        else:
            (asked,) = WORD.unpack(await caller.peek(address, WORD.size))
            held = {TIOCMBIS: lines | asked, TIOCMBIC: lines & ~asked, TIOCMSET: asked}[request]
            modem["lines"] = (lines & ~OURS) | (held & OURS)
        caller.answer(0)
