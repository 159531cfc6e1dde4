"""The camera's HTTP address, on loopback: stills and streams as network cameras give them, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

from padkit_sim.camera.camera import Camera, Shot
from padkit_sim.camera.empty import PNG
from padkit_sim.camera.faults import VIEWS
from padkit_sim.errors import SimRefused

LOOPBACK = "127.0.0.1"
GOODBYE_S = 0.5
BOUNDARY = "padkit-frame"
DOCUMENT_S = 0.2  # between two pictures of the document
OVERSIZE = 4 * 1024 * 1024
TEXT = b"the camera is warming up\n"


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes out of a picture; `cut`: the connection ends after so many bytes."""

    data: bytes
    cut: int | None = None


class CameraDoor:
    """Serves `camera` from `open` to `close`: ``/document.jpg``, ``/face.jpg``, ``/document.mjpeg``, ``/face.mjpeg``."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._runner: web.AppRunner | None = None

    async def open(self) -> str:
        """Listen on a free port; the address."""
        application = web.Application()
        for view in VIEWS:
            application.router.add_get(f"/{view}.jpg", self._still)
            application.router.add_get(f"/{view}.mjpeg", self._stream)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=GOODBYE_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, 0).start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def close(self) -> None:
        """End every stream and stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _still(self, request: web.Request) -> web.StreamResponse:
        view = _view(request)
        try:
            shot = await self._camera.seen(view)
        except SimRefused as exc:
            return web.Response(status=503, text=f"{exc}\n")
        sent = self._sent(view, shot)
        if sent.cut is None:
            return web.Response(body=sent.data, content_type=_type(shot), headers=_stamp(shot))
        answer = web.StreamResponse(
            headers={"Content-Type": _type(shot), "Content-Length": str(len(sent.data)), **_stamp(shot)}
        )
        await answer.prepare(request)
        await answer.write(sent.data[: sent.cut])
        _hang_up(request)
        return answer

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        view = _view(request)
        answer = web.StreamResponse(headers={"Content-Type": f"multipart/x-mixed-replace; boundary={BOUNDARY}"})
        answer.enable_chunked_encoding()
        await answer.prepare(request)
        try:
            while True:
                shot = await self._camera.seen(view)
                sent = self._sent(view, shot)
                await answer.write(_part(sent, shot))
                if sent.cut is not None:
                    _hang_up(request)
                    return answer
                if view != "face":
                    await asyncio.sleep(DOCUMENT_S)
        except (ConnectionError, SimRefused):  # the reader went away, or the picture's file did
            return answer

    def _sent(self, view: str, shot: Shot) -> Sent:
        """What becomes of a picture on its way out."""
        dial, picture = self._camera.dial, shot.data
        if dial.strike("camera.dropped", view=view):
            return Sent(picture, cut=len(picture) // 2)
        if dial.strike("camera.truncated", view=view):
            return Sent(picture[: len(picture) // 2])
        if dial.strike("camera.oversize", view=view):
            return Sent(picture + bytes(OVERSIZE))
        if dial.strike("camera.text", view=view):
            return Sent(TEXT)
        return Sent(picture)


def _part(sent: Sent, shot: Shot) -> bytes:
    lines = {"Content-Type": _type(shot), "Content-Length": str(len(sent.data)), **_stamp(shot)}
    head = f"--{BOUNDARY}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
    return head.encode("ascii") + (sent.data + b"\r\n" if sent.cut is None else sent.data[: sent.cut])


def _type(shot: Shot) -> str:
    return "image/png" if shot.data.startswith(PNG) else "image/jpeg"


def _stamp(shot: Shot) -> dict[str, str]:
    """When the picture was taken, in seconds of the camera's own clock."""
    return {"X-Timestamp": f"{shot.at_s:.4f}", "Cache-Control": "no-store"}


def _view(request: web.Request) -> str:
    return request.path.lstrip("/").partition(".")[0]


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
