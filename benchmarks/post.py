"""The kits' side in a process of its own: ``python -m benchmarks.post URL KIT-FOLDER BODIES CONNECTIONS SECONDS``.

Posts each body once over mutual TLS, a connection the next when its last is answered, until the bodies or the seconds are
used up. Prints a ready line when it begins, and at the end one JSON line: seconds taken, status of each body (0: never
answered), milliseconds of each answer.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import uvloop

from benchmarks.envelope_stock import load

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
PATIENCE_S = 30.0


class Load:
    """What is to be posted, and what came of it."""

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self.bodies = bodies
        self.status = [0] * len(bodies)
        self.taken_ms: list[float] = []
        self.begun_s = self.ended_s = self._until_s = 0.0
        self._next = 0

    def begin(self, seconds: float) -> None:
        """The time runs from now."""
        self.begun_s = self.ended_s = time.perf_counter()
        self._until_s = self.begun_s + seconds

    def take(self) -> int | None:
        """Return the number of the next body, None when it is enough."""
        if self._next >= len(self.bodies) or time.perf_counter() > self._until_s:
            return None
        self._next += 1
        return self._next - 1

    def answered(self, number: int, status: int, begun_s: float) -> None:
        """Note an answer."""
        self.ended_s = time.perf_counter()
        self.status[number] = status
        self.taken_ms.append((self.ended_s - begun_s) * 1000)


class Connection(asyncio.Protocol):
    """One kept-alive connection; `done` when there is nothing more to post, or the other end is gone."""

    def __init__(self, load: Load, host: str) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._load = load
        self._head = f"POST /v1/envelopes HTTP/1.1\r\nHost: {host}\r\nContent-Length: ".encode()
        self._buffer = b""
        self._number = 0
        self._begun_s = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's does not say that it is one

    def post(self) -> None:
        """Post the next body."""
        assert self._transport is not None
        number = self._load.take()
        if number is None:
            self._transport.close()
            self._finish()
            return
        self._number, self._begun_s = number, time.perf_counter()
        body = self._load.bodies[number]
        self._transport.write(self._head + str(len(body)).encode() + HEAD_END + body)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(HEAD_END)
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.find(LENGTH)
        size = int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + len(HEAD_END) + size:
            return
        self._buffer = self._buffer[end + len(HEAD_END) + size :]
        self._load.answered(self._number, int(head[9:12]), self._begun_s)
        self.post()

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish()

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def run(url: str, kit: Path, bodies: Sequence[bytes], connections: int, seconds: float) -> Load:
    """Connect all, then post."""
    context = ssl.create_default_context(cafile=str(kit / "tls-trust.pem"))
    context.load_cert_chain(kit / "tls.crt.pem", kit / "tls.key.pem")
    place = urlsplit(url)
    assert place.hostname is not None and place.port is not None
    loop = asyncio.get_running_loop()
    load = Load(bodies)
    lines = []
    for _ in range(connections):
        _, line = await loop.create_connection(
            lambda: Connection(load, place.netloc), place.hostname, place.port, ssl=context
        )
        lines.append(line)
    print('{"event":"ready"}', flush=True)
    load.begin(seconds)
    for line in lines:
        line.post()
    await asyncio.wait([line.done for line in lines], timeout=seconds + PATIENCE_S)
    return load


if __name__ == "__main__":
    url, kit, file, connections, seconds = sys.argv[1:]
    outcome = uvloop.run(run(url, Path(kit), load(Path(file)), int(connections), float(seconds)))
    report = {
        "seconds": outcome.ended_s - outcome.begun_s,
        "status": outcome.status,
        "taken_ms": [round(each, 3) for each in outcome.taken_ms],
    }
    print(json.dumps(report))
