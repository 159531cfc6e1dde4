"""Risk at work: each contact is judged by its entity's rules; what a level asks for is ordered, signed by an operator's key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial

import msgspec

from padkit_central.kits.ordering import Ordering
from padkit_central.kits.papers import OrderPaper, sign_paper
from padkit_central.kits.risk_judge import Sets, judge
from padkit_central.observe import Log
from padkit_central.risk import LEVELS, Contribution
from padkit_central.store import Action, Judged, Look, RiskBook, RiskChange
from padkit_contract.commands import (
    EVERY_BUSINESS,
    AnyOrder,
    Lock,
    Notify,
    Reauthenticate,
    Restrict,
    StopCardBox,
)
from padkit_contract.contact import Contact
from padkit_contract.envelope import Identity
from padkit_contract.errors import Invalid
from padkit_contract.risk import Observation

PENDING = "command.pending"


class RiskWatch:
    """Judges kits and acts. `operators` sign for the engine, one an entity; without one measures are only proposed."""

    def __init__(
        self,
        book: RiskBook,
        ordering: Ordering,
        operators: Mapping[str, Identity],
        *,
        now: Callable[[], datetime],
        ids: Callable[[], str],
        log: Log,
    ) -> None:
        self._book = book
        self._ordering = ordering
        self._operators = operators
        self._now = now
        self._ids = ids
        self._log = log
        self._sets = Sets(lambda digest, why: log.error("risk.rules", digest=digest, why=why))
        self._acting = asyncio.Lock()

    async def hear(self, entity: str, kit: str, said: Contact, facts: Iterable[str]) -> None:
        """Judge what a kit said, and what central found of it."""
        at = int(self._now().timestamp())
        jumped = sum(abs(it.seconds) for it in said.jumps)
        seen = Observation(entity, kit, at, said.fixes, said.counts, tuple(facts), jumped)
        judging = partial(self._judge, seen)
        for change in await self._book.observe(entity, kit, judging, at):
            self._log.warning(
                "risk.level", entity=entity, kit=kit, before=LEVELS[change.before], after=LEVELS[change.after],
                score=change.score, shadow=change.shadow, action=change.action.value,
            )  # fmt: skip
            if change.action is Action.DUE:
                await self.act()

    async def act(self) -> None:
        """Order what is due; also what was due when the service stopped."""
        async with self._acting:
            for change in await self._book.due():
                await self._book.acted(change.id, *await self._ordered(change))

    def _judge(self, seen: Observation, look: Look) -> list[Judged]:
        signs = seen.entity in self._operators
        return list(judge(look, seen=seen, sets=self._sets, signs=signs, new_id=self._ids))

    async def _ordered(self, change: RiskChange) -> tuple[Action, str]:
        told = []
        for measure in change.measures:
            try:
                told.append(f"{measure} {await self._order(change, _order_of(measure, change))}")
            except Invalid as exc:
                told.append(f"{measure}: {exc}")
                if exc.reason != PENDING:
                    self._log.error(
                        "risk.unordered", entity=change.entity, kit=change.kit, measure=measure, why=str(exc)
                    )
        return Action.ORDERED, "; ".join(told)[:1000]

    async def _order(self, change: RiskChange, order: AnyOrder) -> str:
        operator = self._operators.get(change.entity)
        if operator is None:
            raise Invalid(
                "risk.operator", f"nobody signs for the engine at {change.entity}; see [risk] in the settings"
            )
        now = self._now()
        paper = OrderPaper(
            id=self._ids(), entity=change.entity, kits=(change.kit,), order=order,
            reason=reason(change), asked_at=int(now.timestamp()),
        )  # fmt: skip
        return (await self._ordering.ask(sign_paper(paper, operator, now))).command


def reason(change: RiskChange) -> str:
    """Return in one line why a level changed: the rules and their points, the largest first."""
    why = msgspec.json.decode(change.why, type=tuple[Contribution, ...])
    told = ", ".join(f"{it.rule} {it.points:g}" for it in why[:5])
    return f"risk {LEVELS[change.before]} to {LEVELS[change.after]}, score {change.score:g}: {told}"


def _order_of(measure: str, change: RiskChange) -> AnyOrder:
    match measure:
        case "notify":
            return Notify(
                f"风险等级 {LEVELS[change.after]}，请联系主管 / Risk level {LEVELS[change.after]}: call your supervisor"
            )
        case "reauthenticate":
            return Reauthenticate()
        case "restrict":
            return Restrict((EVERY_BUSINESS,))
        case "stop_card_box":
            return StopCardBox()
        case _:
            return Lock()
