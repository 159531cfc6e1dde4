"""A USB serial adapter played by a pty: bytes and baud are real, the identity comes from the tree."""

from __future__ import annotations

import asyncio
import contextlib
import os
import termios
import tty
from collections.abc import Callable
from dataclasses import replace

from padkit_sim.wires.modem import ModemNodes
from padkit_sim.wires.tree import UsbIdentity, UsbTree

READ_BYTES = 4096
MAX_WAITING = 65_536  # what a client leaves unread beyond this is lost, as in an adapter's own buffer
BAUDS = {
    termios.B9600: 9600,
    termios.B19200: 19200,
    termios.B38400: 38400,
    termios.B57600: 57600,
    termios.B115200: 115200,
}
OSPEED = 5  # index in what tcgetattr gives


class PtyWire:
    """See `Wire`. Needs a running loop from `plug` to `unplug`; keeps one end of the pty open for itself in between.

    `modems` gives it modem lines and events, for programs under umockdev's preload library.
    """

    def __init__(self, tree: UsbTree, identity: UsbIdentity, modems: ModemNodes | None = None) -> None:
        self._tree = tree
        self._identity = identity
        self._modems = modems
        self._waiting = bytearray()
        self._ends: tuple[int, int] | None = None  # ours, and the client's
        self._on_bytes: Callable[[bytes], None] | None = None

    @property
    def plugged(self) -> bool:
        return self._ends is not None

    @property
    def serial(self) -> str:
        return self._identity.serial

    def plug(self, on_bytes: Callable[[bytes], None], *, serial: str = "", name: str = "") -> None:
        assert self._ends is None, "unplug first"
        self._identity = replace(self._identity, serial=serial or self.serial, name=name or self._identity.name)
        ours, theirs = os.openpty()
        tty.setraw(theirs)
        os.set_blocking(ours, False)
        self._ends, self._on_bytes = (ours, theirs), on_bytes
        asyncio.get_running_loop().add_reader(ours, self._read)
        self._tree.add(self._identity, os.ttyname(theirs))
        if self._modems is not None:
            self._modems.plugged(self._identity.name, self._tree.devpath(self._identity))

    def unplug(self) -> None:
        if self._ends is None:
            return
        self._tree.remove(self._identity)
        if self._modems is not None:
            self._modems.pulled(self._identity.name, self._tree.devpath(self._identity))
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._ends[0])
        loop.remove_writer(self._ends[0])
        for end in self._ends:
            os.close(end)
        self._ends = None
        self._waiting.clear()

    def write(self, data: bytes) -> None:
        if self._ends is None:
            return
        self._waiting += data[: MAX_WAITING - len(self._waiting)]
        self._flush()

    def baud(self) -> int | None:
        return BAUDS.get(termios.tcgetattr(self._ends[1])[OSPEED]) if self._ends else None

    def _read(self) -> None:
        assert self._ends and self._on_bytes
        with contextlib.suppress(BlockingIOError):
            self._on_bytes(os.read(self._ends[0], READ_BYTES))

    def _flush(self) -> None:
        if self._ends is None:
            return
        loop, ours = asyncio.get_running_loop(), self._ends[0]
        with contextlib.suppress(BlockingIOError):
            del self._waiting[: os.write(ours, self._waiting)]
        if self._waiting:
            loop.add_writer(ours, self._flush)
        else:
            loop.remove_writer(ours)
