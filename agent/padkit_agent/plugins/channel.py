"""One end of the socket between core and worker: whole messages in and out of an asyncio stream."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from typing import Generic, TypeVar

from padkit_agent.plugins.frames import FrameDecoder, encode
from padkit_agent.plugins.messages import FromWorker, ToWorker

CHUNK = 65_536

MessageT = TypeVar("MessageT")


class Channel(Generic[MessageT]):
    """Sends and receives messages over one stream socket. One reader at a time."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, decoder: FrameDecoder[MessageT]
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._decoder = decoder

    def send(self, message: ToWorker | FromWorker) -> None:
        """Queue `message`. Raises `BadFrame` when it is too long; a broken socket is told by `receive`."""
        self._writer.write(encode(message))

    async def receive(self, on_bytes: Callable[[int], None] | None = None) -> AsyncIterator[MessageT]:
        """Yield messages until the other end closes or dies. Raises `BadFrame`.

        `on_bytes` is told the size of each portion before it is decoded; what it raises ends the stream.
        """
        while data := await self._portion():
            if on_bytes is not None:
                on_bytes(len(data))
            for message in self._decoder.feed(data):
                yield message

    async def close(self) -> None:
        """Send what is queued, as far as the other end takes it, and close. Closing twice is allowed."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            return

    async def _portion(self) -> bytes:
        try:
            return await self._reader.read(CHUNK)
        except OSError:
            return b""


async def open_channel(sock: socket.socket, decoder: FrameDecoder[MessageT]) -> Channel[MessageT]:
    """Take over a connected stream socket."""
    reader, writer = await asyncio.open_connection(sock=sock)
    return Channel(reader, writer, decoder)
