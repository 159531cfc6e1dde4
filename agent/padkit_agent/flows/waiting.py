"""What waits for central, put together: the store's lines, what hinders each, and the freeze that follows from the quotas.

`look` lets the gate know; a desk asks it before each begin, `run` asks from time to time: a kit thaws by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from padkit_agent.core import queue as rules
from padkit_agent.core.clock import Clock
from padkit_agent.core.gate import Gate
from padkit_agent.core.phases import Phase
from padkit_agent.core.queue import Item, Kind, Limits, Load, QueueState, Quota, Why
from padkit_agent.flows.desk import Desk
from padkit_agent.flows.feed import Feed, Progress
from padkit_agent.observe import Log
from padkit_agent.store import CaseRow, KitStore, OutboxRow, StoreUnavailable
from padkit_agent.store.queue import Line
from padkit_agent.uplink import Courier, Uploader
from padkit_agent.uplink.trouble import Troubles
from padkit_contract.commands import COMMAND_ACK
from padkit_contract.messages import CASE, Case, encode
from padkit_sdk.errors import Refused

LOOK_S = 10.0
CASE_PRIORITY = 1
DAMAGED = ("outbox.damaged", "vault.damaged")
WAITS = {
    Phase.CORE_UNKNOWN.value: Why.UNKNOWN,
    Phase.OFFLINE_HELD.value: Why.HELD,
}  # where a flow stands for want of central


class Waiting:
    """The kit's queue as people see it. `run` is awaited by the app."""

    def __init__(
        self,
        store: KitStore,
        courier: Courier,
        uploader: Uploader,
        desk: Desk,
        gate: Gate,
        feed: Feed,
        *,
        parameters: Callable[[], Mapping[str, Any]],
        store_bytes: int,
        doubtful: Callable[[], bool],
        new_id: Callable[[], str],
        clock: Clock,
        log: Log,
    ) -> None:
        self._store = store
        self._courier = courier
        self._uploader = uploader
        self._desk = desk
        self._gate = gate
        self._feed = feed
        self._parameters = parameters
        self._store_bytes = store_bytes
        self._doubtful = doubtful
        self._new_id = new_id
        self._clock = clock
        self._log = log
        self._told: object = None

    async def run(self) -> None:
        """Look from time to time, until cancelled; say so when something changed."""
        while True:
            try:
                self._tell(await self.state())
            except (StoreUnavailable, Refused) as exc:
                self._log.error("queue.store", why=str(exc))
            await self._clock.sleep(LOOK_S)

    async def look(self) -> tuple[Load, tuple[Quota, ...]]:
        """Measure, and let the gate know whether new business may begin. Raises `StoreUnavailable`."""
        load = await self._store.waits.load()
        quotas = rules.quotas(load, self._limits(), self._clock.now_s())
        before, self._gate.frozen = self._gate.frozen, rules.freeze(quotas, load)
        if (before and before.reason) != (now := self._gate.frozen and self._gate.frozen.reason):
            if self._gate.frozen:
                self._log.warning("queue.frozen", code=now, why=str(self._gate.frozen))
            else:
                self._log.info("queue.thawed")
        return load, quotas

    async def state(self) -> QueueState:
        """Return the whole of it. Raises `StoreUnavailable`."""
        load, quotas = await self.look()
        frozen = self._gate.frozen
        needy = sum(it.attention for it in await self.items())
        return QueueState(load, quotas, needy, frozen.reason if frozen else "")

    async def items(self) -> tuple[Item, ...]:
        """Return what waits: what was set aside first, then in the order in which it goes, then packages, then flows."""
        limits, now_s = self._limits(), self._clock.now_s()
        ahead, items = 0, []
        for line in await self._store.waits.lines():
            why, code = self._why(line, ahead)
            items.append(_item(line, why, code, self._tries(line), ahead, limits, now_s))
            ahead += why not in rules.SET_ASIDE
        return (*items, *await self._flows(limits, now_s))

    async def item(self, name: str) -> Item:
        """Return one item. Raises `Refused` ``queue.unknown``."""
        found = next((it for it in await self.items() if it.id == name), None)
        if found is None:
            raise Refused(
                "queue.unknown", f"nothing named {name[:64]!r} waits; `padkit-agent queue list` shows what does"
            )
        return found

    async def retry(self, name: str, by: str) -> None:
        """Send what was set aside once more, as a new record. Raises `Refused` ``queue.unknown``, ``vault.damaged``."""
        kind, _, number = name.partition(":")
        at = self._clock.iso()
        if kind == Kind.PACKAGE.value:
            done = await self._store.waits.pack_again(number)
        else:
            done = kind == Kind.MESSAGE.value and await self._store.waits.again(number, self._new_id(), by=by, at=at)
        await self._dealt(name, by, "retry", done=done)

    async def hand_over(self, name: str, by: str) -> None:
        """Make what was set aside a case, here and at central; it stays on the kit. Raises `Refused` ``queue.unknown``."""
        item = await self.item(name)
        at, case = self._clock.iso(), self._new_id()
        reason = f"queue.refused: {item.business} {item.code}".strip()
        told = encode(Case(case, item.flow, reason, at, detail=f"{item.id}, written {item.at}, handed over by {by}"))
        message = OutboxRow(self._new_id(), CASE, item.flow, CASE_PRIORITY, needs_c3=False, at=at, body=told)
        row = CaseRow(case, item.flow, reason, at, stops_box=False)
        await self._dealt(name, by, "case", done=await self._store.waits.hand_over(name, row, message, by=by))

    async def _dealt(self, name: str, by: str, how: str, *, done: bool) -> None:
        if not done:
            told = f"{name[:64]!r} was not set aside; `padkit-agent queue list` shows what was"
            raise Refused("queue.unknown", told)
        self._log.info("queue.dealt", item=name, by=by, how=how)
        self._courier.wake()
        self._uploader.wake()
        self._tell(await self.state())

    def _limits(self) -> Limits:
        return rules.limits_of(self._parameters(), self._store_bytes)

    def _tell(self, state: QueueState) -> None:
        """Say it to whoever watches when another number of things needs a person, or another quota is near."""
        told = (state.attention, state.frozen, *(it.level for it in state.quotas))
        if told != self._told:
            self._told = told
            self._feed.say(Progress("queue", "", "", "", self._clock.iso(), note=state.frozen))
            if state.attention:
                self._log.warning("queue.attention", items=state.attention)

    def _troubles(self, line: Line) -> Troubles:
        return self._courier.troubles if line.kind == Kind.MESSAGE.value else self._uploader.troubles

    def _tries(self, line: Line) -> int:
        trouble = self._troubles(line).by_name.get(line.number)
        return trouble.tries if trouble else 0

    def _why(self, line: Line, ahead: int) -> tuple[Why, str]:
        trouble = self._troubles(line).by_name.get(line.number)
        match line.state:
            case "refused":
                code = line.code or (trouble.code if trouble else "")
                return (Why.BROKEN if code in DAMAGED else Why.REFUSED), code
            case "broken":
                return Why.BROKEN, ""
            case "making" | "due":
                return self._uploader.hindered or (Why.MAKING, "")
        if self._courier.shut_out:
            return Why.SHUT_OUT, self._courier.shut_out
        if trouble is not None and trouble.why is Why.CERTIFICATE and self._doubtful():
            return Why.CLOCK, trouble.code
        if trouble is not None and trouble.why is not Why.NETWORK:
            return trouble.why, trouble.code
        if self._courier.online is False:
            return Why.NETWORK, ""
        return (Why.BEHIND if ahead else Why.SENDING), ""

    async def _flows(self, limits: Limits, now_s: float) -> list[Item]:
        """Return the open flows that stand for want of central, of the disk or of a mended fault."""
        halted = self._desk.halted()
        items = []
        for step in await self._store.heads(open_only=True):
            why = Why.HALTED if step.flow_id in halted else WAITS.get(step.phase)
            if why is not None:
                line = Line(Kind.FLOW.value, step.flow_id, "", step.flow_id, step.at, step.phase, 0, "")
                items.append(_item(line, why, step.phase, 0, 0, limits, now_s))
        return items


def _item(line: Line, why: Why, code: str, tries: int, ahead: int, limits: Limits, now_s: float) -> Item:
    kind = Kind.ORDER if line.business == COMMAND_ACK else Kind(line.kind)
    aside, old_s = why in rules.SET_ASIDE, rules.age_s(line.at, now_s)
    late = 0 < limits.attention_s <= old_s
    can: tuple[str, ...] = ("retry", "hand_over") if aside else ()
    if code in DAMAGED:
        can = ("hand_over",)
    return Item(
        id=f"{line.kind}:{line.number}",
        kind=kind,
        business=line.business,
        flow=line.flow,
        at=line.at,
        age_s=old_s,
        size=line.size,
        why=why,
        code=code,
        next=rules.NEXT[why],
        tries=tries,
        ahead=0 if aside else ahead,
        attention=aside or late,
        can=can,
    )
