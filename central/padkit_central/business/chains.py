"""Keeping the kits' chains: each opened record is booked, durably, before anybody acts on it; what does not fit is an alarm."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from padkit_central.business.ask import Ask
from padkit_central.business.chain import fits, link_in, outside
from padkit_central.observe import Log
from padkit_central.store import Store
from padkit_central.store.chain_records import Alarm, Gap, How, Link
from padkit_contract.catalogue import is_function
from padkit_contract.contact import HELD, LOST_C3, ChainVoid
from padkit_contract.context import MAX_SEQUENCE, Context
from padkit_contract.errors import Invalid
from padkit_contract.messages import REVERSAL, Outcome, Reply, decode

DAMAGED = "outbox.damaged"  # the kit's word for a row that was changed on its disk
# The core's word settles these: what was lost or held back is inquired.
INQUIRED = frozenset({LOST_C3, HELD})
LINK = re.compile(r"[0-9a-f]{64}")
MAX_ENVELOPE_ID = 36


class Chains:
    """Books what comes, and names what is wrong."""

    def __init__(self, store: Store, log: Log, *, gap_hours: float) -> None:
        self._store = store
        self._log = log
        self._gap = timedelta(hours=gap_hours)

    async def admit(self, context: Context, payload: bytes) -> Alarm | None:
        """Book an opened envelope in its kit's chain. The alarm, when it does not fit, is durable, too."""
        if context.sequence:
            link = link_in(context, payload)
            alarm = await self._store.chains.book(context.entity, context.kit, link, fits)
            self._tell(context.entity, context.kit, alarm)
            return alarm
        alarm = outside(context)
        if alarm is not None:
            await self._sound(context.entity, context.kit, alarm)
        return alarm

    async def reused(self, context: Context, before: int) -> None:
        """Say that an envelope that stood at place `before` came again for another one."""
        what = f"the same envelope stands at place {before} already"
        await self._sound(
            context.entity, context.kit, Alarm("chain.reordered", context.sequence, context.envelope, what)
        )

    async def void(self, ask: Ask) -> Reply:
        """Answer `CHAIN_VOID`: the place is booked, so that it is no hole. What is inquired is nothing to look at."""
        told = decode(ask.payload, ChainVoid)
        if not 0 < told.seq <= MAX_SEQUENCE or not all(LINK.fullmatch(it) for it in (told.previous, told.link)):
            raise Invalid("message.form", "ChainVoid: a place and two links of 64 hex digits are wanted")
        link = Link(told.seq, told.envelope[:MAX_ENVELOPE_ID], told.previous, told.link, How.VOID)
        self._tell(ask.entity, ask.kit, await self._store.chains.book(ask.entity, ask.kit, link, fits))
        function = is_function(told.business) and told.why in INQUIRED
        if not function and (told.why, told.business) != (HELD, REVERSAL):
            code = "chain.damaged" if told.why == DAMAGED else "chain.void"
            what = f"the kit will never send it ({told.business[:64]}): {told.why[:64]}"
            await self._sound(ask.entity, ask.kit, Alarm(code, told.seq, link.envelope, what))
        return Reply(Outcome.OK)

    async def sweep(self, now: datetime) -> None:
        """Open a case for every hole that is older than policy, once."""
        for gap in await self._store.chains.gaps((now - self._gap).isoformat()):
            await self._sound(gap.entity, gap.kit, _lacking(gap))

    async def _sound(self, entity: str, kit: str, alarm: Alarm) -> None:
        await self._store.chains.sound(entity, kit, alarm)
        self._tell(entity, kit, alarm)

    def _tell(self, entity: str, kit: str, alarm: Alarm | None) -> None:
        if alarm is not None:
            self._log.warning(
                alarm.code, entity=entity, kit=kit, seq=alarm.seq, envelope=alarm.envelope, why=str(alarm)
            )


def _lacking(gap: Gap) -> Alarm:
    numbers = f"{gap.first}" if gap.first == gap.last else f"{gap.first} to {gap.last}"
    return Alarm("chain.gap", gap.first, "", f"{numbers} never came; known since {gap.since}")
