"""Carries the outbox to central: most urgent first, each row until it is answered, none lost, none sent without its C3 part.

A row is sealed anew at every send, always under its own envelope id, so that central does a thing once however often it
hears of it. Questions (`ask`) are not durable: silence is an answer a flow knows how to take.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec

from padkit_agent.core.clock import Clock
from padkit_agent.core.queue import Why
from padkit_agent.observe import Log, place_of
from padkit_agent.store import KitStore, StoreUnavailable
from padkit_agent.store.rows import Due, OutboxRow
from padkit_agent.uplink.rejected import SHUT_OUT, check_about_the_row
from padkit_agent.uplink.sealer import Sealer
from padkit_agent.uplink.trouble import Stuck, Troubles, of_contract, why_of
from padkit_agent.uplink.wire import Receipt, Rejected, Wire
from padkit_contract.contact import CHAIN_VOID, HELD, LOST_C3, ChainVoid
from padkit_contract.errors import ContractError, KeySilent
from padkit_contract.messages import C3_SUFFIX, Outcome, Posted, Reply, decode, encode
from padkit_sdk.errors import LinkLost

AT_ONCE = 8
MOST_ASIDE = 256  # rows with a trouble of their own that others pass; more of them mean that central fails
BACKOFF_S = (0.2, 30.0)
RECEIPT_PAUSE_S = 0.5
VOID_PRIORITY = 2  # of a message that only explains a hole
SUPERSEDED = "key.superseded"  # sealed for a key that central gave up: nothing was taken, it is sealed again


async def _learn_nothing(certificate: str) -> None:
    """Stay with the key there is."""


def _tell_nobody(business: str) -> None:
    """Nobody listens."""


class Courier:
    """One kit's uplink. `run` is awaited by the app and owns every task of it."""

    def __init__(
        self,
        store: KitStore,
        sealer: Sealer,
        wire: Wire,
        *,
        clock: Clock,
        new_id: Callable[[], str],
        chance: random.Random,
        timeout_s: float,
        log: Log,
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._wire = wire
        self._clock = clock
        self._new_id = new_id
        self._chance = chance
        self._timeout_s = timeout_s
        self._log = log
        self.learn: Callable[[str], Awaitable[None]] = _learn_nothing  # told of central's newest certificate (PEM)
        self.answered: Callable[[str], None] = _tell_nobody  # told of the business of each row that has its end
        self._calm = asyncio.Event()
        self._calm.set()
        self._c3: dict[str, bytes] = {}
        self._held: set[str] = set()
        self._under_way: set[str] = set()
        self._resting: set[str] = set()  # failed a moment ago; a rest takes nobody's place
        self._waiting: dict[str, asyncio.Future[Reply]] = {}
        self._work = asyncio.Event()
        self._failures = 0
        self.troubles = Troubles()  # by envelope
        self.online: bool | None = None
        self.shut_out = ""  # what central last said when it did not let this kit in
        self.back = asyncio.Event()  # set when central is reached again after silence

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._work.set()

    async def calm(self) -> None:
        """Wait until no row is on its way: what can wait goes behind business."""
        await self._calm.wait()

    def join_c3(self, envelope: str, part: bytes) -> None:
        """Keep the C3 part of a row in memory until the row is answered or held. It is never written anywhere."""
        self._c3[envelope] = part

    def forget_c3(self, envelope: str) -> None:
        """Drop the C3 part of a row that was not written after all."""
        self._c3.pop(envelope, None)

    async def hold(self, envelope: str, why: str = HELD) -> None:
        """Stop sending a row whose outcome will be inquired."""
        self._held.add(envelope)
        self._c3.pop(envelope, None)
        await self._store.void(envelope, "held", why, self._void)
        self.wake()

    async def hold_lost_c3(self) -> None:
        """After a start, before `run`: stop sending rows whose C3 part was in memory only."""
        try:
            held = await self._store.hold_lost_c3(self._void)
        except (
            StoreUnavailable
        ) as exc:  # a full disk keeps nobody from starting: such a row is held when its turn comes
            self._log.error("uplink.store", why=str(exc))
            return
        if held:
            self._log.warning("uplink.held", rows=held, why="their C3 part was in memory only")

    async def reply(self, envelope: str, *, timeout_s: float | None) -> Reply | None:
        """Wait for the answer to a row; None when `timeout_s` passed without one."""
        future = self._waiting.setdefault(envelope, asyncio.get_running_loop().create_future())
        self.wake()
        try:
            async with asyncio.timeout(timeout_s):
                known = await self._store.reply_to(envelope)  # it may have come before anybody asked
                return decode(known, Reply) if known is not None else await future
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(envelope, None)

    async def ask(
        self, business: str, body: msgspec.Struct, *, timeout_s: float, sealer: Sealer | None = None
    ) -> Reply | None:
        """Ask central something that needs no record; None when no believable answer came in time.

        `sealer` stands in for the courier's own where another clock is to be believed.
        """
        envelope, sealer = self._new_id(), sealer or self._sealer
        try:
            sealed = sealer.seal(encode(body), business=business, envelope=envelope)
            async with asyncio.timeout(timeout_s):
                while True:
                    answer = self._heard(await self._wire.post(Posted(sealed), timeout_s=timeout_s))
                    if isinstance(answer, Rejected) and answer.code == SUPERSEDED:
                        await self._newer_key()
                        raise LinkLost("sealed for a former key of central; ask again")
                    if not isinstance(answer, Receipt):
                        break
                    await self._clock.sleep(RECEIPT_PAUSE_S)
            return self._open(answer, business, envelope, sealer)
        except (LinkLost, TimeoutError, ContractError) as exc:
            self._log.warning("uplink.silent", business=business, why=str(exc))
            self.online = False
            return None

    async def run(self) -> None:
        """Send what waits, until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._work.clear()
                for row in await self._next():
                    self._under_way.add(row.envelope)
                    self._calm.clear()
                    group.create_task(self._deliver(row))
                await self._work.wait()

    async def _next(self) -> list[Due]:
        """Return the rows to be sent now, as many as there is room for."""
        free = AT_ONCE - len(self._under_way)
        if free <= 0:
            return []
        try:
            rows = await self._store.due(AT_ONCE * 2, but=self._aside())
        except StoreUnavailable as exc:
            self._log.error("uplink.store", why=str(exc))
            await self._clock.sleep(BACKOFF_S[1])
            self.wake()
            return []
        busy = self._under_way | self._resting | self._held
        return [row for row in rows if row.envelope not in busy][:free]

    def _aside(self) -> frozenset[str]:
        """Return the rows that rest with a trouble of their own: they hide no other from being sent."""
        troubles = self.troubles.by_name
        own = (name for name in self._resting if name in troubles and troubles[name].own)
        return frozenset(itertools.islice(own, MOST_ASIDE))

    async def _deliver(self, row: Due) -> None:
        try:
            await self._send(row)
            self._failures = 0
        except LinkLost as exc:
            self._lost(row, exc)
        except StoreUnavailable as exc:  # the answer could not be kept: the row is sent again, central repeats itself
            self._log.error("uplink.store", business=row.business, why=str(exc))
            self.troubles.note(row.envelope, Why.DISK)
            self._resting.add(row.envelope)
        except Exception as exc:  # noqa: BLE001 - one row must not end the road for the others
            self._log.error("uplink.broken", business=row.business, error=type(exc).__name__, place=place_of(exc))
            self.troubles.note(row.envelope, Why.BUG, type(exc).__name__)
            self._resting.add(row.envelope)
        finally:
            self._under_way.discard(row.envelope)
            if not self._under_way:
                self._calm.set()
            self.wake()
        if row.envelope in self._resting:
            await self._clock.sleep(self._pause_s(row.envelope))
            self._resting.discard(row.envelope)
            self.wake()

    def _lost(self, row: Due, exc: LinkLost) -> None:
        why, code = why_of(exc)
        alone = self.troubles.alone(row.envelope)
        trouble = self.troubles.note(row.envelope, why, code)
        if not trouble.own:
            self._failures += 1
        if not (trouble.own and alone):
            self.online = False
        self._log.warning(
            "uplink.lost", business=row.business, failures=max(trouble.tries, self._failures), why=str(exc)
        )
        self._resting.add(row.envelope)

    def _pause_s(self, envelope: str) -> float:
        trouble = self.troubles.by_name.get(envelope)
        if trouble is not None and trouble.own:
            return self.troubles.pause_s(trouble, self._chance)
        low, high = BACKOFF_S
        ceiling = min(high, low * 2 ** min(self._failures, 10))
        return self._chance.uniform(low, max(low, ceiling))

    async def _send(self, row: Due) -> None:
        if row.damage:  # nobody will ever read it: set aside, so that whoever waits for it goes on
            self._log.error("chain.damaged", envelope=row.envelope, seq=row.sequence, why=row.damage)
            await self._give_up(row, Reply(Outcome.UNKNOWN, code="outbox.damaged", message=row.damage))
            return
        c3 = self._c3.get(row.envelope)
        if row.needs_c3 and c3 is None:
            await self.hold(row.envelope, LOST_C3)
            return
        try:
            posted = self._seal(row, c3)
        except KeySilent as exc:
            raise Stuck(Why.KEY, exc.reason, f"{row.business} cannot be signed now: {exc}") from exc
        except ContractError as exc:  # it will never be an envelope: set aside, so that it holds up nothing
            if stuck := of_contract(exc):
                raise stuck from exc
            await self._give_up(row, Reply(Outcome.UNKNOWN, code=exc.reason, message=str(exc)))
            return
        answer = self._heard(await self._wire.post(posted, timeout_s=self._timeout_s))
        if isinstance(answer, Rejected) and answer.code == SUPERSEDED:
            await self._newer_key()
            raise LinkLost("sealed for a former key of central; it is sealed again")
        if isinstance(answer, Rejected):
            check_about_the_row(answer)
        if isinstance(answer, Receipt):
            self._reached()
            if not self.troubles.patient(row.envelope):
                raise Stuck(Why.CENTRAL, "central.receipt", "central has it and does not answer")
            await self._clock.sleep(RECEIPT_PAUSE_S)
            return
        try:
            reply = self._open(answer, row.business, row.envelope, self._sealer)
        except ContractError as exc:
            why = of_contract(exc)
            told = f"reply to {row.business} not believed: {exc}"
            raise Stuck(why.why if why else Why.CENTRAL, exc.reason, told) from exc
        if isinstance(answer, Rejected):
            await self._give_up(row, reply)
            return
        state = "refused" if reply.outcome is Outcome.INVALID else "done"
        await self._store.mark(row.envelope, state, encode(reply))
        self._finish(row, reply, state)

    def _seal(self, row: Due, c3: bytes | None) -> Posted:
        seal = partial(self._sealer.seal, envelope=row.envelope, sequence=row.sequence, previous=row.previous)
        sealed_c3 = b"" if c3 is None else seal(c3, business=row.business + C3_SUFFIX)
        return Posted(seal(row.body, business=row.business), sealed_c3)

    async def _give_up(self, row: Due, reply: Reply) -> None:
        """Set a row aside that central will never take, and tell central that its place in the chain is no hole."""
        if row.business == CHAIN_VOID:  # it would have no end
            await self._store.mark(row.envelope, "refused", encode(reply))
        else:
            await self._store.void(row.envelope, "refused", reply.code, self._void, encode(reply))
        self._finish(row, reply, "refused")

    def _void(self, told: ChainVoid) -> OutboxRow:
        envelope, at = self._new_id(), self._clock.iso()
        return OutboxRow(envelope, CHAIN_VOID, "", VOID_PRIORITY, needs_c3=False, at=at, body=encode(told))

    def _finish(self, row: Due, reply: Reply, state: str) -> None:
        if state == "refused":
            self._log.error("uplink.refused", business=row.business, code=reply.code, why=reply.message)
        self._c3.pop(row.envelope, None)
        self.troubles.over(row.envelope)
        future = self._waiting.get(row.envelope)
        if future is not None and not future.done():
            future.set_result(reply)
        self.answered(row.business)

    async def _newer_key(self) -> None:
        await self.learn(await self._wire.certificate(timeout_s=self._timeout_s))

    def _heard(self, answer: bytes | Receipt | Rejected) -> bytes | Receipt | Rejected:
        self.shut_out = answer.code if isinstance(answer, Rejected) and answer.code in SHUT_OUT else ""
        return answer

    def _reached(self) -> None:
        if self.online is False:
            self.back.set()
        self.online = True
        self.troubles.answered += 1

    def _open(self, answer: bytes | Rejected, business: str, envelope: str, sealer: Sealer) -> Reply:
        """Read an answer. A rejection is not signed by central: it says nothing certain about the business."""
        if isinstance(answer, Rejected):
            self._reached()
            return Reply(Outcome.UNKNOWN, code=answer.code, message=answer.message)
        reply = sealer.open_reply(answer, business=business, envelope=envelope)
        self._reached()
        return reply
