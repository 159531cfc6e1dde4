"""The other end of the unix socket, for the command line and the tests."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

TIMEOUT_S = 60.0


class ApiError(Exception):
    """The agent refused, or is not there; `code` is the refusal's stable name."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


async def call(socket: Path, method: str, route: str, body: object = None) -> dict[str, Any]:
    """Call one route and return its JSON. Raises `ApiError`."""
    try:
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as session,
            session.request(
                method, f"http://agent{route}", json=body, timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)
            ) as response,
        ):
            answer: dict[str, Any] = json.loads(await response.read())
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as exc:
        raise ApiError("agent.away", f"no agent answers at {socket} ({exc}); is it running?") from exc
    if "error" in answer:
        raise ApiError(answer["error"]["code"], f"{answer['error']['message']} [{answer['error']['code']}]")
    return answer


async def events(socket: Path) -> AsyncIterator[dict[str, Any]]:
    """Yield progress lines until the agent stops. Raises `ApiError`."""
    try:
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as session,
            session.get("http://agent/v1/events", timeout=aiohttp.ClientTimeout(total=None)) as response,
        ):
            async for line in response.content:
                yield json.loads(line)
    except (aiohttp.ClientError, OSError) as exc:
        raise ApiError("agent.away", f"no agent answers at {socket} ({exc}); is it running?") from exc
