"""HTTP on the kit's unix socket: what the command line and, later, the page talk to. Routes only; work is done below."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from padkit_agent.api.bodies import Answer, Begin, Close, Code, Proof, Wiping, read
from padkit_agent.control import People
from padkit_agent.core.events import PersonSaid
from padkit_agent.core.gate import LOCKED, WIPED, Gate
from padkit_agent.devices import Devices
from padkit_agent.flows import DayEnd, Desk, Feed
from padkit_agent.observe import Log
from padkit_agent.store import KitStore, StoreUnavailable
from padkit_sdk.errors import PadkitError, Refused

if TYPE_CHECKING:
    from aiohttp import web

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAX_BODY = 262_144
SELF_TEST_S = 30.0
UNDER_LOCK = frozenset(  # what a locked kit still answers
    {
        *("/v1/alive", "/v1/status", "/v1/events", "/v1/support-bundle", "/v1/wipe"),
        *("/v1/unlock/challenge", "/v1/unlock/code", "/v1/cases"),
    }
)
WHILE_FINISHING = frozenset({"/v1/flows", "/v1/flows/{id}/answer"})  # and while flows come to their safe end


class ApiServer:
    """Serves until closed."""

    def __init__(
        self,
        desk: Desk,
        devices: Devices,
        store: KitStore,
        feed: Feed,
        day_end: DayEnd,
        *,
        about: Callable[[], dict[str, Any]],
        support: Callable[[], Awaitable[bytes]],
        gate: Gate,
        people: People,
        renew: Callable[[], Awaitable[None]],
        iso: Callable[[], str],
        log: Log,
    ) -> None:
        self._desk = desk
        self._devices = devices
        self._store = store
        self._feed = feed
        self._day_end = day_end
        self._about = about
        self._support = support
        self._gate = gate
        self._people = people
        self._renew = renew
        self._iso = iso
        self._log = log
        self._runner: web.AppRunner | None = None

    async def open(self, socket: Path) -> None:
        """Listen on `socket`; an old socket file is replaced."""
        from aiohttp import web  # late: the devices come up while it is imported

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._guard(request, handler)

        app = web.Application(client_max_size=MAX_BODY, middlewares=[guard])
        app.add_routes(
            [
                web.get("/v1/alive", self._alive),
                web.get("/v1/status", self._status),
                web.get("/v1/devices", self._list_devices),
                web.post("/v1/devices/{name}/self-test", self._self_test),
                web.post("/v1/devices/{name}/retry", self._retry),
                web.get("/v1/flows", self._flows),
                web.post("/v1/flows", self._begin),
                web.post("/v1/flows/{id}/answer", self._answer),
                web.post("/v1/flows/{id}/cancel", self._cancel),
                web.post("/v1/flows/{id}/resume", self._resume),
                web.get("/v1/cases", self._cases),
                web.post("/v1/cases/{id}/close", self._close_case),
                web.post("/v1/day-end", self._end_day),
                web.post("/v1/support-bundle", self._support_bundle),
                web.post("/v1/unlock/challenge", self._challenge),
                web.post("/v1/unlock/code", self._unlock),
                web.post("/v1/reauthenticate", self._reauthenticate),
                web.post("/v1/identity/renew", self._renew_identity),
                web.post("/v1/wipe", self._wipe),
                web.get("/v1/events", self._events),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        make_room(socket)
        mask = os.umask(0o177)  # born 0600: there is no moment in which others could connect
        try:
            await web.UnixSite(self._runner, str(socket)).start()
        finally:
            os.umask(mask)

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        from aiohttp import web

        try:
            self._check_lock(request)
            return await handler(request)
        except Refused as exc:
            return refusal(423 if exc.reason in (LOCKED, WIPED) else 409, exc.reason, str(exc))
        except PadkitError as exc:
            return refusal(503, exc.code, str(exc))
        except StoreUnavailable as exc:
            return refusal(507, "store.unavailable", str(exc))
        except web.HTTPException as exc:
            return refusal(exc.status, "http", exc.reason)
        except Exception:  # noqa: BLE001 - one broken answer must not look like a dead agent
            self._log.exception("api.broken", route=request.path)
            return refusal(500, "internal", "the agent could not answer this; its log says why")

    def _check_lock(self, request: web.Request) -> None:
        """Raise `Refused` ``kit.locked`` for what is not for a locked kit, whatever the room below would say."""
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else request.path
        if route in UNDER_LOCK or (route in WHILE_FINISHING and self._gate.standing.finishing):
            return
        self._gate.check(f"{request.method} {request.path}")

    async def _alive(self, _: web.Request) -> web.StreamResponse:
        return answer({"alive": True})

    async def _status(self, _: web.Request) -> web.StreamResponse:
        return answer(
            {
                **self._about(),
                "devices": [{"name": it.device, "state": it.state.value} for it in self._devices.list()],
                "open_flows": len(await self._desk.views(open_only=True)),
                "open_cases": len(await self._store.cases(open_only=True)),
                "unsent": await self._store.unsent(),
            }
        )

    async def _list_devices(self, _: web.Request) -> web.StreamResponse:
        return answer({"devices": self._devices.list()})

    async def _self_test(self, request: web.Request) -> web.StreamResponse:
        return answer(await self._devices.self_test(request.match_info["name"], timeout_s=SELF_TEST_S))

    async def _retry(self, request: web.Request) -> web.StreamResponse:
        self._devices.retry(request.match_info["name"])
        return answer({"retried": request.match_info["name"]})

    async def _flows(self, request: web.Request) -> web.StreamResponse:
        return answer({"flows": await self._desk.views(open_only="all" not in request.query)})

    async def _begin(self, request: web.Request) -> web.StreamResponse:
        body = read(await request.read(), Begin)
        return answer({"flow": await self._desk.begin(body.business, body.inputs)}, status=201)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = read(await request.read(), Answer)
        said = PersonSaid(body.what, body.choice, body.by, body.fields)
        await self._desk.answer(request.match_info["id"], said, body.c3)
        return answer({"taken": True}, status=202)

    async def _cancel(self, request: web.Request) -> web.StreamResponse:
        self._desk.cancel(request.match_info["id"], by="local")
        return answer({"taken": True}, status=202)

    async def _resume(self, request: web.Request) -> web.StreamResponse:
        self._desk.resume(request.match_info["id"])
        return answer({"taken": True}, status=202)

    async def _cases(self, request: web.Request) -> web.StreamResponse:
        return answer({"cases": await self._store.cases(open_only="all" not in request.query)})

    async def _close_case(self, request: web.Request) -> web.StreamResponse:
        body = read(await request.read(), Close)
        if len(set(body.by)) < 2:
            raise Refused("answer.people", "closing a case needs two different people: --by A --by B")
        by = " + ".join(body.by)
        await self._desk.close_case(request.match_info["id"], by=by, found=body.found)
        self._log.info("case.closed", case=request.match_info["id"], by=by)
        return answer({"closed": True})

    async def _end_day(self, _: web.Request) -> web.StreamResponse:
        return answer(await self._day_end.run())

    async def _support_bundle(self, _: web.Request) -> web.StreamResponse:
        return answer({"envelope": base64.b64encode(await self._support()).decode("ascii")})

    async def _challenge(self, _: web.Request) -> web.StreamResponse:
        return answer(await self._people.challenge())

    async def _unlock(self, request: web.Request) -> web.StreamResponse:
        body = read(await request.read(), Code)
        await self._people.code(body.code, body.by)
        return answer({"standing": self._gate.standing})

    async def _reauthenticate(self, request: web.Request) -> web.StreamResponse:
        body = read(await request.read(), Proof)
        await self._people.reauthenticate(body.by, body.passcode)
        return answer({"standing": self._gate.standing})

    async def _renew_identity(self, request: web.Request) -> web.Response:
        await self._renew()
        return answer({"renewed": True})

    async def _wipe(self, request: web.Request) -> web.StreamResponse:
        body = read(await request.read(), Wiping)
        return answer(await self._people.wipe(body.by, force=body.force, dry_run=body.dry_run))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        from aiohttp import web

        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        with self._feed.watch() as queue:
            await response.prepare(request)
            while True:
                line = await queue.get()
                try:
                    await response.write(msgspec.json.encode(line) + b"\n")
                except ConnectionError:
                    return response


def make_room(socket: Path) -> None:
    """Make the folder and take away the socket of a former run."""
    socket.parent.mkdir(parents=True, exist_ok=True)
    socket.unlink(missing_ok=True)


def answer(value: object, *, status: int = 200) -> web.Response:
    """Return `value` as JSON."""
    from aiohttp import web

    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


def refusal(status: int, code: str, message: str) -> web.Response:
    """Return the one JSON shape of every refusal."""
    from aiohttp import web

    text = json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json")
