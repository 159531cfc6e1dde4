"""A wire between kit and central that can be cut in the middle of a piece of a package.

It passes TLS and sees lengths only: what goes up without a word coming down, and is longer than any message of an opening, is a
piece.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

CHUNK = 16 << 10
LONG = 40 << 10  # no message of an opening is so long; every piece but a package's last is longer


class CuttingWire:
    """Listens for the kit: `begin` once central's address is known, `end` it."""

    def __init__(self) -> None:
        self.pieces = 0  # that began to go up
        self.is_cut = asyncio.Event()
        self._cut_at = 0
        self._far = ("", 0)
        self._near = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._near}"

    @property
    def is_open(self) -> bool:
        return self._server is not None

    async def begin(self, central_url: str) -> None:
        parts = urlsplit(central_url)
        self._far = (str(parts.hostname), int(parts.port or 0))
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        self._near = self._server.sockets[0].getsockname()[1]

    async def end(self) -> None:
        self._down()
        if self._server is not None:
            self._server.close()

    def cut_in_piece(self, number: int) -> None:
        """Be down in the middle of the `number`-th piece from now on (1: the next), until `mend`."""
        self._cut_at = self.pieces + number

    def mend(self) -> None:
        self._cut_at = 0
        self.is_cut.clear()

    def _down(self) -> None:
        for writer in tuple(self._open):
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut.is_set():
            writer.transport.abort()
            return
        with suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection(*self._far)
            ends = {writer, far_writer}
            self._open |= ends
            speech = [0]  # bytes that went up since something came down
            try:
                await asyncio.gather(
                    self._up(reader, far_writer, speech), self._from_central(far_reader, writer, speech)
                )
            finally:
                self._open -= ends
                far_writer.transport.abort()
        writer.transport.abort()

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, speech: list[int]) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(CHUNK):
                before, speech[0] = speech[0], speech[0] + len(data)
                if before < LONG <= speech[0] and self._is_last():
                    return
                writer.write(data)
                await writer.drain()
        writer.transport.abort()

    def _is_last(self) -> bool:
        self.pieces += 1
        if self.pieces != self._cut_at:
            return False
        self.is_cut.set()
        self._down()
        return True

    @staticmethod
    async def _from_central(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, speech: list[int]) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(CHUNK):
                speech[0] = 0
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
