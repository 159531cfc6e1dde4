"""A browser as far as the page's listener can tell; and a plain socket, for what no browser sends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any

import aiohttp
from msgspec.structs import replace

from padkit_contract.passcode import make_holder

from .conftest import Served

PASSCODE = "correct horse"
HOLDER = make_holder("Li", PASSCODE, b"0123456789abcdef", 10)
PROOF = {"by": "Li", "passcode": PASSCODE}
LONG_S = 20.0


class Browser:
    """One browser with the page open."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.origin = f"http://{served.page.address}"
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.session.close()

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        """GET as a script of the page does."""
        async with self.session.get(self.origin + path, headers=headers) as response:
            return response.status, json.loads(await response.read())

    async def post(self, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """POST as a script of the page does."""
        told = {"Origin": self.origin, **headers}
        async with self.session.post(self.origin + path, json=body, headers=told) as response:
            return response.status, json.loads(await response.read())

    async def launch(self) -> Browser:
        """Open the page with a new launch address."""
        code = self.served.page.launch().url.partition("#launch=")[2]
        assert (await self.post("/v1/session", {"launch": code}))[0] == 200
        return self

    async def sign_in(self) -> Browser:
        """Open the page and sign the holder in."""
        packs = self.served.kit.packs
        packs._current = replace(packs.current, holder=HOLDER)
        await self.launch()
        assert (await self.post("/v1/session/sign-in", PROOF))[0] == 200
        return self

    @asynccontextmanager
    async def events(self, query: str = "") -> AsyncIterator[Line]:
        """Follow the events."""
        async with self.session.ws_connect(f"{self.origin}/v1/events{query}", origin=self.origin) as socket:
            yield Line(socket)


class Line:
    """A WebSocket as the page reads it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def next(self) -> dict[str, Any]:
        """Return the next message."""
        async with asyncio.timeout(LONG_S):
            told: dict[str, Any] = await self.socket.receive_json()
        return told

    async def end(self) -> int | None:
        """Read to the end and return the close code."""
        async with asyncio.timeout(LONG_S):
            async for _ in self.socket:
                pass
        return self.socket.close_code


async def plain(served: Served, *parts: str) -> bytes:
    """Send this over a plain socket and return everything until the listener hangs up."""
    host, _, port = served.page.address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write("".join(parts).encode("latin-1"))
        async with asyncio.timeout(LONG_S):
            return await reader.read()
    finally:
        writer.close()


def answer_of(raw: bytes) -> tuple[int, Any]:
    """Return the status and the JSON of one whole answer."""
    head, _, body = raw.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), json.loads(body)
