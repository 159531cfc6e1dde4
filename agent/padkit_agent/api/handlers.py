"""What each route of the local API does, written once for both listeners. Knows no HTTP: a call in, a value out."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from padkit_agent.api.answers import (
    Alive,
    AskedForm,
    Begun,
    CaseList,
    Closed,
    DeviceLine,
    DeviceList,
    DocumentView,
    FlowList,
    FunctionList,
    Launch,
    QueueList,
    Renewed,
    Retried,
    SealedBundle,
    SessionView,
    SpokenText,
    Stands,
    Status,
    Summary,
    Taken,
)
from padkit_agent.api.bodies import Answer, Begin, Close, Code, Dealing, Launched, Mark, Proof, Wiping
from padkit_agent.api.bodies import People as Listed
from padkit_agent.api.practice import Practice
from padkit_agent.api.room import PageRoom
from padkit_agent.control import People
from padkit_agent.control.people import Challenged, WipePlan
from padkit_agent.core.events import PersonSaid
from padkit_agent.core.flow import Flow
from padkit_agent.core.gate import Gate
from padkit_agent.core.questions import NOTED
from padkit_agent.core.queue import Item
from padkit_agent.devices import Devices
from padkit_agent.flows import DayEnd, Desk, Waiting
from padkit_agent.flows.dayend import DayEndReport
from padkit_agent.flows.papers import Papers
from padkit_agent.flows.visits import Visits, VisitView
from padkit_agent.observe import Log
from padkit_agent.store import KitStore
from padkit_sdk.errors import Refused
from padkit_sdk.ports import SelfTest

MAX_DIGITS = 5  # of a person's number
SELF_TEST_S = 30.0
BodyT = TypeVar("BodyT")


@dataclass(slots=True)
class Visitor:
    """Who calls: the token of a page's session, empty on the unix socket. A new token goes out as the page's cookie."""

    token: str = field(default="", repr=False)
    fresh: bool = False

    def keep(self, token: str) -> None:
        """Take a new session's token."""
        self.token, self.fresh = token, True


@dataclass(frozen=True, slots=True)
class Call(Generic[BodyT]):
    """One request as its handler sees it: the body, the parts of the path, the words behind ``?``, and who calls."""

    body: BodyT
    path: Mapping[str, str]
    query: Mapping[str, str]
    visitor: Visitor


@dataclass(frozen=True, slots=True)
class Handlers:
    """All rooms that routes ask. `about` is what the agent says of itself."""

    desk: Desk
    devices: Devices
    store: KitStore
    day_end: DayEnd
    gate: Gate
    people: People
    page: PageRoom
    papers: Papers
    waiting: Waiting
    practice: Practice
    visits: Visits
    about: Callable[[], dict[str, Any]]
    support: Callable[[], Awaitable[bytes]]
    renew: Callable[[], Awaitable[None]]
    log: Log

    async def alive(self, _: Call[None]) -> Alive:
        """Is the agent alive?"""
        return Alive()

    async def status(self, _: Call[None]) -> Status:
        """Say how the kit is."""
        return Status(
            **self.about(),
            devices=tuple(DeviceLine(it.device, it.state) for it in self.devices.list()),
            open_flows=len(await self.desk.views(open_only=True)),
            open_cases=len(await self.store.cases(open_only=True)),
            unsent=await self.store.unsent(),
            unsent_since=await self.store.unsent_since(),
            queue=await self.waiting.state(),
            page=self.page.url,
            practice=self.page.practice,
            can_practise=self.practice.there and not self.page.practice,
        )

    async def list_devices(self, _: Call[None]) -> DeviceList:
        """List the devices."""
        return DeviceList(self.devices.list())

    async def self_test(self, call: Call[None]) -> SelfTest:
        """Let a device test itself."""
        return await self.devices.self_test(call.path["name"], timeout_s=SELF_TEST_S)

    async def retry(self, call: Call[None]) -> Retried:
        """Give a device a new chance."""
        self.devices.retry(call.path["name"])
        return Retried(call.path["name"])

    async def flows(self, call: Call[None]) -> FlowList:
        """List flows."""
        return FlowList(await self.desk.views(open_only="all" not in call.query))

    async def functions(self, _: Call[None]) -> FunctionList:
        """List what this kit can do, and why not."""
        return FunctionList(await self.desk.functions())

    async def begin(self, call: Call[Begin]) -> Begun:
        """Begin a flow."""
        return Begun(await self.desk.begin(call.body.business, call.body.inputs))

    async def start_form(self, call: Call[None]) -> AskedForm:
        """Say what is asked before a flow of a business begins."""
        return AskedForm(await self.desk.beginning(call.path["id"]))

    async def asked_form(self, call: Call[None]) -> AskedForm:
        """Say what the questions or the form want to know that a flow waits with now."""
        fields = await self.desk.asking(call.path["id"])
        return AskedForm(fields, NOTED if any(it.question for it in fields) else ())

    async def answer(self, call: Call[Answer]) -> Taken:
        """Answer a flow's question."""
        body = call.body
        said = PersonSaid(body.what, body.choice, body.by, body.fields)
        await self.desk.answer(call.path["id"], said, body.c3)
        return Taken()

    async def summary(self, call: Call[None]) -> Summary:
        """Say what the customer confirms at last."""
        flow = self.desk.confirming(call.path["id"])
        said = {**flow.identity, **flow.inputs}
        card_no = flow.card.card_no if flow.card else str(said.get("card_no", ""))
        named = (str(said.get(it, "")) for it in ("acct_class", "limit_day"))
        return Summary(str(said.get("name", "")), card_no[-4:], *named)

    async def document(self, call: Call[None]) -> DocumentView:
        """Say which document a flow shows now."""
        flow = self.desk.reading(call.path["id"])
        pages, title = await self.papers.pages(flow), await self.papers.title(flow)
        assert flow.paper is not None
        it = flow.paper
        return DocumentView(it.document, it.version, it.language, it.digest, title, len(pages))

    async def frame(self, call: Call[None]) -> bytes:
        """Give what the camera of a flow saw last, while a picture is taken; nothing at other times."""
        return self.desk.frame(call.path["id"])

    async def document_file(self, call: Call[None]) -> bytes:
        """Give the document that a flow shows now as the PDF that is signed."""
        return (await self.papers.read(self._shown(call))).pdf

    async def document_page(self, call: Call[None]) -> bytes:
        """Give one page of the document that a flow shows now as a picture."""
        flow, number = self._shown(call), call.path["page"]
        pages = await self.papers.pages(flow)
        if number not in {str(it + 1) for it in range(len(pages))}:
            told = f"flow {flow.id}: its document has no page {number[:8]!r}; it has 1 to {len(pages)}"
            raise Refused("document.page", told)
        return pages[int(number) - 1]

    async def document_text(self, call: Call[None]) -> SpokenText:
        """Give the wording of the document that a flow shows now, for reading aloud."""
        flow = self._shown(call)
        assert flow.paper is not None
        return SpokenText(flow.paper.language, await self.papers.spoken(flow))

    def _shown(self, call: Call[None]) -> Flow:
        """Return the flow whose document of this digest is shown now: another one is never given for it."""
        flow = self.desk.reading(call.path["id"])
        if flow.paper is None or not flow.paper.digest or flow.paper.digest != call.path["digest"]:
            told = f"flow {flow.id}: the document asked for is not the one that it shows now; ask which one it is"
            raise Refused("document.other", told)
        return flow

    async def cancel(self, call: Call[None]) -> Taken:
        """Stop a flow at its next safe point."""
        self.desk.cancel(call.path["id"], by="local")
        return Taken()

    async def resume(self, call: Call[None]) -> Taken:
        """Let a halted flow go on."""
        self.desk.resume(call.path["id"])
        return Taken()

    async def cases(self, call: Call[None]) -> CaseList:
        """List cases."""
        return CaseList(await self.store.cases(open_only="all" not in call.query))

    async def close_case(self, call: Call[Close]) -> Closed:
        """Close a case, with two people."""
        body, case = call.body, call.path["id"]
        if len(set(body.by)) < 2:
            raise Refused("answer.people", "closing a case needs two different people: --by A --by B")
        by = " + ".join(body.by)
        await self.desk.close_case(case, by=by, found=body.found)
        self.log.info("case.closed", case=case, by=by)
        return Closed()

    async def queue(self, _: Call[None]) -> QueueList:
        """List what waits for central, and how near each quota is."""
        return QueueList(await self.waiting.state(), await self.waiting.items())

    async def queue_item(self, call: Call[None]) -> Item:
        """Show one item of the queue."""
        return await self.waiting.item(call.path["id"])

    async def queue_retry(self, call: Call[Dealing]) -> Taken:
        """Send once more what central refused, after mending."""
        await self.waiting.retry(call.path["id"], call.body.by)
        return Taken()

    async def queue_hand_over(self, call: Call[Dealing]) -> Taken:
        """Hand over to the centre, as a case, what central refused."""
        await self.waiting.hand_over(call.path["id"], call.body.by)
        return Taken()

    async def end_day(self, _: Call[None]) -> DayEndReport:
        """Send the card ledger to central again."""
        return await self.day_end.run()

    async def support_bundle(self, _: Call[None]) -> SealedBundle:
        """Make a support bundle."""
        return SealedBundle(base64.b64encode(await self.support()).decode("ascii"))

    async def challenge(self, _: Call[None]) -> Challenged:
        """Show the challenge of this lock."""
        return await self.people.challenge()

    async def unlock(self, call: Call[Code]) -> Stands:
        """Lift a lock with its code."""
        await self.people.code(call.body.code, call.body.by)
        return Stands(self.gate.standing)

    async def reauthenticate(self, call: Call[Proof]) -> Stands:
        """Let the holder prove who he is."""
        await self.people.reauthenticate(call.body.by, call.body.passcode)
        return Stands(self.gate.standing)

    async def renew_identity(self, _: Call[None]) -> Renewed:
        """Get new certificates."""
        await self.renew()
        return Renewed()

    async def wipe(self, call: Call[Wiping]) -> WipePlan:
        """Wipe on the spot, with two people."""
        return await self.people.wipe(call.body.by, force=call.body.force, dry_run=call.body.dry_run)

    async def describe(self, _: Call[None]) -> dict[str, Any]:
        """Describe this API (OpenAPI 3.1)."""
        from padkit_agent.api.openapi import description  # late: it is made from the table that names this handler

        return description()

    async def launch(self, _: Call[None]) -> Launch:
        """Make a one-time address that opens the page."""
        return self.page.launch()

    async def practise(self, _: Call[None]) -> Launch:
        """Begin a practice kit, or find the one that runs: where its page opens."""
        if self.page.practice:
            raise Refused("practice.here", "practice: this kit is one to practise on; go on with it")
        return await self.practice.open()

    async def end_practice(self, _: Call[None]) -> Taken:
        """End the practice kit."""
        await self.practice.close()
        return Taken()

    async def visit(self, _: Call[None]) -> VisitView:
        """Say how the visit stands."""
        return await self.visits.view()

    async def begin_visit(self, call: Call[Listed]) -> VisitView:
        """Begin a visit to these people."""
        return await self.visits.begin(call.body.people)

    async def mark_person(self, call: Call[Mark]) -> VisitView:
        """Put a flow to a person of the visit, or leave him out."""
        number = call.path["id"]
        known = number.isascii() and number.isdigit() and len(number) < MAX_DIGITS
        return await self.visits.mark(int(number) if known else 0, flow=call.body.flow, left_out=call.body.left_out)

    async def end_visit(self, _: Call[None]) -> VisitView:
        """End the visit and forget who was on its list."""
        return await self.visits.end()

    async def enter(self, call: Call[Launched]) -> SessionView:
        """Exchange a launch code for a session."""
        try:
            token = self.page.sessions.enter(call.body.launch)
        except Refused as exc:
            self.log.warning("page.refused", why=exc.reason)
            raise
        call.visitor.keep(token)
        return self.page.view(token)

    async def session(self, call: Call[None]) -> SessionView:
        """Say who is signed in at this page."""
        return self.page.view(call.visitor.token)

    async def touch(self, call: Call[None]) -> SessionView:
        """Somebody touched the page: the idle time begins anew."""
        return self.page.view(call.visitor.token)

    async def sign_in(self, call: Call[Proof]) -> SessionView:
        """Let the kit's holder sign in."""
        await self.people.reauthenticate(call.body.by, call.body.passcode)
        self.page.sign_in(call.visitor.token, call.body.by)
        return self.page.view(call.visitor.token)

    async def sign_out(self, call: Call[None]) -> SessionView:
        """Sign out; the session stays."""
        self.page.sign_out(call.visitor.token)
        return self.page.view(call.visitor.token)
