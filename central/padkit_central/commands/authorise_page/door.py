"""The page's HTTP door: three files, what it calls things, the queue, and the acts of one authoriser, each signed here.

| Route | Answer |
|---|---|
| ``GET /words`` | names of functions, evidence, checks and fields by language, and who signs |
| ``GET /queue`` | what is open |
| ``POST /{id}/{act}`` | the request after `act`: ``view``, ``take``, ``approve``, ``return``, ``refuse`` |
| ``GET /{id}/file/{sm3}`` | a picture or document of the request that was taken; each look is an act, too |
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import click
import msgspec
from aiohttp import web

from padkit_central.commands.admin import AdminClient, AdminRefused, Operator
from padkit_central.commands.authorise_page.guard import HEADERS, Guard, Handler
from padkit_central.commands.authorise_page.words import Words
from padkit_central.kits import AuthLine, AuthorisePaper, AuthView, ShownContent

TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
SHOWN = frozenset({"image/jpeg", "image/png", "application/pdf"})
ACTS = frozenset({"view", "take", "approve", "return", "refuse"})
MAX_ASKED = 16_384
GOODBYE_S = 0.5


class Queue(msgspec.Struct, frozen=True):
    """What is open, as the service lists it."""

    authorisations: tuple[AuthLine, ...]


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What comes with an act: the digest of what was seen, and for a no the reason and the parts to be mended."""

    digest: str = ""
    reason: str = ""
    parts: tuple[str, ...] = ()


class Door:
    """Serves the page of one operator from `open` to `close`. `say` hears each link that lets a browser in."""

    def __init__(self, client: AdminClient, who: Operator, told: Words, say: Callable[[str], None]) -> None:
        self._client = client
        self._who = who
        self._words = msgspec.json.encode({**told, "who": who.identity.certificate.name, "entity": who.entity})
        self._say = say
        self._guard: Guard | None = None
        self._runner: web.AppRunner | None = None

    async def open(self, port: int) -> None:
        """Listen on loopback and say the first link. Raises OSError when the port is taken."""
        app = web.Application(middlewares=[self._checked], client_max_size=MAX_ASKED)
        app.add_routes(
            [
                web.get("/words", self._say_words),
                web.get("/queue", self._queue),
                web.get("/", self._file),
                web.get("/{name}", self._file),
                web.get("/{id}/file/{sm3}", self._look),
                web.post("/{id}/{act}", self._act),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=GOODBYE_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self._guard = Guard(self._runner.addresses[0][1], self._say)
        self._guard.next_link()

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _checked(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        assert self._guard is not None
        try:
            response = await self._guard.check(request, handler)
        except web.HTTPException as exc:
            response = web.Response(status=exc.status, text=exc.reason)
        except AdminRefused as exc:
            response = _error(409, exc.code, exc.message)
        except click.ClickException as exc:
            response = _error(503, "central.away", exc.message)
        response.headers.update(HEADERS)
        return response

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info.get("name", "index.html")
        file = next((it for it in (resources.files(__package__) / "static").iterdir() if it.name == name), None)
        if file is None:
            raise web.HTTPNotFound
        return web.Response(body=file.read_bytes(), content_type=TYPES[Path(name).suffix], charset="utf-8")

    async def _say_words(self, _: web.Request) -> web.StreamResponse:
        return web.Response(body=self._words, content_type="application/json")

    async def _queue(self, _: web.Request) -> web.StreamResponse:
        found = await self._client.get("/v1/authorisations", Queue, entity=self._who.entity, open="1")
        return web.Response(body=msgspec.json.encode(found), content_type="application/json")

    async def _act(self, request: web.Request) -> web.StreamResponse:
        """Sign an act and hand it in; the look that comes before a decision is one, too."""
        name, act = request.match_info["id"], request.match_info["act"]
        if act not in ACTS:
            raise web.HTTPNotFound
        try:
            told = msgspec.json.decode(await request.read() or b"{}", type=Told)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
            return _error(400, "page.body", f"{exc}; reload the page")
        fields = {"act": act, **msgspec.to_builtins(told), "asked_at": int(time.time())}
        paper = msgspec.convert({"entity": self._who.entity, "authorisation": name, **fields}, AuthorisePaper)
        body = {"paper": self._who.sign(paper), "dry_run": False}
        view = await self._client.post(f"/v1/authorisations/{name}", body, AuthView)
        return web.Response(body=msgspec.json.encode(view), content_type="application/json")

    async def _look(self, request: web.Request) -> web.StreamResponse:
        """Give one file to the browser, which keeps nothing; the paper says who looked, at what and when."""
        name, digest = request.match_info["id"], request.match_info["sm3"]
        fields = {"act": "look", "digest": "", "file": digest[:64], "asked_at": int(time.time())}
        paper = msgspec.convert({"entity": self._who.entity, "authorisation": name, **fields}, AuthorisePaper)
        body = {"paper": self._who.sign(paper)}
        found = await self._client.post(f"/v1/authorisations/{name}/file", body, ShownContent)
        if found.media not in SHOWN:
            return _error(415, "page.media", f"{found.media} is nothing that a browser shows")
        return web.Response(body=found.content, content_type=found.media)


def _error(status: int, code: str, message: str) -> web.Response:
    told = msgspec.json.encode({"error": {"code": code, "message": message}})
    return web.Response(status=status, body=told, content_type="application/json")
