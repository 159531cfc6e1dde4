"""The core bank's HTTP door: ``POST /txn``, ``POST /check``, ``GET /audit``, ``POST /control``. Decides nothing itself.

An event is on disk before its answer leaves; a client that goes away undoes nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping

import msgspec
from aiohttp import web

from padkit_sim.neighbours import control
from padkit_sim.neighbours.audit import audit
from padkit_sim.neighbours.bank import Bank, Rules
from padkit_sim.neighbours.books import DaySet, Event
from padkit_sim.neighbours.checks import Checks, SetCheck, parse_check
from padkit_sim.neighbours.faults import Faults
from padkit_sim.neighbours.hsm_client import HsmClient
from padkit_sim.neighbours.sms import MAX_MESSAGES, ShortMessage, parse_sms
from padkit_sim.neighbours.state_file import StateFile, StateFileBroken
from padkit_sim.neighbours.txn import (
    C3_FIELDS,
    MAX_BODY,
    SEALED,
    Answer,
    Code,
    CoreRefusal,
    Request,
    parse_request,
    refused,
)


class CoreDoor:
    """One bank behind HTTP. `sleep` is how a slow answer waits; `hsm` opens C3 fields that come sealed."""

    def __init__(
        self,
        bank: Bank,
        faults: Faults,
        state_file: StateFile | None,
        sleep: Callable[[float], Awaitable[None]],
        *,
        hsm: HsmClient | None = None,
    ) -> None:
        self._bank = bank
        self._faults = faults
        self._state_file = state_file
        self._sleep = sleep
        self._hsm = hsm
        self._checks = Checks()
        self._messages: deque[ShortMessage] = deque(maxlen=MAX_MESSAGES)
        self._one_at_a_time = asyncio.Lock()

    def application(self) -> web.Application:
        """Return the aiohttp application."""
        app = web.Application(client_max_size=MAX_BODY, middlewares=[_plain_refusals])
        app.add_routes(
            [
                web.post("/txn", self._txn),
                web.post("/check", self._check),
                web.post("/sms", self._sms),
                web.get("/sms", self._phones),
                web.get("/audit", self._audit),
                web.post("/control", self._control),
            ]
        )
        return app

    async def settle(self, request: Request, *, forced: CoreRefusal | None = None) -> Answer:
        """Decide, write down, apply; one request at a time. What cannot be written down is not executed."""
        c3 = None
        if SEALED in request.fields:
            try:
                c3 = await self._opened(request)
            except CoreRefusal as refusal:
                forced = forced or refusal
        elif self._hsm is not None and request.fields.keys() & C3_FIELDS:
            forced = forced or CoreRefusal(
                Code.FIELD_WRONG, f"C3 fields come sealed, in {SEALED!r} alone; send them so"
            )
        async with self._one_at_a_time:
            decision = self._bank.decide(request, c3=c3, forced=forced)
            if decision.event is not None:
                try:
                    await self._write(decision.event)
                except StateFileBroken as exc:
                    return refused(CoreRefusal(Code.JOURNAL_FAILED, f"not executed: {exc}", not_executed=True))
            return decision.answer

    async def _txn(self, http: web.Request) -> web.Response:
        raw = await http.read()
        try:
            request = parse_request(raw)
        except CoreRefusal as refusal:
            return _json(refused(refusal), status=400)
        plan = self._faults.meet(request.service)
        if plan.drop_request:
            return _hang_up(http)
        answer = await self.settle(request, forced=plan.refusal)
        if plan.delay_s:
            await self._sleep(plan.delay_s)
        return _hang_up(http) if plan.drop_reply else _json(answer)

    async def _check(self, http: web.Request) -> web.Response:
        """Look a customer up; nothing is booked, so nothing is written down."""
        try:
            found = self._checks.find(parse_check(await http.read()), self._bank.books)
        except CoreRefusal as refusal:
            return _json(refused(refusal), status=400)
        return _hang_up(http) if found is None else _json(found)

    async def _sms(self, http: web.Request) -> web.Response:
        """Send a short message: nobody's telephone rings, it is kept for whoever plays the customer."""
        try:
            told = parse_sms(await http.read())
        except CoreRefusal as refusal:
            return _json(refused(refusal), status=400)
        self._messages.append(told)
        return _json({"sent": True})

    async def _phones(self, _http: web.Request) -> web.Response:
        return _json({"messages": list(self._messages)})

    async def _opened(self, request: Request) -> Mapping[str, str]:
        if self._hsm is None:
            raise CoreRefusal(
                Code.HSM_SILENT, "not executed: this core has no HSM; start it with --hsm", not_executed=True
            )
        return await self._hsm.open(request)

    async def _audit(self, _http: web.Request) -> web.Response:
        async with self._one_at_a_time:
            return _json({"core_date": self._bank.core_date.isoformat(), **audit(self._bank.books)})

    async def _control(self, http: web.Request) -> web.Response:
        raw = await http.read()
        try:
            async with self._one_at_a_time:
                return _json({"ok": True, **await self._obey(control.parse_word(raw))})
        except (control.ControlRefused, StateFileBroken) as exc:
            return _json({"ok": False, "error": str(exc)}, status=400)

    async def _obey(self, word: control.Word) -> dict[str, object]:
        match word:
            case control.ArmFault():
                control.arm(self._faults, word)
            case control.ClearFaults(name):
                self._faults.clear(name)
                if name is None:
                    self._checks.clear()
            case control.SetRule(most):
                self._bank.rules = Rules(class1_max_per_entity=most)
            case SetCheck():
                try:
                    self._checks.tell(word)
                except ValueError as exc:
                    raise control.ControlRefused(str(exc)) from exc
            case control.SetDay(day):
                await self._write(DaySet(day))
                return {"core_date": self._bank.core_date.isoformat()}
            case control.SetCard():
                await self._write(control.conditioned(self._bank.books, word))
            case control.Tamper():
                await self._write(control.tampering(self._bank.books, word))
            case control.ListFaults():
                return {"faults": control.fault_lines(self._faults)}
        return {}

    async def _write(self, event: Event) -> None:
        await asyncio.to_thread(self._commit, event)

    def _commit(self, event: Event) -> None:
        if self._state_file is not None:
            self._state_file.append(event)
        self._bank.books.apply(event)


def _json(value: object, *, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json", status=status)


def _hang_up(http: web.Request) -> web.Response:
    """Close the connection; the response returned is never seen."""
    if http.transport is not None:
        http.transport.abort()
    return web.Response()


@web.middleware
async def _plain_refusals(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Give aiohttp's own refusals (size, method, path) the core's one shape."""
    try:
        return await handler(request)
    except web.HTTPException as exc:
        known = "POST /txn, POST /check, POST /sms, GET /sms, GET /audit, POST /control"
        message = f"{request.method} {request.path[:64]}: {exc.reason}; this core has {known}"
        return _json(refused(CoreRefusal(Code.UNREADABLE, message)), status=exc.status)
