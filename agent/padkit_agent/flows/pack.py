"""The kit's pack: policy and check-out slip as central gave them, kept for every version a flow began with."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from padkit_agent.core.clock import Clock
from padkit_agent.core.flow import Rules
from padkit_agent.core.plan import Plan, plan_of
from padkit_agent.observe import Log
from padkit_agent.store import KitStore, LedgerRow, StoreUnavailable
from padkit_agent.store.kit import MakeLedgerMessage
from padkit_agent.uplink import Courier
from padkit_contract.catalogue import Catalogue, Entry, load_catalogue
from padkit_contract.errors import Invalid
from padkit_contract.messages import KIT_PACK, CardState, Holder, KitPack, Outcome, Policy, Request
from padkit_sdk.errors import Refused

ASK_S = 10.0
AGAIN_S = (2.0, 64.0)  # after a try that brought nothing: doubled each time, up to the second
FRESH_S = 900.0  # a new policy or slip reaches a running kit within this time
CURRENT = "pack"


class Packs:
    """Holds the current pack and finds older ones again."""

    def __init__(self, store: KitStore, courier: Courier, clock: Clock, log: Log) -> None:
        self._store = store
        self._courier = courier
        self._clock = clock
        self._log = log
        self._by_version: dict[int, KitPack] = {}
        self._plans: dict[tuple[int, str], Plan] = {}
        self._current: KitPack | None = None
        self.states: dict[str, CardState] = {}

    async def load(self) -> None:
        """Read what the store has."""
        self.states = await self._store.states()
        raw = await self._store.fact(CURRENT)
        if raw is not None:
            self._current = msgspec.json.decode(raw, type=KitPack)

    @property
    def current(self) -> KitPack:
        """The newest pack. Raises `Refused` ``policy.none``."""
        if self._current is None:
            raise Refused(
                "policy.none",
                "this kit has no policy yet: it has not reached central since it was set up; see to the connection",
            )
        return self._current

    @property
    def version(self) -> int | None:
        """The current policy's version, None before the first."""
        return self._current.policy.version if self._current else None

    def parameters(self) -> Mapping[str, Any]:
        """Return the current policy's parameters, none before the first."""
        return self._current.policy.parameters if self._current else {}

    @property
    def holder(self) -> Holder | None:
        """Who holds the kit, as central says; None when it has not said."""
        return self._current.holder if self._current else None

    async def keep_fresh(self, ledger_message: MakeLedgerMessage) -> None:
        """Fetch the pack from central until it came, then look every `FRESH_S` whether there is a newer one."""
        shortest_s, longest_s = AGAIN_S
        pause_s = shortest_s
        while True:
            if await self._try_refresh(ledger_message):
                pause_s = shortest_s
                await self._clock.sleep(FRESH_S)
            else:
                await self._clock.sleep(pause_s)
                pause_s = min(2 * pause_s, longest_s)

    async def _try_refresh(self, ledger_message: MakeLedgerMessage) -> bool:
        try:
            return await self.refresh(ledger_message)
        except StoreUnavailable as exc:
            self._log.error("pack.store", why=str(exc))
            return False

    async def refresh(self, ledger_message: MakeLedgerMessage) -> bool:
        """Ask central for the pack; new cards of the slip are booked as loaded. False when central did not answer."""
        request = Request("", 0, self._clock.iso(), {})
        reply = await self._courier.ask(KIT_PACK, request, timeout_s=ASK_S)
        if reply is None or reply.outcome is not Outcome.OK:
            return False
        try:
            pack = msgspec.convert(reply.fields.get("pack"), KitPack)
        except msgspec.ValidationError as exc:
            self._log.error("pack.invalid", why=str(exc))
            return False
        raw = msgspec.json.encode(pack)
        await self._store.put_fact(f"{CURRENT}:{pack.policy.version}", raw)
        await self._store.put_fact(CURRENT, raw)
        self._current = pack
        await self._book_new_cards(pack, ledger_message)
        self._log.info("pack.fresh", policy=pack.policy.version, cards=len(pack.slip.cards) if pack.slip else 0)
        return True

    async def _book_new_cards(self, pack: KitPack, ledger_message: MakeLedgerMessage) -> None:
        slip = pack.slip
        if slip is None:
            return
        lines = [
            LedgerRow(
                slip.batch,
                it.voucher,
                it.card_no,
                CardState.LOADED,
                read=True,
                reason="slip",
                flow_id="",
                at=self._clock.iso(),
            )
            for it in slip.cards
            if it.voucher not in self.states
        ]
        await self._store.book(lines, ledger_message)
        self._courier.wake()
        self.states.update({line.voucher: line.state for line in lines})

    async def at_version(self, version: int) -> KitPack:
        """Return the pack a flow began with, with today's slip."""
        if version == self.current.policy.version:
            return self.current
        if version not in self._by_version:
            raw = await self._store.fact(f"{CURRENT}:{version}")
            if raw is None:
                raise Refused("policy.version", f"policy {version} is not in the store; this flow needs it")
            self._by_version[version] = msgspec.json.decode(raw, type=KitPack)
        return msgspec.structs.replace(self._by_version[version], slip=self.current.slip)

    async def rules(self, version: int, business: str) -> Rules:
        """Return what a decision may look at, now."""
        pack = await self.at_version(version)
        at = self._clock.iso()
        waived = waivers(pack.policy, business, at[:10])
        plan = self._plans.get((version, business)) or await self._plan(version, business)
        return Rules(waived, pack.policy.parameters, pack.slip, dict(self.states), at, plan)

    async def entry(self, version: int, business: str) -> Entry:
        """Return a function as the policy of that version has it. Raises `Refused` ``business.unknown``, ``policy.*``."""
        policy = (await self.at_version(version)).policy
        try:
            return await asyncio.to_thread(lambda: catalogue_of(policy).entry(business))
        except Invalid as exc:
            raise Refused(exc.reason, str(exc).removeprefix(f"{exc.reason}: ")) from exc

    async def _plan(self, version: int, business: str) -> Plan:
        plan = self._plans[version, business] = plan_of(await self.entry(version, business))
        return plan


def catalogue_of(policy: Policy) -> Catalogue:
    """Return the functions of a policy's entity: those of the catalogue, and its own."""
    return load_catalogue().extended(policy.functions) if policy.functions else load_catalogue()


def waivers(policy: Policy, business: str, today: str) -> Mapping[str, str]:
    """Return name -> ``id@version`` for everything that this policy waives for `business` today."""
    return {
        name: f"{waiver.id}@{policy.version}"
        for waiver in policy.waivers
        if business in waiver.business and today <= waiver.until
        for name in waiver.covers
    }
