"""The end of the day: the whole card ledger goes to central once more, so that what central lost is booked there again.

Central books the lines that it lacks and knows the others: doing it twice changes nothing.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from padkit_agent.flows.post import Post
from padkit_agent.store import KitStore
from padkit_agent.uplink import Courier
from padkit_contract.messages import LedgerEvent, Outcome, Reply

LINES_AT_ONCE = 500  # of one message; central takes a thousand
ANSWER_S = 20.0  # then a message without an answer is left to the outbox


class DayEndReport(msgspec.Struct, frozen=True):
    """What became of it: `have` is the last line without a hole before it at central, `missing` what it lacks after that.

    `waiting` messages have no answer yet; they are in the outbox. `refused` names why central did not take the others.
    """

    lines: int
    messages: int
    waiting: int
    have: int
    missing: tuple[int, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayEnd:
    """Sends the ledger again."""

    store: KitStore
    post: Post
    courier: Courier

    async def run(self) -> DayEndReport:
        """Queue the whole ledger, wait for central a while and say what it has now. Raises `StoreUnavailable`."""
        lines = await self.store.ledger()
        rows = [self.post.ledger(part) for part in _parts(lines)]
        await self.store.queue(*rows)
        self.post.wake()
        replies = await asyncio.gather(*(self.courier.reply(row.envelope, timeout_s=ANSWER_S) for row in rows))
        return _report(len(lines), replies)


def _parts(lines: Sequence[LedgerEvent]) -> Iterator[tuple[LedgerEvent, ...]]:
    rest = iter(lines)
    while part := tuple(itertools.islice(rest, LINES_AT_ONCE)):
        yield part


class _Told(msgspec.Struct, frozen=True):
    have: int
    missing: tuple[int, ...] = ()


def _report(lines: int, replies: Sequence[Reply | None]) -> DayEndReport:
    """Sum up; the messages may have arrived in any order, so the one that tells of the most is the last."""
    answers = [reply for reply in replies if reply is not None]
    told = [msgspec.convert(reply.fields, _Told) for reply in answers if reply.outcome is Outcome.OK]
    last = max(told, key=lambda it: it.have, default=_Told(0))
    refused = tuple(f"{it.code}: {it.message}" for it in answers if it.outcome is not Outcome.OK)
    return DayEndReport(lines, len(replies), len(replies) - len(answers), last.have, last.missing, refused)
