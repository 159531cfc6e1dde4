"""The unix socket in front of the desk. Lines in, lines out; a client that sends no newline for too long is sent away."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from padkit_sim.control.desk import Desk
from padkit_sim.control.words import Refusal

MAX_LINE = 65_536


class ControlDoor:
    """Listens from `open` to `close`; the socket can be used by its owner only."""

    def __init__(self, desk: Desk, path: Path) -> None:
        self._desk = desk
        self._path = path
        self._server: asyncio.Server | None = None
        self._visitors: set[asyncio.WriteTransport] = set()

    async def open(self) -> None:
        """Raises `OSError` when the path cannot be bound."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(lambda: _Visitor(self), str(self._path))
        self._path.chmod(0o600)

    def close(self) -> None:
        """Stop listening and end every conversation."""
        if self._server:
            self._server.close()
        for transport in self._visitors:
            transport.close()
        self._path.unlink(missing_ok=True)

    def enter(self, visitor: asyncio.WriteTransport) -> None:
        """Somebody has connected."""
        self._visitors.add(visitor)

    def leave(self, visitor: asyncio.WriteTransport) -> None:
        """Somebody has gone."""
        self._visitors.discard(visitor)

    def answer(self, line: bytes) -> bytes:
        """The desk's reply, as a line."""
        return self._desk.answer(line) + b"\n"


class _Visitor(asyncio.Protocol):
    def __init__(self, door: ControlDoor) -> None:
        self._door = door
        self._said = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._door.enter(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._door.leave(self._transport)

    def data_received(self, data: bytes) -> None:
        self._said += data
        *lines, rest = self._said.split(b"\n")
        self._said = bytearray(rest)
        for line in lines:
            self._transport.write(self._door.answer(bytes(line)))
        if len(self._said) > MAX_LINE:
            refusal = Refusal(f"control: a line of more than {MAX_LINE} bytes; send one request per line")
            self._transport.write(msgspec.json.encode(refusal) + b"\n")
            self._transport.close()
