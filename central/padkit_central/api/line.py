"""Where kits get their commands: a WebSocket that central pushes over, and a question for kits whose network blocks those."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from aiohttp import WSCloseCode, WSMessage, web

from padkit_central.api.errors import refusal
from padkit_central.api.identity import caller_of, serial_of
from padkit_central.kits import Dispatcher, Line
from padkit_central.observe import Log

HEARTBEAT_S = 20.0  # a connection that lets a ping unanswered for half of this is closed
SEND_S = 20.0  # a kit that takes nothing for this long is cut off; it comes again
MAX_MESSAGE = 1024  # kits send nothing here but pongs
ENVELOPE_TYPE = "application/vnd.padkit.envelope"


class LineDoor:
    """The two routes of commands."""

    def __init__(self, dispatcher: Dispatcher, log: Log) -> None:
        self._dispatcher = dispatcher
        self._log = log

    async def next(self, request: web.Request) -> web.Response:
        """Give the next command to a kit that asks, 204 when there is none."""
        caller = caller_of(request)
        if caller is None:
            return refusal(HTTPStatus.FORBIDDEN, "identity.none", "the client certificate names no kit")
        sealed = await self._dispatcher.next(caller.entity, caller.kit)
        if sealed is None:
            return web.Response(status=HTTPStatus.NO_CONTENT)
        return web.Response(body=sealed, content_type=ENVELOPE_TYPE)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Push commands over a WebSocket until it ends, a newer one comes, or the kit may not stay."""
        caller = caller_of(request)
        if caller is None:
            return refusal(HTTPStatus.FORBIDDEN, "identity.none", "the client certificate names no kit")
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=MAX_MESSAGE, compress=False)
        await socket.prepare(request)
        line = self._dispatcher.join(caller.entity, caller.kit, serial_of(request))
        self._log.info("line.up", entity=line.entity, kit=line.kit)
        try:
            await self._hold(line, socket)
        finally:
            self._dispatcher.leave(line)
            self._log.info("line.down", entity=line.entity, kit=line.kit, why=str(socket.close_code))
        return socket

    async def stop(self, app: web.Application) -> None:
        """Let the connections end when the service does."""
        self._dispatcher.stop()

    async def _hold(self, line: Line, socket: web.WebSocketResponse) -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._push(line, socket)), group.create_task(_close_when_told(line, socket))]
            async for message in socket:
                _ignore(message)
            for task in tasks:
                task.cancel()

    async def _push(self, line: Line, socket: web.WebSocketResponse) -> None:
        async def send(sealed: bytes) -> None:
            async with asyncio.timeout(SEND_S):
                await socket.send_bytes(sealed)

        try:
            await self._dispatcher.serve(line, send)
        except (ConnectionError, TimeoutError):
            line.close("connection.lost")


def _ignore(message: WSMessage) -> None:
    """A kit has nothing to say here; its acknowledgements are sealed messages."""


async def _close_when_told(line: Line, socket: web.WebSocketResponse) -> None:
    why = await line.closed
    await socket.close(code=WSCloseCode.GOING_AWAY, message=why.encode())
