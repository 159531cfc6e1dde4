"""Taking envelopes in: size and claim looked at, on disk, and only then worked on. A repeat gets the stored reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container
from dataclasses import dataclass

import msgspec

from padkit_central.business.desk import REFUSED, Answered, Busy, Desk, End, Rejected
from padkit_central.business.opening import MAX_C3
from padkit_central.observe import Log
from padkit_central.store import Arrival, Store, StoreFailed
from padkit_contract.claim import claimed_context
from padkit_contract.context import Context
from padkit_contract.crypto import sm3
from padkit_contract.envelope import MAX_ENVELOPE
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.messages import Posted

SUPERSEDED = "key.superseded"
MAX_POSTED = MAX_ENVELOPE + MAX_C3 + 64


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is at the other end of the TLS connection, by its certificate."""

    entity: str
    kit: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """On disk and not answered yet; the same envelope asks again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a kit waits for its reply, and how much may be in hand at once."""

    answer_wait_s: float
    max_waiting: int
    max_waiting_bytes: int


class Intake:
    """The first station of every envelope."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        *,
        entities: Container[str],
        limits: Limits,
        ids: Callable[[], str],
        at: Callable[[], str],
        log: Log,
        ours: Callable[[Context], bool] = lambda context: True,
    ) -> None:
        self._store = store
        self._desk = desk
        self._entities = entities
        self._limits = limits
        self._ids = ids
        self._at = at
        self._log = log
        self._ours = ours

    async def take(self, caller: Caller, body: bytes) -> End | Receipt:
        """Take one POST in. When this returns anything but Busy, the envelope is on disk, in intake or quarantine."""
        if self._full(len(body)):
            return Busy()
        try:
            return await self._take(caller, body)
        except StoreFailed as exc:
            self._log.error("store.failed", kit=caller.kit, why=str(exc))
            return Busy()

    async def refuse(self, caller: Caller, reason: str, body: bytes) -> Rejected:
        """Keep what cannot be an envelope for somebody to look at. Raises `StoreFailed`."""
        return await self._quarantine(caller, reason, self._arrival(caller, body, None))

    async def _quarantine(self, caller: Caller, reason: str, arrival: Arrival) -> Rejected:
        self._log.warning("envelope.refused", entity=caller.entity, kit=caller.kit, why=reason)
        await self._store.quarantine(arrival, sm3(arrival.body).hex(), reason.partition(":")[0])
        return Rejected(REFUSED)

    async def _take(self, caller: Caller, body: bytes) -> End | Receipt:
        if caller.entity not in self._entities:
            return await self.refuse(caller, f"entity.unknown: {caller.entity}", b"")
        try:
            posted = msgspec.msgpack.decode(body, type=Posted)
            if len(posted.envelope) > MAX_ENVELOPE or len(posted.c3) > MAX_C3:
                raise EnvelopeRefused("envelope.size", f"{len(posted.envelope)} and {len(posted.c3)} bytes")
            context = claimed_context(posted.envelope)
        except (msgspec.MsgspecError, RecursionError) as exc:
            return await self.refuse(caller, f"posted.form: {exc}", b"")
        except EnvelopeRefused as exc:
            return await self.refuse(caller, str(exc), posted.envelope)
        if not self._ours(context):  # no secret: the kit fetches the newest certificate and seals again
            self._log.info(SUPERSEDED, entity=caller.entity, kit=caller.kit, envelope=context.envelope)
            return Rejected(SUPERSEDED)
        return await self._admit(caller, self._arrival(caller, posted.envelope, context), posted.c3)

    async def _admit(self, caller: Caller, arrival: Arrival, c3: bytes) -> End | Receipt:
        """Two looks: an envelope without a reply that is in nobody's hand may have been answered in between."""
        for _ in range(2):
            known = await self._store.admit(arrival)
            if known is None:
                return await self._wait(self._desk.hand_in(arrival, c3))
            if (known.business, known.sequence) != (arrival.business, arrival.sequence):
                reason = "envelope.reused: this id was another business or had another place in the chain"
                await self._desk.reused(arrival, known.sequence)
                return await self._quarantine(caller, reason, arrival)
            if known.reply:
                return Answered(known.reply)
            end = self._desk.end_of(known.id)
            if end is not None:
                return await self._wait(end)
        return Receipt()

    async def _wait(self, end: asyncio.Future[End]) -> End | Receipt:
        if not end.done() and self._limits.answer_wait_s:
            await asyncio.wait([end], timeout=self._limits.answer_wait_s)
        return end.result() if end.done() else Receipt()

    def _arrival(self, caller: Caller, body: bytes, context: Context | None) -> Arrival:
        claims = (context.envelope, context.business, context.sequence) if context else ("", "", 0)
        return Arrival(self._ids(), caller.entity, caller.kit, *claims, self._at(), body)

    def _full(self, size: int) -> bool:
        limits = self._limits
        return self._desk.waiting >= limits.max_waiting or self._desk.waiting_bytes + size > limits.max_waiting_bytes
