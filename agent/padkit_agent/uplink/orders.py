"""Central's orders on their way to the kit: a WebSocket that central pushes into, polling where that is blocked.

Frames go to whoever takes them, unread. The connection is only a hint: what was missed comes again with the next one.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from padkit_agent.core.clock import Clock
from padkit_agent.observe import Log
from padkit_agent.uplink.wire import session_of, whole
from padkit_contract.envelope import MAX_ENVELOPE

if TYPE_CHECKING:
    import aiohttp

    from padkit_contract.party import TlsFiles

HEARTBEAT_S = 20.0  # a connection whose other end is gone is found within this and half of it again
CONNECT_S = 10.0
AGAIN_S = (0.2, 15.0)
POLL_S = (3.0, 10.0)
WEBSOCKET_AGAIN_S = 300.0  # how long it polls before it tries the WebSocket again
Take = Callable[[bytes], Awaitable[None]]


class Orders:
    """Listens to one central. `run` is awaited by the app; `mode` is ``push``, ``poll`` or ``away``."""

    def __init__(self, url: str, tls: TlsFiles, *, clock: Clock, chance: random.Random, log: Log) -> None:
        self._url = url.rstrip("/") + "/v1/commands"
        self._tls = tls
        self._clock = clock
        self._chance = chance
        self._log = log
        self._failures = 0
        self.mode = "away"

    async def run(self, take: Take) -> None:
        """Hand every frame to `take`, until cancelled. Whatever happens to the connection, it is made again."""
        while True:
            async with session_of(self._tls) as session:  # the certificate may be another one by now
                await self._once(session, take)
            self.mode = "away"
            await self._clock.sleep(self._pause_s())

    async def _once(self, session: aiohttp.ClientSession, take: Take) -> None:
        """One connection from its beginning to its end, or a time of polling when there can be none."""
        import aiohttp

        try:
            await self._push(session, take)
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            self._failures += 1
            self._log.info("orders.no_push", failures=self._failures, why=f"{type(exc).__name__}: {exc}")
            await self._poll(session, take)

    async def _push(self, session: aiohttp.ClientSession, take: Take) -> None:
        import aiohttp

        async with asyncio.timeout(CONNECT_S):
            socket = await session.ws_connect(self._url, heartbeat=HEARTBEAT_S, max_msg_size=MAX_ENVELOPE)
        try:
            self._failures, self.mode = 0, "push"
            self._log.info("orders.push")
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    await take(message.data)
        finally:
            await socket.close()

    async def _poll(self, session: aiohttp.ClientSession, take: Take) -> None:
        """Ask again and again until it is time for the WebSocket; give up at the first question that is not answered."""
        import aiohttp

        until_mono_s = self._clock.mono_s() + WEBSOCKET_AGAIN_S
        while self._clock.mono_s() < until_mono_s:
            try:
                frame = await self._next(session)
            except (aiohttp.ClientError, TimeoutError, OSError):
                return
            if self.mode != "poll":
                self._failures, self.mode = 0, "poll"
                self._log.info("orders.poll")
            if frame is None:
                await self._clock.sleep(self._chance.uniform(*POLL_S))
            else:
                await take(frame)

    async def _next(self, session: aiohttp.ClientSession) -> bytes | None:
        """Return the next order, None when there is none. Raises `ClientError` for any other answer."""
        import aiohttp

        timeout = aiohttp.ClientTimeout(total=CONNECT_S)
        async with session.get(self._url + "/next", timeout=timeout) as response:
            if response.status == 204:
                return None
            body = await whole(response)
            if response.status != 200 or body is None:
                raise aiohttp.ClientError(f"central answered {response.status}")
            return body

    def _pause_s(self) -> float:
        low, high = AGAIN_S
        return self._chance.uniform(low, max(low, min(high, low * 2 ** min(self._failures, 10))))
