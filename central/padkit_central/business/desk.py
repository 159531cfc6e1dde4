"""Where envelopes are worked on: each once, each on its own; what goes wrong with one is set aside and holds up no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from padkit_central.business.ask import Ask, Handlers
from padkit_central.business.chains import Chains
from padkit_central.business.opening import MISMATCH, Opener
from padkit_central.business.ports import Compute
from padkit_central.observe import Log
from padkit_central.store import Arrival, Store, StoreFailed
from padkit_central.store.chain_records import Alarm
from padkit_contract.catalogue import is_function
from padkit_contract.context import Context
from padkit_contract.crypto import sm3
from padkit_contract.errors import EnvelopeRefused, Invalid, KeySilent
from padkit_contract.messages import INQUIRY, REVERSAL, Outcome, Reply

REFUSED = "envelope.refused"  # the one face of everything that is wrong with an envelope
TO_CORE = frozenset({REVERSAL, INQUIRY})  # besides every function
PAGE = 100
AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Answered:
    """The sealed reply."""

    envelope: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rejected:
    """The envelope is not believed; `code` is all that the outside learns."""

    code: str


@dataclass(frozen=True, slots=True)
class Busy:
    """Nothing was lost and nothing decided; the kit comes again."""


End = Answered | Rejected | Busy


@dataclass(slots=True, eq=False)
class Item:
    """One envelope in hand. `c3` is None when it waited on disk and its C3 part is gone."""

    arrival: Arrival
    c3: bytes | None = field(repr=False)
    end: asyncio.Future[End]


class Desk:
    """Takes envelopes from intake to sealed reply. `run` is awaited by the app and owns the workers."""

    def __init__(
        self,
        store: Store,
        opener: Opener,
        chains: Chains,
        handlers: Handlers,
        *,
        now: Callable[[], datetime],
        compute: Compute,
        pause: Callable[[float], Awaitable[None]],
        log: Log,
    ) -> None:
        self._store = store
        self._opener = opener
        self._chains = chains
        self._handlers = handlers
        self._now = now
        self._compute = compute
        self._pause = pause
        self._log = log
        self._queue: asyncio.Queue[Item] = asyncio.Queue()
        self._in_hand: dict[str, Item] = {}
        self.waiting_bytes = 0

    @property
    def waiting(self) -> int:
        """How many envelopes are in hand."""
        return len(self._in_hand)

    def hand_in(self, arrival: Arrival, c3: bytes | None) -> asyncio.Future[End]:
        """Take on a durable envelope; the future tells how it ended. It is never cancelled from here."""
        item = Item(arrival, c3, asyncio.get_running_loop().create_future())
        self._in_hand[arrival.id] = item
        self.waiting_bytes += len(arrival.body)
        self._queue.put_nowait(item)
        return item.end

    def end_of(self, intake_id: str) -> asyncio.Future[End] | None:
        """Return the future of an envelope in hand."""
        item = self._in_hand.get(intake_id)
        return item.end if item else None

    async def take_up(self) -> None:
        """Hand in what waits on disk from before the start, the oldest first."""
        after = ""
        while page := await self._store.waiting(after, PAGE):
            for arrival in page:
                if arrival.id not in self._in_hand:
                    self.hand_in(arrival, None)
            after = page[-1].id

    async def idle(self) -> None:
        """Wait until nothing is in hand."""
        while self._in_hand:
            await asyncio.wait([item.end for item in self._in_hand.values()])

    async def run(self, workers: int) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            item = await self._queue.get()
            try:
                end = await self._finish(item)
            except (StoreFailed, KeySilent) as exc:
                await self._put_back(item, exc)
                continue
            del self._in_hand[item.arrival.id]
            self.waiting_bytes -= len(item.arrival.body)
            _tell(item.end, end)

    async def _put_back(self, item: Item, failure: StoreFailed | KeySilent) -> None:
        """Nothing could be written or opened: tell who waits, and do it again later. The C3 part is still here."""
        event = "key.silent" if isinstance(failure, KeySilent) else "store.failed"
        self._log.error(event, envelope=item.arrival.envelope, why=str(failure))
        told, item.end = item.end, asyncio.get_running_loop().create_future()
        _tell(told, Busy())
        await self._pause(AGAIN_S)
        self._queue.put_nowait(item)

    async def _finish(self, item: Item) -> End:
        arrival, c3 = item.arrival, item.c3
        try:
            ask, context = await self._compute(lambda: self._opener.open(arrival, c3))
            alarm = await self._chains.admit(context, ask.payload)
            return await self._handle(ask, context) if alarm is None else await self._unfit(ask, context, alarm)
        except EnvelopeRefused as exc:
            return await self._refuse(arrival, exc)
        except (StoreFailed, KeySilent):
            raise
        except Exception as exc:  # noqa: BLE001  (a worker outlives whatever it works on)
            self._log.error("desk.failed", envelope=arrival.envelope, why=repr(exc), exc_info=exc)
            return await self._refuse(arrival, EnvelopeRefused("central.failed", repr(exc)))

    async def _handle(self, ask: Ask, context: Context) -> Answered:
        try:
            reply = await self._answer(ask)
        except (StoreFailed, KeySilent):
            raise
        except Exception as exc:  # noqa: BLE001  (a poison item is set aside and does not hold up the others)
            return await self._set_aside(ask, context, exc)
        sealed = await self._seal(context, reply)
        await self._store.answer(ask.intake_id, sealed)
        self._log.info("envelope.answered", **_named(ask), outcome=reply.outcome.value, code=reply.code)
        return Answered(sealed)

    async def _answer(self, ask: Ask) -> Reply:
        try:
            return await self._handlers[ask.business](ask)
        except Invalid as exc:
            self._log.warning("request.invalid", **_named(ask), why=str(exc))
            return Reply(Outcome.INVALID, exc.reason, str(exc))

    async def _refuse(self, arrival: Arrival, refusal: EnvelopeRefused) -> Rejected:
        self._log.warning(
            "envelope.refused", entity=arrival.entity, kit=arrival.kit, envelope=arrival.envelope, why=str(refusal)
        )
        await self._store.quarantine(arrival, sm3(arrival.body).hex(), refusal.reason)
        return Rejected(MISMATCH if refusal.reason == MISMATCH else REFUSED)

    async def _set_aside(self, ask: Ask, context: Context, failure: Exception) -> Answered:
        """Answer for an envelope that broke its handler: what the core did nobody knows then, so the kit inquires (again)."""
        self._log.error("envelope.set_aside", **_named(ask), why=repr(failure), exc_info=failure)
        outcome = Outcome.UNKNOWN if ask.business in TO_CORE or is_function(ask.business) else Outcome.REFUSED
        sealed = await self._seal(context, Reply(outcome, "central.failed", "set aside for a person to look at"))
        await self._store.set_aside(ask.intake_id, type(failure).__name__, sealed)
        return Answered(sealed)

    async def _unfit(self, ask: Ask, context: Context, alarm: Alarm) -> Answered:
        """Answer for a record that does not fit into its kit's chain: nothing was done with it."""
        sealed = await self._seal(context, Reply(Outcome.INVALID, alarm.code, str(alarm)))
        await self._store.set_aside(ask.intake_id, alarm.code, sealed)
        return Answered(sealed)

    async def reused(self, arrival: Arrival, before: int) -> None:
        """Look at an envelope whose id stood at place `before`: a proved one is named, whatever else becomes of it."""
        try:
            _, context = await self._compute(lambda: self._opener.open(arrival, None))
        except (EnvelopeRefused, KeySilent):
            return
        await self._chains.reused(context, before)

    async def _seal(self, context: Context, reply: Reply) -> bytes:
        now = self._now()
        return await self._compute(lambda: self._opener.seal(context, reply, now))


def _named(ask: Ask) -> dict[str, str]:
    return {"entity": ask.entity, "kit": ask.kit, "envelope": ask.envelope, "business": ask.business}


def _tell(waiting: asyncio.Future[End], end: End) -> None:
    if not waiting.done():
        waiting.set_result(end)
