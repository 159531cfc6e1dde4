"""Central's orders over a WebSocket, by polling where that is blocked, and again when central comes back."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import structlog
from aiohttp import web

from padkit_agent.core.clock import Clock
from padkit_agent.uplink.orders import WEBSOCKET_AGAIN_S, Orders
from padkit_contract.party import Party

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """Central's two routes for orders, played by the test."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []  # pushed at the next connection
        self.polled: list[bytes] = []
        self.blocked = False
        self.away = False
        self.connections = 0
        self.hang_up = asyncio.Event()

    async def stream(self, request: web.Request) -> web.StreamResponse:
        if self.blocked or self.away:
            return web.Response(status=403 if self.blocked else 503)
        self.connections += 1
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str("no binary frame")
        for frame in self.frames:
            await socket.send_bytes(frame)
        self.frames = []
        closing = asyncio.ensure_future(self.hang_up.wait())
        reading = asyncio.ensure_future(socket.receive())
        await asyncio.wait((closing, reading), return_when=asyncio.FIRST_COMPLETED)
        for task in (closing, reading):
            task.cancel()
        self.hang_up.clear()
        await socket.close()
        return socket

    async def next(self, _: web.Request) -> web.StreamResponse:
        if self.away:
            return web.Response(status=503)
        return web.Response(body=self.polled.pop(0)) if self.polled else web.Response(status=204)


class Ear:
    """The kit's side: what came, and a clock whose sleepers pass time at once."""

    def __init__(self, url: str, party: Party) -> None:
        self.now_s = 0.0
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()
        log: Any = structlog.get_logger()
        clock = Clock(lambda: self.now_s, lambda: self.now_s, self._sleep)
        self.orders = Orders(url, party.tls, clock=clock, chance=random.Random(1), log=log)

    async def _sleep(self, seconds: float) -> None:
        self.now_s += seconds
        await asyncio.sleep(0.001)

    async def take(self, frame: bytes) -> None:
        self.heard.put_nowait(frame)


@pytest.fixture
async def door(parties: tuple[Party, Party]) -> AsyncIterator[tuple[Door, str]]:
    import ssl

    made = Door()
    app = web.Application()
    app.router.add_get("/v1/commands", made.stream)
    app.router.add_get("/v1/commands/next", made.next)
    tls = parties[1].tls
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(tls.trust))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(str(tls.cert), str(tls.key))
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield made, f"https://{host}:{port}"
    await runner.cleanup()


@pytest.fixture
async def ear(door: tuple[Door, str], parties: tuple[Party, Party]) -> AsyncIterator[Ear]:
    made = Ear(door[1], parties[0])
    running = asyncio.ensure_future(made.orders.run(made.take))
    yield made
    running.cancel()
    await asyncio.wait([running])


async def test_a_pushed_frame_is_handed_on_unread(door: tuple[Door, str], parties: tuple[Party, Party]) -> None:
    door[0].frames = [b"one", b"two"]
    made = Ear(door[1], parties[0])
    running = asyncio.ensure_future(made.orders.run(made.take))
    assert [await made.heard.get(), await made.heard.get()] == [b"one", b"two"]
    assert made.orders.mode == "push"
    running.cancel()
    await asyncio.wait([running])


async def test_a_connection_that_ended_is_made_again(door: tuple[Door, str], ear: Ear) -> None:
    while door[0].connections < 1:  # noqa: ASYNC110 - another end of a socket
        await asyncio.sleep(0.001)
    door[0].frames = [b"later"]
    door[0].hang_up.set()
    assert await ear.heard.get() == b"later"
    assert door[0].connections == 2


async def test_where_the_websocket_is_blocked_it_polls_and_tries_again_later(
    door: tuple[Door, str], parties: tuple[Party, Party]
) -> None:
    door[0].blocked, door[0].polled = True, [b"polled", b"at once"]
    made = Ear(door[1], parties[0])
    running = asyncio.ensure_future(made.orders.run(made.take))
    assert [await made.heard.get(), await made.heard.get()] == [b"polled", b"at once"]
    assert (made.orders.mode, made.now_s) == ("poll", 0.0)
    door[0].blocked, door[0].frames = False, [b"pushed"]
    assert await made.heard.get() == b"pushed"
    assert made.now_s >= WEBSOCKET_AGAIN_S
    running.cancel()
    await asyncio.wait([running])


async def test_a_central_that_comes_later_is_found(door: tuple[Door, str], parties: tuple[Party, Party]) -> None:
    door[0].away = True
    made = Ear(door[1], parties[0])
    running = asyncio.ensure_future(made.orders.run(made.take))
    while made.now_s < 30:  # noqa: ASYNC110 - the kit's own pauses
        await asyncio.sleep(0.001)
    assert made.orders.mode == "away"
    door[0].away, door[0].frames = False, [b"at last"]
    assert await made.heard.get() == b"at last"
    running.cancel()
    await asyncio.wait([running])
