"""The desk where flows are begun, driven, answered, cancelled and taken up again after a crash.

Each step is one journal row: what happened, what follows. The row is on disk before the next action begins; when it cannot
be written the flow halts where it is and no card moves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.asked import Field
from padkit_agent.core.authorise import MEND
from padkit_agent.core.clock import Clock
from padkit_agent.core.decide import decide, may_cancel, start
from padkit_agent.core.diligence import asked as asked_fields
from padkit_agent.core.filling import STOP, askable, begin_fields
from padkit_agent.core.fit import check_fit
from padkit_agent.core.flow import Decision, Flow, FlowRefused, Rules, may_hold_card
from padkit_agent.core.gate import Gate
from padkit_agent.core.phases import MAY_CANCEL, Phase
from padkit_agent.core.phone import CODE
from padkit_agent.core.plan import WhichCard
from padkit_agent.flows.feed import Feed
from padkit_agent.flows.form import check_answer, check_asked, check_mended, check_start
from padkit_agent.flows.functions import FunctionView, listed
from padkit_agent.flows.pack import Packs
from padkit_agent.flows.perform import CORE_TIMEOUT_S, Performer
from padkit_agent.flows.phonehand import taken_code
from padkit_agent.flows.post import Post
from padkit_agent.flows.run import NOTHING, Run, unless_cancelled
from padkit_agent.flows.telling import FlowView, line, tag, view
from padkit_agent.observe import Log, place_of
from padkit_agent.store import CaseRow, JournalRow, KitStore, LedgerRow, StoreUnavailable
from padkit_contract.catalogue import Entry
from padkit_contract.commands import Standing
from padkit_contract.messages import CardState
from padkit_sdk.errors import Refused

INTERRUPTIBLE = (
    do.AskPerson,
    do.WaitDevice,
    do.ReadDocument,
    do.CheckFace,
    do.ReadCard,
    do.EnterPin,
    do.SignDocument,
    do.RunChecks,
    do.SendCode,
    do.JudgeCode,
    do.Authorise,
    do.AwaitAuthoriser,
)
HALTED_AGAIN_S = 10.0  # a halted flow that a lock waits for is tried again
BOX_FREE = frozenset({Phase.CARD_TAKEN, Phase.CARD_NOT_TAKEN})  # from here on the flow needs the box no more


class Desk:
    """All flows of this kit. `run` is awaited by the app and owns every task."""

    def __init__(
        self,
        store: KitStore,
        packs: Packs,
        performer: Performer,
        post: Post,
        feed: Feed,
        *,
        clock: Clock,
        new_id: Callable[[], str],
        log: Log,
        gate: Gate | None = None,
    ) -> None:
        self._store = store
        self._packs = packs
        self._performer = performer
        self._post = post
        self._feed = feed
        self._clock = clock
        self._new_id = new_id
        self._log = log
        self._runs: dict[str, Run] = {}
        self._group: asyncio.TaskGroup | None = None
        self._gate = gate or Gate(Standing())
        self._gate.watch(self._obey)
        self.measure: Callable[[], Awaitable[object]] = _nothing  # lets the gate know what waits for central
        self.on_end: Callable[[], None] = _nobody  # told when a flow has ended

    async def run(self) -> None:
        """Take up what was open, then drive flows until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            for step in await self._store.heads(open_only=True):
                run = Run(msgspec.json.decode(step.flow, type=Flow), None)
                self._runs[run.flow.id] = run
                group.create_task(self._take_up(run))
            await asyncio.Event().wait()

    async def functions(self) -> tuple[FunctionView, ...]:
        """Return every function, and whether this kit can do it. Raises `Refused` ``policy.none``."""
        policy, today = self._packs.current.policy, self._clock.iso()[:10]
        return await asyncio.to_thread(listed, policy, self._performer.able(), today)

    async def begin(self, business: str, inputs: dict[str, Any]) -> str:
        """Begin a flow and return its id.

        Raises: `Refused` ``kit.*``, ``queue.*``, ``business.*``, ``policy.none``, ``box.stopped``, ``box.cannot``,
            ``form.*``, ``hsm.none``; `StoreUnavailable`.
        """
        await self.measure()
        self._gate.check_begin(business, box=False)
        if self._group is None:
            raise Refused("agent.starting", "the agent is still taking up open flows; ask again in a moment")
        policy, able = self._packs.current.policy, self._performer.able()
        entry = await self._packs.entry(policy.version, business)
        rules = await self._packs.rules(policy.version, business)
        check_fit(entry, able, rules.waivers)
        if rules.plan.card is WhichCard.STOCK:
            await self._check_box()
        check_start(entry, inputs, askable(rules))
        if rules.plan.secrets:
            await asyncio.to_thread(self._post.check_hsm)  # the first chain loads OpenSSL
        serials = self._new_id(), self._new_id(), self._new_id()
        flow = Flow(serials[0], business, *serials[1:], policy.version, inputs, able=able)
        decision = start(flow, rules)
        stock = rules.plan.card is WhichCard.STOCK
        self._gate.check_begin(business, box=stock)  # an order may have come since
        run = Run(flow, None, uses_box=stock)
        await self._write(run, decision, ev.PersonSaid("start", business))
        self._drive_soon(run)
        return flow.id

    async def _check_box(self) -> None:
        """Raise `Refused` ``box.*``: no card can be taken out of it."""
        if stopped := await self._stopped():
            raise Refused("box.stopped", f"the card box is stopped by {stopped}; close it first")
        await self._performer.check_box()

    async def _stopped(self) -> str:
        """Return the open case that stops the box, or nothing."""
        stopping = [case for case in await self._store.cases(open_only=True) if case.stops_box]
        return f"case {stopping[0].id} ({stopping[0].reason})" if stopping else ""

    def _other_card(self, run: Run) -> str:
        """Return the other flow that may have its card in the box, or nothing: one that halted or woke holds no lease."""
        others = (it.flow for it in self._runs.values() if it is not run and may_hold_card(it.flow))
        return next((f"flow {it.id} ({it.phase.value}), whose card may be in it" for it in others), "")

    async def answer(self, flow_id: str, said: ev.PersonSaid, c3: dict[str, Any]) -> None:
        """Give a person's answer to the question the flow waits with; the first answer counts.

        Raises: `Refused` ``kit.locked`` (unless the lock waits for this flow), ``flow.unknown``, ``flow.not_asking``,
            ``answer.choice``, ``answer.people``, ``answer.fields``.
        """
        if flow_id not in self._gate.standing.finishing:
            self._gate.check(f"answer in flow {flow_id}")
        run = self._find(flow_id)
        code = NOTHING
        if said.what == CODE.what and said.choice == "entered":
            said, code = taken_code(said)
        if said.fields or c3:
            check_answer(await self._entry(run.flow), said.fields, c3)
        asked = run.action
        if not isinstance(asked, do.AskPerson) or asked.what != said.what or run.answer.done():
            raise Refused(
                "flow.not_asking", f"flow {flow_id} does not ask {said.what!r} now; see `padkit-agent flow list`"
            )
        if said.choice not in asked.choices:
            raise Refused(
                "answer.choice", f"{said.what}: {said.choice!r} is none of {', '.join(asked.choices)}; give one of them"
            )
        if len(set(said.by)) < asked.people:
            raise Refused(
                "answer.people", f"{said.what}: {asked.people} different people must confirm; name each with --by"
            )
        if said.what == MEND.what and said.choice != "stop":
            check_mended(await self._entry(run.flow), run.flow.inputs, said.fields, run.flow.parts)
        if said.choice != STOP and (fields := await self._asked(run)):
            check_asked(await self._entry(run.flow), fields, run.flow.inputs, said.fields)
        run.said_c3.update(c3)
        run.code = code
        run.answer.set_result(said)

    async def _entry(self, flow: Flow) -> Entry:
        return await self._packs.entry(flow.policy, flow.business)

    async def asking(self, flow_id: str) -> tuple[Field, ...]:
        """Return what a flow's question wants to know. Raises `Refused` ``flow.unknown``, ``flow.not_asking``."""
        fields = await self._asked(self._find(flow_id))
        if not fields:
            raise Refused("flow.not_asking", f"flow {flow_id} asks for no form now; see what it asks")
        return fields

    async def beginning(self, business: str) -> tuple[Field, ...]:
        """Return what is asked before a flow begins. Raises `Refused` ``policy.none``, ``business.unknown``."""
        return begin_fields(await self._packs.rules(self._packs.current.policy.version, business))

    async def _asked(self, run: Run) -> tuple[Field, ...]:
        flow = run.flow
        return asked_fields(flow, await self._packs.rules(flow.policy, flow.business))

    def reading(self, flow_id: str) -> Flow:
        """Return an open flow, for its document to be read. Raises `Refused` ``kit.locked``, ``flow.unknown``."""
        if flow_id not in self._gate.standing.finishing:
            self._gate.check(f"read the document of flow {flow_id}")
        return self._find(flow_id).flow

    def confirming(self, flow_id: str) -> Flow:
        """Return a flow that asks for the customer's last word. Raises `Refused` ``flow.unknown``, ``flow.not_asking``."""
        flow = self.reading(flow_id)
        if not isinstance(flow.pending, do.AskPerson) or flow.pending.what != "confirm":
            raise Refused("flow.not_asking", f"flow {flow_id} does not ask for the last word now; see what it asks")
        return flow

    def cancel(self, flow_id: str, by: str) -> None:
        """Ask a flow to stop at its next safe point. Raises `Refused` ``kit.*``, ``flow.unknown``, ``flow.too_late``."""
        self._gate.check(f"cancel flow {flow_id}")
        run = self._find(flow_id)
        if run.flow.phase not in MAY_CANCEL or run.confirmed:
            where = "confirmed by the customer" if run.confirmed else f"in {run.flow.phase.value}"
            raise Refused("flow.too_late", f"flow {flow_id} is {where}; it can no longer be cancelled")
        run.cancel_by = by
        run.cancel.set()

    def resume(self, flow_id: str) -> None:
        """Let a halted flow go on: what may have happened is looked up first. Raises `Refused` ``kit.*``, ``flow.not_halted``."""
        self._gate.check(f"resume flow {flow_id}")
        run = self._find(flow_id)
        if not run.halted:
            raise Refused("flow.not_halted", f"flow {flow_id} is not halted; it goes on by itself")
        self._resume(run)

    async def close_case(self, case_id: str, *, by: str, found: CardState | None) -> None:
        """Close a case; where its card was found is booked in the same transaction.

        Raises: `Refused` ``case.unknown``, ``case.no_card``; `StoreUnavailable`.
        """
        self._gate.check(f"close case {case_id}")
        at = self._clock.iso()
        lines = []
        if found is not None:
            steps = await self._store.steps(case_id)
            card = msgspec.json.decode(steps[-1].flow, type=Flow).card if steps else None
            if card is None:
                raise Refused("case.no_card", f"case {case_id} has no card to be found; close it without")
            reason = f"found by {by}"
            lines = [LedgerRow(card.batch, card.voucher, card.card_no, found, card.read, reason, case_id, at)]
        events = await self._store.close_case(case_id, by=by, at=at, lines=lines, ledger_message=self._post.ledger)
        if events is None:
            raise Refused("case.unknown", f"no open case {case_id}; list them with `padkit-agent case list`")
        self._packs.states.update({event.voucher: event.state for event in events})
        self._post.wake()

    async def views(self, *, open_only: bool) -> tuple[FlowView, ...]:
        """Return the flows, oldest first."""
        steps = await self._store.heads(open_only=open_only)
        flows = [msgspec.json.decode(step.flow, type=Flow) for step in steps]
        return tuple(view(flow, self._runs.get(flow.id)) for flow in flows)

    def halted(self) -> dict[str, str]:
        """Return why each flow that stands still does."""
        return {run.flow.id: run.halted for run in self._runs.values() if run.halted}

    def frame(self, flow_id: str) -> bytes:
        """Return what the camera gave last for the picture that is being taken; nothing when none is.

        Raises `Refused` ``flow.unknown``.
        """
        return self._find(flow_id).frame.data

    def _find(self, flow_id: str) -> Run:
        try:
            return self._runs[flow_id]
        except KeyError:
            raise Refused("flow.unknown", f"no open flow {flow_id}; list them with `padkit-agent flow list`") from None

    def _drive_soon(self, run: Run) -> None:
        assert self._group is not None
        self._runs[run.flow.id] = run
        run.obey(self._gate.stops_flow(box=run.uses_box))
        self._group.create_task(self._drive(run))

    def _obey(self) -> None:
        """The gate changed: flows stop where it is safe, or need not any more. What halted is taken up, for it must end, too."""
        for run in tuple(self._runs.values()):
            run.obey(self._gate.stops_flow(box=run.uses_box))
            if run.halted and run.locked_by:
                self._resume(run)

    def _resume(self, run: Run) -> None:
        assert self._group is not None
        run.halted = ""
        self._group.create_task(self._wake(run))

    async def _take_up(self, run: Run) -> None:
        """Go on with a flow of before the agent started; what is in force now holds for it."""
        try:
            rules = await self._packs.rules(run.flow.policy, run.flow.business)
            run.uses_box = rules.plan.card is WhichCard.STOCK
        except (StoreUnavailable, Refused) as exc:
            self._halt(run, f"{type(exc).__name__}: {exc}")
            return
        run.obey(self._gate.stops_flow(box=run.uses_box))
        await self._wake(run)

    async def _wake(self, run: Run) -> None:
        self._log.info("flow.woke", flow=run.flow.id, phase=run.flow.phase.value)
        woke = ev.Woke(self._clock.now_s())
        if not await self._take(run, woke):
            return
        if self._shall_stop(run, woke) and not await self._take(run, run.wish):
            return
        await self._drive(run)

    async def _drive(self, run: Run) -> None:
        try:
            while run.action is not None:
                self._say(run, "asked" if isinstance(run.action, do.AskPerson) else "doing")
                begun = self._clock.mono_s()
                event = await self._perform(run, run.action)
                if event is None:
                    return
                if not await self._take(run, event, seconds=self._clock.mono_s() - begun):
                    return
                if self._shall_stop(run, event) and not await self._take(run, run.wish):
                    return
                if run.flow.phase in BOX_FREE or run.flow.ended:
                    await run.let_go()
            self._say(run, "ended")
            del self._runs[run.flow.id]
            self.on_end()
        finally:
            await run.let_go()

    @staticmethod
    def _shall_stop(run: Run, event: ev.AnyEvent) -> bool:
        return run.cancel.is_set() and may_cancel(run.flow) and not isinstance(event, ev.CancelAsked | ev.LockAsked)

    async def _perform(self, run: Run, action: do.AnyAction) -> ev.AnyEvent | None:
        """Carry out an action; None when the flow halts."""
        try:
            rules = await self._packs.rules(run.flow.policy, run.flow.business)
            work = self._performer.perform(
                run,
                action,
                core_timeout_s=rules.number("core_timeout_seconds", CORE_TIMEOUT_S),
                tell=lambda hint: self._say(run, "hint", note=hint),
            )
            if not isinstance(action, INTERRUPTIBLE) or not may_cancel(run.flow):
                return await work
            return await unless_cancelled(work, run)
        except (StoreUnavailable, Refused) as exc:
            self._halt(run, f"{type(exc).__name__}: {exc}")
        except Exception as exc:  # noqa: BLE001 - a bug in one flow takes neither the others nor the agent down
            self._break(run, exc)
        return None

    async def _take(self, run: Run, event: ev.AnyEvent, *, seconds: float = 0.0) -> bool:
        """Decide on an event and write the step; False when the flow halts."""
        try:
            rules = await self._packs.rules(run.flow.policy, run.flow.business)
            if isinstance(event, ev.BoxSeen):
                rules = msgspec.structs.replace(rules, stopped=self._other_card(run) or await self._stopped())
            if isinstance(event, ev.FaceChecked) and event.signs:
                self._log.warning("face.spoof", flow=run.flow.id, signs=", ".join(event.signs))
            decision = decide(run.flow, event, rules)
            self._say(run, "done", event, seconds)
            await self._write(run, decision, event)
        except (StoreUnavailable, Refused) as exc:
            return self._halt(run, f"{type(exc).__name__}: {exc}")
        except FlowRefused as exc:
            return self._halt(run, f"rules: {exc}")
        except Exception as exc:  # noqa: BLE001 - as above
            return self._break(run, exc)
        return True

    def _break(self, run: Run, exc: Exception) -> bool:
        """Halt for what nobody foresaw; only its type is told, its text may hold what must not be seen."""
        self._log.error("flow.broken", flow=run.flow.id, error=type(exc).__name__, place=place_of(exc))
        return self._halt(run, f"bug: {type(exc).__name__}; the agent's log says where")

    def _halt(self, run: Run, why: str) -> bool:
        run.halted = why
        self._log.error("flow.halted", flow=run.flow.id, phase=run.flow.phase.value, why=why)
        self._say(run, "halted", note=why)
        if run.locked_by and self._group is not None:
            self._group.create_task(self._again(run))
        return False

    async def _again(self, run: Run) -> None:
        """A lock waits for this flow: nobody can resume it by hand, so it is tried again."""
        await self._clock.sleep(HALTED_AGAIN_S)
        if run.halted and run.locked_by:
            self._resume(run)

    async def _write(self, run: Run, decision: Decision, event: ev.AnyEvent) -> None:
        flow, action = decision.flow, decision.action
        rules = await self._packs.rules(flow.policy, flow.business)
        row = JournalRow(
            flow_id=flow.id,
            business=flow.business,
            at=rules.at,
            phase=flow.phase.value,
            action=tag(action),
            event=msgspec.json.encode(event),
            flow=msgspec.json.encode(flow),
            ended=flow.ended,
        )
        messages = self._post.for_decision(run, decision, rules)
        try:
            stored = await self._store.step(
                row,
                lines=_lines(decision, rules),
                messages=messages,
                ledger_message=self._post.ledger,
                case=CaseRow(flow.id, flow.id, decision.case or flow.note, rules.at, decision.stop_box)
                if flow.phase is Phase.CASE_OPEN
                else None,
            )
        except Exception:
            self._post.forget(messages)
            raise
        self._packs.states.update({line.voucher: line.state for line in stored.ledger})
        run.go_on(flow, action)
        if messages or stored.ledger:
            self._post.wake()

    def _say(self, run: Run, kind: str, event: ev.AnyEvent | None = None, seconds: float = 0.0, note: str = "") -> None:
        self._feed.say(line(run, kind, self._clock.iso(), event, seconds, note))


async def _nothing() -> None:
    """Nothing is measured."""


def _nobody() -> None:
    """Nobody listens."""


def _lines(decision: Decision, rules: Rules) -> list[LedgerRow]:
    return [
        LedgerRow(it.batch, it.voucher, it.card_no, it.state, it.read, it.reason, decision.flow.id, rules.at)
        for it in decision.ledger
    ]
