"""The one table of the local API: every route, who may call it, what goes in, what comes out, what may refuse it.

Both listeners, the description (`openapi`) and the tests are made from it.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from padkit_agent.api import answers, bodies
from padkit_agent.api.handlers import Call, Handlers
from padkit_agent.control.people import Challenged, WipePlan
from padkit_agent.core.queue import Item
from padkit_agent.flows.dayend import DayEndReport
from padkit_agent.flows.feed import Progress
from padkit_agent.flows.visits import VisitView
from padkit_sdk.ports import SelfTest

BodyT = TypeVar("BodyT")
AnswerT = TypeVar("AnswerT")


class Page(enum.Enum):
    """From when on a page may call a route."""

    NEVER = "never"  # the command line only
    ANYBODY = "anybody"
    LAUNCHED = "launched"  # with a session
    SIGNED_IN = "signed in"  # with a session in which the holder is signed in


class Locked(enum.Enum):
    """When a locked kit answers a route."""

    NEVER = "never"
    FINISHING = "finishing"  # while flows come to their safe end
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Route(Generic[BodyT, AnswerT]):
    """One route. `refuses` are stable codes, ``field.*`` a family; `query` what may stand behind ``?``.

    A route without a handler is the stream of events, whose form is the listener's. `socket` False: not on the unix socket.
    With `media` the answer is bytes of that type, else JSON.
    """

    method: str
    path: str
    handler: Callable[[Handlers, Call[BodyT]], Awaitable[AnswerT]] | None
    answer: type[AnswerT]
    body: type[BodyT] | None = None
    refuses: tuple[str, ...] = ()
    status: int = 200
    query: tuple[str, ...] = ()
    page: Page = Page.SIGNED_IN
    locked: Locked = Locked.NEVER
    socket: bool = True
    media: str = ""

    @property
    def name(self) -> str:
        """The route as docs and messages write it."""
        return f"{self.method} {self.path}"


_FLOW = "/v1/flows/{id}"
_ITEM = "/v1/queue/{id}"
_DOCUMENT = ("flow.unknown", "document.none", "document.changed", "document.fonts")
_UNLOCK = ("unlock.not_locked", "unlock.no_key", "unlock.wait")
_HOLDER = ("holder.none", "holder.passcode", "holder.wait")

ROUTES: tuple[Route[Any, Any], ...] = (
    Route("GET", "/v1/alive", Handlers.alive, answers.Alive, page=Page.ANYBODY, locked=Locked.ALWAYS),
    Route("GET", "/v1/status", Handlers.status, answers.Status, page=Page.LAUNCHED, locked=Locked.ALWAYS),
    Route("GET", "/v1/devices", Handlers.list_devices, answers.DeviceList),
    Route(
        *("POST", "/v1/devices/{name}/self-test", Handlers.self_test, SelfTest),
        refuses=("device.unknown", "lease.held", "device.quarantined"),
    ),
    Route("POST", "/v1/devices/{name}/retry", Handlers.retry, answers.Retried, refuses=("device.unknown",)),
    Route("GET", "/v1/flows", Handlers.flows, answers.FlowList, query=("all",), locked=Locked.FINISHING),
    Route(
        *("GET", "/v1/functions", Handlers.functions, answers.FunctionList),
        refuses=("policy.none",),
    ),
    Route(
        *("POST", "/v1/flows", Handlers.begin, answers.Begun, bodies.Begin),
        refuses=("business.*", "agent.starting", "policy.none", "box.stopped", "queue.*", "field.*"),
        status=201,
    ),
    Route(
        *("GET", "/v1/businesses/{id}/form", Handlers.start_form, answers.AskedForm),
        refuses=("business.unknown", "policy.none"),
    ),
    Route(
        *("GET", f"{_FLOW}/form", Handlers.asked_form, answers.AskedForm),
        refuses=("flow.unknown", "flow.not_asking"),
    ),
    Route(
        *("GET", f"{_FLOW}/summary", Handlers.summary, answers.Summary),
        refuses=("flow.unknown", "flow.not_asking"),
        locked=Locked.FINISHING,
    ),
    Route(
        *("POST", f"{_FLOW}/answer", Handlers.answer, answers.Taken, bodies.Answer),
        refuses=("flow.unknown", "flow.not_asking", "answer.choice", "answer.people", "answer.fields", "field.*"),
        status=202,
        locked=Locked.FINISHING,
    ),
    Route(
        *("GET", f"{_FLOW}/frame", Handlers.frame, bytes),
        refuses=("flow.unknown",),
        socket=False,
        media="application/octet-stream",
    ),
    Route(
        *("GET", f"{_FLOW}/document", Handlers.document, answers.DocumentView),
        refuses=_DOCUMENT,
        locked=Locked.FINISHING,
    ),
    Route(
        *("GET", f"{_FLOW}/documents/{{digest}}", Handlers.document_file, bytes),
        refuses=(*_DOCUMENT, "document.other"),
        locked=Locked.FINISHING,
        media="application/pdf",
    ),
    Route(
        *("GET", f"{_FLOW}/documents/{{digest}}/pages/{{page}}", Handlers.document_page, bytes),
        refuses=(*_DOCUMENT, "document.other", "document.page"),
        locked=Locked.FINISHING,
        media="image/png",
    ),
    Route(
        *("GET", f"{_FLOW}/documents/{{digest}}/text", Handlers.document_text, answers.SpokenText),
        refuses=(*_DOCUMENT, "document.other"),
        locked=Locked.FINISHING,
    ),
    Route(
        *("POST", f"{_FLOW}/cancel", Handlers.cancel, answers.Taken),
        refuses=("flow.unknown", "flow.too_late"),
        status=202,
    ),
    Route(
        *("POST", f"{_FLOW}/resume", Handlers.resume, answers.Taken),
        refuses=("flow.unknown", "flow.not_halted"),
        status=202,
    ),
    Route("GET", "/v1/cases", Handlers.cases, answers.CaseList, query=("all",), locked=Locked.ALWAYS),
    Route(
        *("POST", "/v1/cases/{id}/close", Handlers.close_case, answers.Closed, bodies.Close),
        refuses=("answer.people", "case.unknown", "case.no_card"),
    ),
    Route("GET", "/v1/queue", Handlers.queue, answers.QueueList, locked=Locked.ALWAYS),
    Route("GET", _ITEM, Handlers.queue_item, Item, refuses=("queue.unknown",), locked=Locked.ALWAYS),
    Route(
        *("POST", f"{_ITEM}/retry", Handlers.queue_retry, answers.Taken, bodies.Dealing),
        refuses=("queue.unknown", "vault.damaged"),
    ),
    Route(
        *("POST", f"{_ITEM}/hand-over", Handlers.queue_hand_over, answers.Taken, bodies.Dealing),
        refuses=("queue.unknown",),
    ),
    Route("POST", "/v1/day-end", Handlers.end_day, DayEndReport),
    Route(
        *("POST", "/v1/support-bundle", Handlers.support_bundle, answers.SealedBundle),
        refuses=("support.none", "support.role", "certificate.*"),
        page=Page.LAUNCHED,
        locked=Locked.ALWAYS,
    ),
    Route(
        *("POST", "/v1/unlock/challenge", Handlers.challenge, Challenged),
        refuses=_UNLOCK,
        page=Page.LAUNCHED,
        locked=Locked.ALWAYS,
    ),
    Route(
        *("POST", "/v1/unlock/code", Handlers.unlock, answers.Stands, bodies.Code),
        refuses=("unlock.code", "unlock.no_challenge", *_UNLOCK),
        page=Page.LAUNCHED,
        locked=Locked.ALWAYS,
    ),
    Route(
        *("POST", "/v1/reauthenticate", Handlers.reauthenticate, answers.Stands, bodies.Proof),
        refuses=_HOLDER,
        page=Page.NEVER,
    ),
    Route(
        *("POST", "/v1/identity/renew", Handlers.renew_identity, answers.Renewed),
        refuses=("renew.silent", "renew.refused", "papers.*"),
        page=Page.NEVER,
    ),
    Route(
        *("POST", "/v1/wipe", Handlers.wipe, WipePlan, bodies.Wiping),
        refuses=("wipe.people", "wipe.unlocked", "wipe.finishing", "wipe.unsent"),
        page=Page.NEVER,
        locked=Locked.ALWAYS,
    ),
    Route("GET", "/v1/openapi.json", Handlers.describe, dict, page=Page.LAUNCHED, locked=Locked.ALWAYS),
    Route(
        *("POST", "/v1/page/launch", Handlers.launch, answers.Launch),
        refuses=("page.none",),
        page=Page.NEVER,
        locked=Locked.ALWAYS,
    ),
    Route("GET", "/v1/visit", Handlers.visit, VisitView),
    Route(
        *("POST", "/v1/visit", Handlers.begin_visit, VisitView, bodies.People),
        refuses=("visit.open", "visit.people"),
    ),
    Route(
        *("POST", "/v1/visit/people/{id}", Handlers.mark_person, VisitView, bodies.Mark),
        refuses=("visit.person",),
    ),
    Route("POST", "/v1/visit/end", Handlers.end_visit, VisitView),
    Route(
        *("POST", "/v1/practice", Handlers.practise, answers.Launch),
        refuses=("practice.none", "practice.failed", "practice.here"),
        page=Page.LAUNCHED,
    ),
    Route(
        *("POST", "/v1/practice/end", Handlers.end_practice, answers.Taken),
        page=Page.LAUNCHED,
        locked=Locked.ALWAYS,
    ),
    Route(
        *("POST", "/v1/session", Handlers.enter, answers.SessionView, bodies.Launched),
        refuses=("page.launch", "page.launch_wait"),
        page=Page.ANYBODY,
        locked=Locked.ALWAYS,
        socket=False,
    ),
    Route(
        *("GET", "/v1/session", Handlers.session, answers.SessionView),
        page=Page.LAUNCHED,
        locked=Locked.ALWAYS,
        socket=False,
    ),
    Route(
        *("POST", "/v1/session/sign-in", Handlers.sign_in, answers.SessionView, bodies.Proof),
        refuses=_HOLDER,
        page=Page.LAUNCHED,
        locked=Locked.FINISHING,
        socket=False,
    ),
    Route(
        *("POST", "/v1/session/touch", Handlers.touch, answers.SessionView),
        locked=Locked.FINISHING,
        socket=False,
    ),
    Route(
        *("POST", "/v1/session/sign-out", Handlers.sign_out, answers.SessionView),
        page=Page.LAUNCHED,
        locked=Locked.ALWAYS,
        socket=False,
    ),
    Route("GET", "/v1/events", None, Progress, query=("after", "run"), locked=Locked.ALWAYS),
)
