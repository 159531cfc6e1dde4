"""Carry out one action of a flow and say what happened. No decision is taken here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.clock import Clock
from padkit_agent.core.flow import BOX, NEEDED
from padkit_agent.core.variant import CANNOT
from padkit_agent.devices import Devices
from padkit_agent.flows.authhand import await_decision
from padkit_agent.flows.boxhand import BoxHand
from padkit_agent.flows.cardhand import read_card
from padkit_agent.flows.checkhand import run_checks
from padkit_agent.flows.documenthand import read_document
from padkit_agent.flows.facehand import check_face
from padkit_agent.flows.keeping import Caught, keep
from padkit_agent.flows.papers import Papers
from padkit_agent.flows.phonehand import with_phone
from padkit_agent.flows.pinhand import enter_pin
from padkit_agent.flows.readerhand import read_identity
from padkit_agent.flows.run import Run
from padkit_agent.flows.sealhand import seal_document
from padkit_agent.flows.showing import Shower
from padkit_agent.flows.signhand import sign_document
from padkit_agent.store import Files
from padkit_agent.uplink import Courier
from padkit_contract.messages import CARD_RESERVE, INQUIRY, Reply, Request
from padkit_contract.trust import Trust
from padkit_sdk.errors import LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import DocumentSide

BOX_READY_S = 3.0
BOX_LEASE_S = 24 * 3600.0  # from the last act on; ends with the flow's task, the time is only the last resort
AGAIN_S = 0.5
CORE_TIMEOUT_S = 15.0  # catalogue parameter core_timeout_seconds
ASK_S = 10.0
EXPIRY = "card_expiry"  # of the catalogue


class Performer:
    """Knows how each action is done with this kit's devices, people and uplink."""

    def __init__(
        self,
        devices: Devices,
        courier: Courier,
        shower: Shower,
        trust: Callable[[], Trust],
        files: Files,
        clock: Clock,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._devices = devices
        self._files = files
        self._courier = courier
        self._shower = shower
        self._trust = trust
        self._clock = clock
        self._random_bytes = random_bytes
        self.papers = Papers(files, clock)

    async def check_box(self) -> None:
        """Refuse a box that is there and cannot do what opening a card needs. Raises `Refused` ``box.cannot``.

        One that is away, or held by a flow, is looked at before a card moves.
        """
        try:
            async with self._devices.lease(BOX, owner="desk", purpose="what it can do", ttl_s=ASK_S) as box:
                why = await BoxHand(box, self._clock, self._random_bytes).unfit()
        except (LinkLost, OutcomeUnknown, Refused):
            return
        if why:
            raise Refused(CANNOT, f"{BOX}: {why}")

    def able(self) -> tuple[str, ...]:
        """What this kit has the devices for, by the devices of its profile, whether they are ready now or not."""
        devices = {it.device for it in self._devices.list()}
        return tuple(what for what, needed in NEEDED.items() if needed <= devices)

    async def perform(
        self, run: Run, action: do.AnyAction, *, core_timeout_s: float, tell: Callable[[str], None]
    ) -> ev.AnyEvent:
        """Do it; every failure comes back as an event. `tell` is given hints for the person meanwhile.

        What was seen is on disk when the event comes. Raises `Refused` ``file.*``, `StoreUnavailable`.
        """
        caught: list[Caught] = []
        event = await self._perform(run, action, core_timeout_s, tell, caught)
        await keep(self._files, run.flow.id, caught, self._clock)
        return event

    async def _perform(
        self,
        run: Run,
        action: do.AnyAction,
        core_timeout_s: float,
        tell: Callable[[str], None],
        caught: list[Caught],
    ) -> ev.AnyEvent:
        match action:
            case do.Waive(step=step):
                return ev.Waived(step)
            case do.ReadIdentity():
                event, run.portrait = await read_identity(self._devices, run.flow.id, self._clock, caught)
                return event
            case do.ReadDocument(side=side):
                return await read_document(self._devices, run, DocumentSide(side), self._clock, tell, caught)
            case do.CheckFace():
                return await check_face(self._devices, run, self._clock, tell, caught)
            case do.ReadCard() | do.EnterPin() | do.SetDocument() | do.SignDocument():
                return await self._with_customer(run, action, tell)
            case do.WaitDevice(device=device, timeout_s=timeout_s):
                return await self._wait_device(run, device, timeout_s)
            case do.AskPerson():
                return await run.answer
            case (
                do.RunChecks()
                | do.SendCode()
                | do.JudgeCode()
                | do.Authorise()
                | do.AwaitAuthoriser()
                | do.SealDocument()
            ):
                return await self._with_centre(run, action, tell)
            case do.Pause(seconds=seconds):
                await self._clock.sleep(seconds)
                return ev.Paused()
            case do.LookAtBox() | do.StageCard() | do.MoveCard() | do.ReadChip() | do.AwaitTaken():
                return await self._with_box(run, action)
            case _:
                return await self._with_central(run, action, core_timeout_s)

    async def _with_centre(self, run: Run, action: do.AnyAction, tell: Callable[[str], None]) -> ev.AnyEvent:
        match action:
            case do.RunChecks():
                return await run_checks(self._courier, run.flow, action, self._clock, tell)
            case do.SendCode() | do.JudgeCode():
                return await with_phone(self._courier, run, action)
            case do.SealDocument():
                return await seal_document(
                    self._courier, self.papers, self._trust(), run.flow, action, self._clock, tell
                )
            case do.Authorise() | do.AwaitAuthoriser():
                return await self._await_decision(run, action, tell)
            case _:
                raise AssertionError(action)

    async def _await_decision(
        self, run: Run, action: do.Authorise | do.AwaitAuthoriser, tell: Callable[[str], None]
    ) -> ev.AnyEvent:
        """Wait for people at the centre, who are shown the case meanwhile."""
        showing = asyncio.ensure_future(self._shower.show(run, action.round))
        try:
            return await await_decision(self._courier, run, action, self._clock, tell)
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)

    async def _with_customer(self, run: Run, action: do.AnyAction, tell: Callable[[str], None]) -> ev.AnyEvent:
        match action:
            case do.ReadCard():
                event, expiry = await read_card(self._devices, run.flow.id, self._clock, self._random_bytes)
                run.chip_c3 = {EXPIRY: expiry} if expiry else {}
                return event
            case do.EnterPin(field=field):
                event, block = await enter_pin(self._devices, run.flow, action, tell)
                run.said_c3 |= {field: block} if block else {}
                return event
            case do.SignDocument():
                return await sign_document(self._devices, self.papers, run.flow, action, tell)
            case _:
                return await self.papers.set(run.flow)

    async def _wait_device(self, run: Run, device: str, timeout_s: float) -> ev.AnyEvent:
        deadline = self._clock.mono_s() + timeout_s
        while True:
            try:
                await self._devices.wait_ready(device, max(0.0, deadline - self._clock.mono_s()))
                if device == BOX:
                    await self._lease_box(run)
                else:
                    async with self._devices.lease(device, owner=run.flow.id, purpose="is it free", ttl_s=AGAIN_S):
                        pass
                return ev.DeviceBack(device)
            except Refused as exc:
                if exc.reason != "lease.held" or self._clock.mono_s() >= deadline:
                    return ev.DeviceAway(device, str(exc))
            except LinkLost as exc:
                return ev.DeviceAway(device, str(exc))
            await self._clock.sleep(AGAIN_S)

    async def _lease_box(self, run: Run) -> None:
        """Hold the box for this flow; a lease whose time is over is taken anew. Raises `Refused` ``lease.held``."""
        if run.box is not None:
            try:
                run.box.renew(BOX_LEASE_S)
            except Refused:
                await run.let_go()
        if run.box is None:
            lease = self._devices.lease(BOX, owner=run.flow.id, purpose=run.flow.business, ttl_s=BOX_LEASE_S)
            run.box = await run.stack.enter_async_context(lease)

    async def _with_box(self, run: Run, action: do.AnyAction) -> ev.AnyEvent:
        try:
            await self._lease_box(run)
            if isinstance(action, do.LookAtBox):
                await self._devices.wait_ready(BOX, BOX_READY_S)
        except (LinkLost, Refused) as exc:
            return ev.DeviceAway(BOX, str(exc))
        assert run.box is not None
        hand = BoxHand(run.box, self._clock, self._random_bytes)
        match action:
            case do.LookAtBox():
                return await hand.look(run.flow, action)
            case do.StageCard():
                return await hand.stage()
            case do.MoveCard():
                return await hand.move(action)
            case do.AwaitTaken():
                return await hand.await_taken(run.flow, action)
            case _:
                event, card = await hand.read_chip()
                if card is not None:
                    run.chip_c3[EXPIRY] = card.expiry.text
                return event

    async def _with_central(self, run: Run, action: do.AnyAction, core_timeout_s: float) -> ev.AnyEvent:
        match action:
            case do.Submit() | do.Reverse():
                reply = await self._courier.reply(run.envelope, timeout_s=core_timeout_s)
                if reply is None:
                    await self._courier.hold(run.envelope)
            case do.Upload():
                reply = await self._courier.reply(run.envelope, timeout_s=None)
            case do.Reserve(voucher=voucher):
                assert run.flow.card is not None
                batch = run.flow.card.batch
                card = {"voucher_batch": batch, "voucher_serial": voucher, "card_no": run.flow.card.card_no}
                reply = await self._ask(run, CARD_RESERVE, run.flow.serial, max(run.flow.attempt, 1), card)
            case do.Inquire(serial=serial, attempt=attempt, fence=fence):
                question: dict[str, Any] = {"orig_channel_serial": serial, "fence": fence}
                reply = await self._ask(run, INQUIRY, serial, attempt, question)
            case _:
                raise AssertionError(action)
        if reply is None:
            return ev.Silent("no answer in time")
        return ev.Answered(reply.outcome, reply.code, reply.message, reply.final, reply.fields)

    async def _ask(self, run: Run, business: str, serial: str, attempt: int, fields: dict[str, Any]) -> Reply | None:
        request = Request(serial, attempt, self._clock.iso(), fields)
        return await self._courier.ask(business, request, timeout_s=ASK_S)
