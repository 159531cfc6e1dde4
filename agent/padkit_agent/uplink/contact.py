"""The kit's regular word with central: at the start, about once a minute, and when the network is back.

It brings trusted time, the lease, and once the key for unlocking without network. Silence is no news: it is asked again soon.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from padkit_agent.core.clock import Clock
from padkit_agent.observe import Log
from padkit_agent.store import KitStore, StoreUnavailable
from padkit_agent.uplink.courier import Courier
from padkit_agent.uplink.sealer import Sealer
from padkit_agent.uplink.timekeeper import Timekeeper
from padkit_contract.commands import Standing
from padkit_contract.contact import CONTACT, Contact, ContactReply, DeviceWord
from padkit_contract.messages import Outcome
from padkit_sdk.errors import Refused

EVERY_S = 60.0
AGAIN_S = 5.0  # after silence
SPREAD = 0.1  # of the pauses, so that kits do not come all at once
ASK_S = 10.0
ESCROW = "escrow"  # fact

Heard = Callable[[ContactReply], Awaitable[None]]


class Contacts:
    """Asks again and again, sealed by a `sealer` of the time to ask by. `heard` are told of each believed answer, once trusted
    time has taken it in.
    """

    def __init__(
        self,
        courier: Courier,
        store: KitStore,
        keeper: Timekeeper,
        sealer: Sealer,
        clock: Clock,
        *,
        version: str,
        marks: Sequence[str],
        standing: Callable[[], Standing],
        devices: Callable[[], Sequence[DeviceWord]],
        heard: Sequence[Heard],
        chance: random.Random,
        log: Log,
    ) -> None:
        self._courier = courier
        self._store = store
        self._keeper = keeper
        self._sealer = sealer
        self._clock = clock
        self._version = version
        self._marks = tuple(marks)
        self._standing = standing
        self._devices = devices
        self._heard = tuple(heard)
        self._chance = chance
        self._log = log
        self._heard_ms = 0

    async def run(self) -> None:
        """Keep in contact, until cancelled."""
        while True:
            came = await self._try_once()
            self._courier.back.clear()
            await self._rest((EVERY_S if came else AGAIN_S) * self._chance.uniform(1 - SPREAD, 1 + SPREAD))

    async def _try_once(self) -> bool:
        try:
            return await self.once()
        except StoreUnavailable as exc:
            self._log.error("clock.store", why=str(exc))
            return False

    async def once(self) -> bool:
        """Ask central once; False when no believable answer came."""
        said = await self._said()
        asked = self._keeper.time.reading()
        reply = await self._courier.ask(CONTACT, said, timeout_s=ASK_S, sealer=self._sealer)
        if reply is None:
            return False
        if reply.outcome is not Outcome.OK:
            self._log.error("contact.refused", code=reply.code, why=reply.message)
            return False
        try:
            told = msgspec.convert(reply.fields.get("contact"), ContactReply)
            await self._keeper.hear(told.time_ms, asked)
        except (msgspec.ValidationError, Refused) as exc:
            self._log.error("contact.unbelievable", why=str(exc))
            return False
        await self._take(told)
        self._keeper.time.told(said.jumps)
        self._heard_ms = told.time_ms
        return True

    async def _said(self) -> Contact:
        return Contact(
            version=self._version,
            at=self._clock.iso(),
            boot=self._keeper.time.reading().boot,
            traits=self._marks,
            head=await self._store.head(),
            standing=self._standing(),
            has_escrow=await self._store.fact(ESCROW) is not None,
            jumps=self._keeper.time.known.jumps,
            heard_ms=self._heard_ms,
            devices=tuple(self._devices()),
        )

    async def _take(self, told: ContactReply) -> None:
        if told.escrow and await self._store.fact(ESCROW) is None:
            await self._store.put_fact(ESCROW, bytes.fromhex(told.escrow))
        for listener in self._heard:
            await listener(told)

    async def _nap(self, seconds: float) -> None:
        await self._clock.sleep(seconds)

    async def _rest(self, seconds: float) -> None:
        """Sleep, but no longer than until central is reached again."""
        async with asyncio.TaskGroup() as group:
            ends: tuple[asyncio.Task[object], ...] = (
                group.create_task(self._nap(seconds)),
                group.create_task(self._courier.back.wait()),
            )
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for task in ends:
                task.cancel()
