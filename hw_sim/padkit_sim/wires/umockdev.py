"""What the preload library of umockdev says of a device node: ioctl, read and write, over a unix socket. No device in here.

Three native 64-bit words a message, (command, first, second). The client's process waits until its call is answered, so an
answer must never wait for anything but the client's own memory. The library aborts its process when the socket ends while the
node is open: what is gone answers ENODEV for as long as it is asked.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import socket
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path

MESSAGE = struct.Struct("=3Q")
BACKLOG = 16
WORD = 0xFFFFFFFFFFFFFFFF
MAX_MEMORY = 16 * 1024 * 1024  # of one look into a client: far above the biggest transfer


class Said(enum.IntEnum):
    """Commands, from the client and to it."""

    IOCTL = 1
    RESULT = 2
    DONE = 3
    RUN = 4
    READ_MEMORY = 5
    WRITE_MEMORY = 6
    READ = 7
    WRITE = 8


class Caller:
    """One process that has the node open, while it waits for an answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def next(self) -> tuple[int, int, int]:
        """Its next call: command and two words."""
        command, first, second = MESSAGE.unpack(await self._reader.readexactly(MESSAGE.size))
        return command, first, second

    async def peek(self, address: int, size: int) -> bytes:
        """What it has in memory."""
        if not 0 < size <= MAX_MEMORY:
            return b""
        self._writer.write(MESSAGE.pack(Said.READ_MEMORY, address, size))
        return await self._reader.readexactly(size)

    def poke(self, address: int, data: bytes) -> None:
        """Change what it has in memory."""
        if data:
            self._writer.write(MESSAGE.pack(Said.WRITE_MEMORY, address, len(data)) + data)

    def answer(self, result: int, errno: int = 0) -> None:
        """End its call."""
        self._writer.write(MESSAGE.pack(Said.DONE, result & WORD, errno))

    async def run_original(self) -> None:
        """Let the call happen on the client's side, as without us."""
        self._writer.write(MESSAGE.pack(Said.RUN, 0, 0))
        _, result, errno = await self.next()
        self._writer.write(MESSAGE.pack(Said.DONE, result, errno))

    def close(self) -> None:
        """Let go of a client that has closed the node."""
        self._writer.close()


class Node:
    """The socket behind one device node; `serve` answers a caller until it leaves."""

    def __init__(self, path: Path, serve: Callable[[Caller], Awaitable[None]]) -> None:
        self._path = path
        self._serve = serve
        self._tasks: set[asyncio.Task[None]] = set()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._sock = socket.socket(socket.AF_UNIX)
        self._sock.setblocking(False)  # noqa: FBT003 - as the standard library has it
        self._sock.bind(str(path))
        self._sock.listen(BACKLOG)
        asyncio.get_running_loop().add_reader(self._sock, self._accept)

    def close(self) -> None:
        """Take no further callers; those that are there are served on."""
        asyncio.get_running_loop().remove_reader(self._sock)
        self._sock.close()
        self._path.unlink(missing_ok=True)

    async def end(self) -> None:
        """Leave those who are still there; the library aborts them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            sock, _ = self._sock.accept()
            task = asyncio.get_running_loop().create_task(self._talk(sock))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _talk(self, sock: socket.socket) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=sock)
        caller = Caller(reader, writer)
        try:
            await self._serve(caller)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            caller.close()
