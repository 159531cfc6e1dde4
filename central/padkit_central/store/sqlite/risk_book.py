"""The store's door for risk. All methods raise `StoreFailed`; writing ones return when their commit is durable."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from padkit_central.store.records import Point
from padkit_central.store.risk_records import Action, RiskChange, RiskJudge, RiskSet, RiskWord
from padkit_central.store.sqlite import risks
from padkit_central.store.sqlite.order_book import Read, Write


class RiskBook:
    """Sets of rules, kits' states, changes of level, and what people said of them."""

    def __init__(self, write: Write, read: Read, *, ids: Callable[[], str], at: Callable[[], str]) -> None:
        self._write = write
        self._read = read
        self._ids = ids
        self._at = at

    async def sets(self, entity: str) -> list[RiskSet]:
        """Return all sets of an entity, the oldest first."""
        return await self._read(partial(risks.sets, entity=entity))

    async def put(self, new: RiskSet) -> RiskSet:
        """Write a set down; see `risks.put`."""
        return await self._write(Point.PAPER, partial(risks.put, new=new, new_id=self._ids))

    async def observe(self, entity: str, kit: str, judge: RiskJudge, now: int) -> list[RiskChange]:
        """Let the rules judge a kit; see `risks.observe`."""
        job = partial(risks.observe, entity=entity, kit=kit, judge=judge, now=now, at=self._at(), new_id=self._ids)
        return await self._write(Point.CHAIN, job)

    async def due(self) -> list[RiskChange]:
        """Return the changes whose measures are to be ordered."""
        return await self._read(risks.due)

    async def acted(self, change: str, action: Action, detail: str) -> None:
        """Note what followed a change."""
        await self._write(Point.ASKED, partial(risks.acted, change=change, action=action, detail=detail))

    async def changes(self, entity: str, kit: str) -> list[RiskChange]:
        """Return a kit's changes of level, the newest first."""
        return await self._read(partial(risks.changes, entity=entity, kit=kit))

    async def states(self, entity: str, kit: str) -> dict[str, bytes]:
        """Return a kit's state under each set, by digest."""
        return await self._read(partial(risks.states, entity=entity, kit=kit))

    async def say(self, word: RiskWord) -> None:
        """Write down what a person said."""
        await self._write(Point.PAPER, partial(risks.say, word=word, at=self._at(), new_id=self._ids))

    async def words(self, entity: str, kit: str) -> list[RiskWord]:
        """Return what people said of a kit, the newest first."""
        return await self._read(partial(risks.words, entity=entity, kit=kit))
