"""The authoriser's desk on the admin socket. Who looks and who decides is proved by the paper's signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from aiohttp import web

from padkit_central.api.bodies import answer, read_body, read_paper_text, read_query
from padkit_central.kits import AuthLine, Authorising


class ActBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /v1/authorisations/{id}`: the signed paper (base64), and whether it is only a rehearsal."""

    paper: str
    dry_run: bool = False


class AuthListing(msgspec.Struct, frozen=True):
    """Answer of `GET /v1/authorisations`: the newest first, nothing personal."""

    authorisations: Sequence[AuthLine]


def add_authorise(app: web.Application, authorising: Authorising) -> None:
    """Add the desk's routes."""
    door = _Desk(authorising)
    app.router.add_get("/v1/authorisations", door.listed)
    app.router.add_post("/v1/authorisations/{id}", door.act)
    app.router.add_post("/v1/authorisations/{id}/file", door.look)


@dataclass(frozen=True, slots=True)
class _Desk:
    authorising: Authorising

    async def listed(self, request: web.Request) -> web.Response:
        """List requests."""
        query = read_query(request, {"entity", "open"})
        only_open = query.get("open", "0") not in ("", "0", "false")
        return answer(AuthListing(await self.authorising.listed(query.get("entity", ""), only_open=only_open)))

    async def act(self, request: web.Request) -> web.Response:
        """Do what the paper says with one request, and show it."""
        body = await read_body(request, ActBody)
        name, paper = request.match_info["id"], read_paper_text(body.paper)
        return answer(await self.authorising.act(name, paper, dry_run=body.dry_run))

    async def look(self, request: web.Request) -> web.Response:
        """Give the file that the paper names (``media``, ``content`` in base64); nothing may keep it."""
        body = await read_body(request, ActBody)
        name, paper = request.match_info["id"], read_paper_text(body.paper)
        given = answer(await self.authorising.look(name, paper))
        given.headers["Cache-Control"] = "no-store"
        return given
