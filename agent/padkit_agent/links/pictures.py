"""A source of pictures as a `PicturesLink`: a folder, or an HTTP address with stills and a stream. Only what the settings name.

A source has ``document.jpg``, ``face.jpg`` and, over HTTP, may have ``face.mjpeg``; the stream is preferred.
"""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from padkit_agent.links.multipart import Parts, boundary_of, too_large
from padkit_sdk.errors import BadFrame, LinkLost, Refused
from padkit_sdk.links import Pictures, PicturesLink
from padkit_sdk.ports import MAX_PICTURE_BYTES

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

NAMED = "PADKIT_CAMERAS"  # of the worker's environment: the addresses in agent.toml and of a simulated kit, one a line
CONNECT_S = 3.0
LOOK_S = 0.1  # between two looks at a source that has no new picture
STALE_S = 1.0  # a stream that nobody read for so long holds old pictures: it is opened anew
STREAMS = ("face",)
NOTHING_NOW = frozenset({204, 404, 503})
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def checked(data: bytes, where: str) -> bytes:
    """Return `data` when it begins as JPEG, PNG or WebP do. Raises `BadFrame`, which shows none of it."""
    if not data.startswith(MAGIC) and not (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        raise BadFrame(f"{where}: {len(data)} bytes that are no JPEG, PNG or WebP; look at the camera's address")
    return data


async def open_pictures(match: Pictures, path: Path) -> PicturesLink:
    """The source at ``match.location``, once it is there.

    Raises `Refused` ``camera.source`` (the settings do not name it, or it is no such address), `LinkLost` (nobody is there).
    """
    address = match.location
    if address not in os.environ.get(NAMED, "").splitlines():
        raise Refused("camera.source", f"camera {address!r}: not one that is named; add it to cameras in agent.toml")
    if address.startswith("http://"):
        return await HttpPictures.opened(address.rstrip("/"))
    if not path.is_absolute() or "://" in address:
        raise Refused("camera.source", f"camera {address!r}: neither http:// nor a folder; mend cameras in agent.toml")
    if not await asyncio.to_thread(path.is_dir):
        raise LinkLost(f"camera {path}: no such folder; make it, or mend cameras in agent.toml")
    return FolderPictures(path)


class FolderPictures(PicturesLink):
    """One file a view; it is given again when it has changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._given: dict[str, tuple[int, int]] = {}
        self._closed = False

    async def next(self, view: str, *, timeout_s: float) -> bytes | None:
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    if self._closed:
                        raise LinkLost(f"camera {self._folder}: closed; open it again")
                    if (data := await asyncio.to_thread(self._look, view)) is not None:
                        return checked(data, f"camera {self._folder}")
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            return None

    def _look(self, view: str) -> bytes | None:
        try:
            with open(self._folder / f"{view}.jpg", "rb", opener=_as_it_is) as file:
                seen = os.fstat(file.fileno())
                if not stat.S_ISREG(seen.st_mode):
                    raise BadFrame(f"camera {self._folder}: {view}.jpg is no file; look at the folder")
                if self._given.get(view) == (seen.st_ino, seen.st_mtime_ns):
                    return None
                data = file.read(MAX_PICTURE_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise LinkLost(f"camera {self._folder}: {exc.strerror}; look at the folder") from exc
        if len(data) > MAX_PICTURE_BYTES:
            raise too_large(len(data))
        self._given[view] = seen.st_ino, seen.st_mtime_ns
        return data

    async def close(self) -> None:
        self._closed = True


def _as_it_is(path: str, flags: int) -> int:
    """Wait for nobody at a pipe's other end."""
    return os.open(path, flags | os.O_NONBLOCK)


class HttpPictures(PicturesLink):
    """Stills and streams of one base address. No redirect is followed, no proxy asked."""

    def __init__(self, address: str, session: ClientSession) -> None:
        self._address = address
        self._session = session
        self._streams: dict[str, _Stream | None] = dict.fromkeys(STREAMS)

    @classmethod
    async def opened(cls, address: str) -> HttpPictures:
        """Raises `LinkLost`, `Refused` ``camera.source``."""
        import aiohttp  # late: a worker without such a camera never needs it

        try:
            url = urlsplit(address)
            host, port = url.hostname, url.port or 80
            if not host or "@" in url.netloc or url.query or url.fragment:
                raise ValueError(address)
        except ValueError as exc:
            told = f"camera {address!r}: give http://HOST:PORT without name, password or query"
            raise Refused("camera.source", told) from exc
        try:
            async with asyncio.timeout(CONNECT_S):
                _, writer = await asyncio.open_connection(host, port)
        except (OSError, TimeoutError) as exc:
            raise LinkLost(f"camera {address}: nobody answers there; see to the camera") from exc
        writer.close()
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S)
        jar = aiohttp.DummyCookieJar()  # what a camera wants us to remember is forgotten
        return cls(address, aiohttp.ClientSession(timeout=timeout, auto_decompress=False, cookie_jar=jar))

    async def next(self, view: str, *, timeout_s: float) -> bytes | None:
        import aiohttp

        if self._session.closed:
            raise LinkLost(f"camera {self._address}: closed; open it again")
        try:
            async with asyncio.timeout(timeout_s):
                while (data := await self._look(view)) is None:  # noqa: ASYNC110 - nothing tells us
                    await asyncio.sleep(LOOK_S)
            return checked(data, f"camera {self._address}")
        except aiohttp.ClientError as exc:
            await self._drop(view)
            raise LinkLost(f"camera {self._address}: {type(exc).__name__}; see to the camera") from exc
        except TimeoutError:
            return None
        except (BadFrame, Refused, LinkLost):
            await self._drop(view)
            raise

    async def _look(self, view: str) -> bytes | None:
        if view in self._streams and (stream := await self._stream(view)) is not None:
            return await stream.next()
        async with self._session.get(f"{self._address}/{view}.jpg", allow_redirects=False) as answer:
            if answer.status in NOTHING_NOW:
                return None
            return await self._still(answer)

    async def _still(self, answer: ClientResponse) -> bytes:
        self._check_status(answer)
        data = bytearray()
        async for portion in answer.content.iter_any():
            data += portion
            if len(data) > MAX_PICTURE_BYTES:
                raise too_large(len(data))
        return bytes(data)

    async def _stream(self, view: str) -> _Stream | None:
        """The open stream of `view`, a fresh one when it is stale; None when the source has none now."""
        stream = self._streams[view]
        if stream is not None and stream.fresh():
            return stream
        await self._drop(view)
        answer = await self._session.get(f"{self._address}/{view}.mjpeg", allow_redirects=False)
        try:
            if answer.status in NOTHING_NOW:
                return None
            self._check_status(answer)
            self._streams[view] = made = _Stream(answer, self._address)
        finally:
            if self._streams[view] is None:
                answer.close()
        return made

    def _check_status(self, answer: ClientResponse) -> None:
        if answer.status >= 500:
            raise LinkLost(f"camera {self._address}: status {answer.status}; see to the camera")
        if answer.status != 200:
            raise BadFrame(f"camera {self._address}: status {answer.status}, not 200; look at its address")

    async def _drop(self, view: str) -> None:
        stream = self._streams.get(view)
        if stream is not None:
            self._streams[view] = None
            stream.close()

    async def close(self) -> None:
        for view in STREAMS:
            await self._drop(view)
        await self._session.close()


class _Stream:
    """An open stream of parts; of several that came meanwhile the newest is given."""

    def __init__(self, answer: ClientResponse, address: str) -> None:
        self._answer = answer
        self._address = address
        self._parts = Parts(boundary_of(answer.headers.get("Content-Type", "")))
        self._now_s = asyncio.get_running_loop().time
        self._read_at_s = self._now_s()

    def fresh(self) -> bool:
        return self._now_s() - self._read_at_s < STALE_S and not self._answer.content.at_eof()

    async def next(self) -> bytes:
        """Wait for it. Raises `LinkLost` at the stream's end, and as `Parts.feed`."""
        while True:
            portion = await self._answer.content.readany()
            self._read_at_s = self._now_s()
            if not portion:
                raise LinkLost(f"camera {self._address}: the stream ended; it is opened anew")
            if pictures := self._parts.feed(portion):
                return pictures[-1]

    def close(self) -> None:
        self._answer.close()
