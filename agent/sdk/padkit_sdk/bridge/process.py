"""The process of one vendor's library as its worker sees it: a line out, a line in, and an end that nothing can put off."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress

CHILD = "padkit_sdk.bridge.child"
LAST_WORDS_S = 0.2  # what it said before it ended has come by then
END_S = 1.0


class LibraryProcess:
    """One process and its process group; the group ends with it. Whatever of it holds on to our line is let go of.

    What leaves the group (setsid) lives on, without a line to us.
    """

    def __init__(self, child: Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._child = child
        self._reader = reader
        self._writer = writer
        self._ended = asyncio.ensure_future(child.wait())
        self._ended.add_done_callback(self._kill)

    @classmethod
    async def start(cls, words: tuple[str, ...], *, limit: int) -> LibraryProcess:
        """Start ``bridge.child`` with `words`; lines are at most `limit` bytes. Raises `OSError`."""
        ours, theirs = socket.socketpair()
        with theirs:
            reader, writer = await asyncio.open_connection(sock=ours, limit=limit)
            try:
                child = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-I", "-m", CHILD, *words),
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=DEVNULL,
                    process_group=0,
                )
            except BaseException:
                writer.transport.abort()
                raise
        return cls(child, reader, writer)

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def has_ended(self) -> bool:
        return self._ended.done()

    async def ask(self, line: bytes) -> bytes:
        """Send a line; the whole line that comes back, empty when the process ended without one.

        Raises `ValueError` for a line over the limit. Ends by itself only with an answer or the process: give it a time.
        """
        self._writer.write(line)
        reading = asyncio.ensure_future(self._reader.readline())
        try:
            await asyncio.wait((reading, self._ended), return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                await asyncio.wait((reading,), timeout=LAST_WORDS_S)
            answer = reading.result() if reading.done() else b""
        except ConnectionError:
            return b""
        finally:
            reading.cancel()
        return answer if answer.endswith(b"\n") else b""

    async def end(self, *, patience_s: float = 0.0) -> str:
        """Kill it, after `patience_s` in which a crash is told by its own signal. Returns how it ended."""
        try:
            if patience_s:
                await asyncio.wait((self._ended,), timeout=patience_s)
        finally:
            self._writer.transport.abort()
            self._kill()
        await asyncio.wait((self._ended,), timeout=END_S)
        code = self._child.returncode
        if code is None:
            return "killed, and not gone yet"
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def _kill(self, ended: asyncio.Future[int] | None = None) -> None:
        """End the group while its number is still its own: at once when the process ends, or before it did."""
        if ended is not None or not self._ended.done():
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
