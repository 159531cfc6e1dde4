"""One POST to central over TLS with the kit's client certificate. What is inside the bytes is not its business."""

from __future__ import annotations

import io
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from padkit_agent.core.queue import Why
from padkit_agent.uplink.trouble import Stuck
from padkit_contract.messages import Posted
from padkit_sdk.errors import LinkLost

if TYPE_CHECKING:
    import aiohttp

    from padkit_contract.party import TlsFiles

MAX_REPLY = 8 << 20
AGAIN = frozenset({408, 425, 429})  # like 5xx: nothing was decided
NO_SHAPE = "http"  # the code of an answer that is not in central's shape: something on the way gave it
MAX_CERTIFICATE = 16 << 10
CONTENT_TYPE = "application/vnd.padkit.posted"
PIECE_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Central has it on disk and has not answered yet."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Central does not take it; asking again gives the same."""

    status: int
    code: str
    message: str


class Wire:
    """Posts to one central; opens its session with the first post."""

    def __init__(self, url: str, tls: TlsFiles) -> None:
        self._url = url.rstrip("/") + "/v1/envelopes"
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    async def post(self, posted: Posted, *, timeout_s: float) -> bytes | Receipt | Rejected:
        """Send and return the sealed reply, a receipt or a rejection. Raises `LinkLost` when no answer came."""
        import aiohttp  # late: a kit is ready before it speaks to central

        try:
            session = self._open()
            async with session.post(
                self._url,
                data=io.BytesIO(msgspec.msgpack.encode(posted)),  # aiohttp sends a file's content in pieces
                headers={"Content-Type": CONTENT_TYPE},
                timeout=aiohttp.ClientTimeout(total=timeout_s),
            ) as response:
                body = await whole(response)
                if body is None:
                    return Rejected(response.status, "reply.size", f"more than {MAX_REPLY} bytes")
                match response.status:
                    case 200:
                        return body
                    case 202:
                        return Receipt()
                    case status if status >= 500 or status in AGAIN:
                        raise _failed(status)
                    case status:
                        return _rejected(status, body)
        except aiohttp.ClientSSLError as exc:
            raise Stuck(Why.CERTIFICATE, "tls", f"central at {self._url}: {exc}") from exc
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            raise LinkLost(f"central at {self._url}: {exc or type(exc).__name__}") from exc

    async def stands(self, seal: str, *, timeout_s: float) -> int | Rejected:
        """Return how many bytes of the upload `seal` central has, which is a hint. Raises `LinkLost`."""
        return await self._evidence("GET", seal, timeout_s=timeout_s)

    async def piece(self, seal: str, at: int, size: int, piece: bytes, *, timeout_s: float) -> int | Rejected:
        """Send the bytes at `at` of an upload of `size`; return how many central has on disk then. Raises `LinkLost`."""
        place = {"Content-Range": f"bytes {at}-{at + len(piece) - 1}/{size}", "Content-Type": PIECE_TYPE}
        return await self._evidence("PUT", seal, timeout_s=timeout_s, data=piece, headers=place)

    async def _evidence(
        self, method: str, seal: str, *, timeout_s: float, data: bytes = b"", headers: Mapping[str, str] = {}
    ) -> int | Rejected:
        import aiohttp

        url = f"{self._url.removesuffix('envelopes')}evidence/{seal}"
        timeout = aiohttp.ClientTimeout(total=timeout_s)
        try:
            async with self._open().request(method, url, data=data, headers=headers, timeout=timeout) as response:
                body = await whole(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            raise LinkLost(f"central at {url}: {exc or type(exc).__name__}") from exc
        if response.status in (200, 409) and body is not None:  # 409: another place than this one is wanted
            try:
                return msgspec.json.decode(body, type=_Have).have
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
                raise LinkLost(f"central at {url} answered what is no place") from exc
        if response.status >= 500 or response.status in AGAIN or body is None:
            raise _failed(response.status)
        return _rejected(response.status, body)

    async def certificate(self, *, timeout_s: float) -> str:
        """Return central's newest encryption certificate (PEM); nothing is proved yet. Raises `LinkLost`."""
        import aiohttp

        url = self._url.removesuffix("envelopes") + "key"
        try:
            async with self._open().get(url, timeout=aiohttp.ClientTimeout(total=timeout_s)) as response:
                body = await whole(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            raise LinkLost(f"central at {url}: {exc or type(exc).__name__}") from exc
        if response.status != 200 or body is None or len(body) > MAX_CERTIFICATE:
            raise LinkLost(f"central at {url} answered {response.status}")
        return body.decode("ascii", "replace")

    async def close(self) -> None:
        """Close the session; the next post opens another, with the certificate that lies there then."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = session_of(self._tls)
        return self._session


def _failed(status: int) -> Stuck:
    return Stuck(Why.CENTRAL, f"http.{status}", f"central answered {status}")


def session_of(tls: TlsFiles) -> aiohttp.ClientSession:
    """Return a session that shows the kit's certificate and believes central's own CA only."""
    import aiohttp

    context = ssl.create_default_context(cafile=str(tls.trust))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(str(tls.cert), str(tls.key))
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context, limit=8))


async def whole(response: aiohttp.ClientResponse) -> bytes | None:
    """Return the whole body, None when it exceeds `MAX_REPLY`."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_REPLY:
            return None
    return bytes(body)


class _Have(msgspec.Struct):
    have: int


class _Error(msgspec.Struct):
    code: str = ""
    message: str = ""


class _ErrorBody(msgspec.Struct):
    error: _Error


def _rejected(status: int, body: bytes) -> Rejected:
    try:
        error = msgspec.json.decode(body, type=_ErrorBody).error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        error = _Error(NO_SHAPE, f"status {status}")
    return Rejected(status, error.code, error.message)
