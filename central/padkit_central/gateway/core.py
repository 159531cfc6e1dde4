"""The core's HTTP door: one call, one answer, no retry. Whether anything was written decides what a failure means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
import msgspec

MAX_ANSWER = 1 << 20
MAX_AUDIT = 64 << 20
CONNECT_S = 5.0


class CoreSilent(Exception):
    """No believable answer. `written` is False when the connection never stood: then nothing can have happened."""

    def __init__(self, message: str, *, written: bool) -> None:
        super().__init__(message)
        self.written = written


class CoreAccount(msgspec.Struct, frozen=True):
    """One line of the core's account list."""

    entity: str
    card_no: str
    state: str
    serial: str = ""

    def __repr__(self) -> str:
        return f"CoreAccount({self.entity}, card ending {self.card_no[-4:]}, {self.state})"


class _Blocked(msgspec.Struct, frozen=True):
    card_no: str


class CheckFinding(msgspec.Struct, frozen=True):
    """What a check found, in the bank's words, the system's own serial, and fields of the request that the bank tells with it."""

    finding: str
    system_serial: str
    fields: dict[str, str] = {}


class AuditList(msgspec.Struct, frozen=True):
    """The core's books as the compare reads them."""

    accounts: tuple[CoreAccount, ...]
    blocked: tuple[_Blocked, ...]


class CoreClient:
    """Talks to one core. Connections are not reused: one that died between calls would make a clear failure unknown."""

    def __init__(self, url: str, timeout_s: float) -> None:
        self._url = url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=min(CONNECT_S, timeout_s))
        self._session: aiohttp.ClientSession | None = None

    async def call(self, service: str, entity: str, serial: str, attempt: int, fields: Mapping[str, Any]) -> bytes:
        """Send one request; return the answer's bytes. Raises `CoreSilent`."""
        body = {"service": service, "entity": entity, "serial": serial, "attempt": attempt, "fields": fields}
        return await self._ask("POST", "/txn", msgspec.json.encode(body), MAX_ANSWER)

    async def check(self, name: str, entity: str, serial: str, fields: Mapping[str, Any]) -> CheckFinding:
        """Have a customer looked up; nothing is booked by it. Raises `CoreSilent`."""
        body = msgspec.json.encode({"check": name, "entity": entity, "serial": serial, "fields": fields})
        raw = await self._ask("POST", "/check", body, MAX_ANSWER)
        try:
            return msgspec.json.decode(raw, type=CheckFinding)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
            raise CoreSilent(f"core {self._url}/check: not a finding: {exc}", written=True) from exc

    async def sms(self, entity: str, number: str, text: str) -> None:
        """Have a short message sent. Raises `CoreSilent`."""
        await self._ask(
            "POST", "/sms", msgspec.json.encode({"entity": entity, "number": number, "text": text}), MAX_ANSWER
        )

    async def audit(self) -> AuditList:
        """Return the core's account list. Raises `CoreSilent`."""
        raw = await self._ask("GET", "/audit", None, MAX_AUDIT)
        try:
            return msgspec.json.decode(raw, type=AuditList)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
            raise CoreSilent(f"core {self._url}/audit: not an account list: {exc}", written=True) from exc

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()

    async def _ask(self, method: str, path: str, body: bytes | None, most: int) -> bytes:
        url = self._url + path
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True), timeout=self._timeout
            )
        headers = {"Content-Type": "application/json"}
        try:
            async with self._session.request(method, url, data=body, headers=headers) as response:
                raw = await _read(response, most)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as exc:
            raise CoreSilent(f"core {url}: no connection: {exc}", written=False) from exc
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            raise CoreSilent(f"core {url}: no answer: {exc or type(exc).__name__}", written=True) from exc
        if response.status != 200 or len(raw) > most:
            raise CoreSilent(f"core {url}: status {response.status}, {len(raw)} bytes", written=True)
        return raw


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > most:
            break
    return b"".join(parts)
