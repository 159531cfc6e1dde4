"""The admin API: HTTP on a unix socket, JSON, one shape for every refusal. Who orders is proved by the paper's signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

from padkit_central.api.authorise import add_authorise
from padkit_central.api.bodies import answer, read_body, read_paper_text, read_query
from padkit_central.api.door import shaped
from padkit_central.api.errors import refusal
from padkit_central.kits import Authorising, Governing, KitView, OrderView, TargetView, UnlockCode
from padkit_central.observe import Log
from padkit_contract.errors import Invalid

MAX_BODY = 512 << 10
NOT_FOUND = frozenset({"order.unknown", "kit.unknown", "support.none", "auth.unknown"})
FORBIDDEN = frozenset(
    {"paper.operator", "paper.signature", "approval.same_person", "unlock.people", "auth.own_case", "auth.same_person"}
)
MALFORMED = frozenset(
    {"body.form", "paper.form", "paper.size", "order.form", "entity.unknown", "auth.parts", "auth.reason"}
)


class OrderBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /v1/orders`: the signed paper (base64), and whether it is only a rehearsal."""

    paper: str
    dry_run: bool = False


class PaperBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of approve and cancel: the signed paper (base64)."""

    paper: str


class PapersBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /v1/unlock-codes`: the papers that two operators signed (base64)."""

    papers: tuple[str, ...]


class Listing(msgspec.Struct, frozen=True):
    """Answer of `GET /v1/orders`: orders at kits, the newest first."""

    orders: Sequence[TargetView]


class Kits(msgspec.Struct, frozen=True):
    """Answer of `GET /v1/kits`."""

    kits: Sequence[KitView]


def make_admin(governing: Governing, authorising: Authorising, log: Log) -> web.Application:
    """Return the application of the admin socket."""
    door = _Admin(governing)
    app = web.Application(client_max_size=MAX_BODY, middlewares=[shaped(log), _saying_no])
    app.router.add_post("/v1/orders", door.ask)
    app.router.add_get("/v1/orders", door.orders)
    app.router.add_get("/v1/orders/{id}", door.order)
    app.router.add_post("/v1/orders/{id}/approve", door.approve)
    app.router.add_post("/v1/orders/{id}/cancel", door.cancel)
    app.router.add_get("/v1/kits", door.kits)
    app.router.add_get("/v1/kits/{kit}", door.kit)
    app.router.add_get("/v1/kits/{kit}/support-bundle", door.support_bundle)
    app.router.add_post("/v1/unlock-codes", door.unlock_code)
    add_authorise(app, authorising)
    return app


@dataclass(frozen=True, slots=True)
class _Admin:
    governing: Governing

    async def ask(self, request: web.Request) -> web.Response:
        """Take an order in, or say what would become of it."""
        body = await read_body(request, OrderBody)
        view = await self.governing.ordering.ask(read_paper_text(body.paper), dry_run=body.dry_run)
        return answer(view, HTTPStatus.OK if body.dry_run else HTTPStatus.ACCEPTED)

    async def approve(self, request: web.Request) -> web.Response:
        """Take another person's consent in."""
        body = await read_body(request, PaperBody)
        return answer(await self.governing.ordering.approve(request.match_info["id"], read_paper_text(body.paper)))

    async def cancel(self, request: web.Request) -> web.Response:
        """Take a cancel in; it is an order of its own."""
        body = await read_body(request, PaperBody)
        view = await self.governing.ordering.cancel(request.match_info["id"], read_paper_text(body.paper))
        return answer(view, HTTPStatus.ACCEPTED)

    async def orders(self, request: web.Request) -> web.Response:
        """List orders at kits."""
        query = read_query(request, {"entity", "kit", "open"})
        only_open = query.get("open", "0") not in ("", "0", "false")
        found = await self.governing.orders(query.get("entity", ""), query.get("kit", ""), only_open=only_open)
        return answer(Listing(found))

    async def order(self, request: web.Request) -> web.Response:
        """Show one order."""
        query = read_query(request, {"entity"})
        view: OrderView = await self.governing.order(query.get("entity", ""), request.match_info["id"])
        return answer(view)

    async def kits(self, request: web.Request) -> web.Response:
        """List the kits that central knows."""
        query = read_query(request, {"entity"})
        return answer(Kits(await self.governing.kits(query.get("entity", ""))))

    async def kit(self, request: web.Request) -> web.Response:
        """Show one kit."""
        query = read_query(request, {"entity"})
        view: KitView = await self.governing.kit(query.get("entity", ""), request.match_info["kit"])
        return answer(view)

    async def support_bundle(self, request: web.Request) -> web.Response:
        """Give the newest support bundle of a kit, sealed as it came."""
        query = read_query(request, {"entity"})
        bundle = await self.governing.support_bundle(query.get("entity", ""), request.match_info["kit"])
        headers = {"X-Received-At": bundle.received_at, "X-Digest-SM3": bundle.digest}
        return web.Response(body=bundle.body, content_type="application/octet-stream", headers=headers)

    async def unlock_code(self, request: web.Request) -> web.Response:
        """Give the code of a challenge to two operators."""
        body = await read_body(request, PapersBody)
        code: UnlockCode = await self.governing.unlocking.code(tuple(read_paper_text(it) for it in body.papers))
        return answer(code)


@web.middleware
async def _saying_no(request: web.Request, handler: Any) -> web.StreamResponse:
    """Turn what the rules say no with into a refusal."""
    try:
        response: web.StreamResponse = await handler(request)
    except Invalid as exc:
        return refusal(_status(exc.reason), exc.reason, str(exc).removeprefix(f"{exc.reason}: "))
    return response


def _status(reason: str) -> HTTPStatus:
    if reason in NOT_FOUND:
        return HTTPStatus.NOT_FOUND
    if reason in FORBIDDEN:
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.BAD_REQUEST if reason in MALFORMED else HTTPStatus.CONFLICT
