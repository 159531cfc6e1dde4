"""The command journal: each decision is one transaction of command, record and acknowledgement. Decides by `core.standing`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from padkit_agent.control.reading import Stranger
from padkit_agent.core import standing as rules
from padkit_agent.core.standing import Facts, Record, Taken
from padkit_agent.store import Books, KitStore, OrderRow, OutboxRow
from padkit_contract.commands import COMMAND_ACK, Cancel, Command, CommandAck, Progress, Standing

ACK_PRIORITY = 0
MAX_DETAIL = 500
Rule = Callable[[Record, Facts], Record]


class Kept(msgspec.Struct, frozen=True):
    """What the journal keeps of a command: as it came (None: unknown kind), what was said of it last, in which envelope."""

    command: Command | None
    ack: CommandAck
    envelope: str


@dataclass(frozen=True, slots=True)
class Decided:
    """The record that is on disk now, and what became of the command that was decided."""

    record: Record
    progress: Progress
    code: str = ""


class Journal:
    """All that is written about commands. Every method is one transaction."""

    def __init__(self, store: KitStore, *, new_id: Callable[[], str], now_s: Callable[[], float]) -> None:
        self._store = store
        self._new_id = new_id
        self._now_s = now_s
        self.policy: Callable[[], int] = lambda: 0

    async def load(self, wake: Rule) -> Record:
        """Read the record, let `wake` bring it up to date, keep it. One that is gone or makes no sense means: locked."""

        def job(books: Books) -> Record:
            facts = self._facts(books)
            record = wake(_record(books, facts), facts)
            books.put_record(msgspec.json.encode(record))
            return record

        return await self._store.books(job)

    async def change(self, rule: Rule) -> Record:
        """Change the record without a command. What `rule` raises passes, and nothing is written."""

        def job(books: Books) -> Record:
            return _altered(books, self._facts(books), rule)[1]

        return await self._store.books(job)

    async def report(self, rule: Rule, code: str) -> Record:
        """Change the record and acknowledge the command that locked the kit again, with the standing after the change."""

        def job(books: Books) -> Record:
            facts = self._facts(books)
            before, record = _altered(books, facts, rule)
            if record.standing != before.standing:
                self._say_again(books, before.standing.cause, record.standing, code, facts)
            return record

        return await self._store.books(job)

    async def take(self, command: Command | Stranger) -> Decided:
        """Take a command in; one that came before is acknowledged again as it was."""

        def job(books: Books) -> Decided:
            facts = self._facts(books)
            record = _record(books, facts)
            known = books.order(command.id)
            if known is not None:
                return self._repeat(books, known, record)
            if isinstance(command, Stranger):
                return self._write(books, command, rules.unknown(record, command.seq), facts)
            facts = _with_ended(books, command, facts)
            taken = rules.take(record, command, facts, held=_held(books))
            return self._write(books, command, taken, facts)

        return await self._store.books(job)

    async def again(self, command: str) -> Decided | None:
        """Decide again on a command that is held; None when it is not held any more."""

        def job(books: Books) -> Decided | None:
            known = books.order(command)
            kept = _kept(known) if known is not None and known.state == Progress.RECEIVED.value else None
            if kept is None or kept.command is None:
                return None
            facts = self._facts(books)
            facts = _with_ended(books, kept.command, facts)
            taken = rules.again(_record(books, facts), kept.command, facts, held=_held(books))
            if taken.progress is Progress.RECEIVED and taken.code == kept.ack.code:
                return Decided(taken.record, taken.progress, taken.code)
            return self._write(books, kept.command, taken, facts)

        return await self._store.books(job)

    async def end(
        self, command: str, progress: Progress, code: str = "", detail: str = "", *with_it: OutboxRow
    ) -> Decided | None:
        """End a command that is held, because its work was done or failed; messages of the work go into the same transaction."""

        def job(books: Books) -> Decided | None:
            known = books.order(command)
            kept = _kept(known) if known is not None and known.state == Progress.RECEIVED.value else None
            if kept is None or kept.command is None:
                return None
            facts = self._facts(books)
            for row in with_it:
                books.queue(row)
            return self._write(books, kept.command, Taken(_record(books, facts), progress, code, detail), facts)

        return await self._store.books(job)

    async def held(self) -> tuple[Command, ...]:
        """Return the commands that are not final, by number."""
        rows = await self._store.books(lambda books: books.orders(held_only=True))
        return tuple(command for row in rows if (command := _kept(row).command) is not None)

    async def all(self) -> tuple[tuple[OrderRow, Kept], ...]:
        """Return the whole journal, by number."""
        rows = await self._store.books(lambda books: books.orders())
        return tuple((row, _kept(row)) for row in rows)

    async def unsent(self) -> dict[str, int]:
        """Count by business what a wipe would lose."""
        return await self._store.books(lambda books: books.unsent(but=(COMMAND_ACK,)))

    async def waits(self, command: str) -> bool:
        """Tell whether the last acknowledgement of a command is still on its way."""

        def job(books: Books) -> bool:
            known = books.order(command)
            return known is not None and books.waits(_kept(known).envelope)

        return await self._store.books(job)

    async def fact(self, name: str) -> bytes | None:
        """Return a sealed fact of the store."""
        return await self._store.fact(name)

    def _facts(self, books: Books) -> Facts:
        return Facts(self._now_s(), self.policy(), books.flows(), books.unsent(but=(COMMAND_ACK,)))

    def _repeat(self, books: Books, known: OrderRow, record: Record) -> Decided:
        """Say the same again, unless it is still on its way."""
        kept = _kept(known)
        if not books.waits(kept.envelope):
            self._put(books, kept.command, known, kept.ack)
        return Decided(record, kept.ack.progress, kept.ack.code)

    def _write(self, books: Books, command: Command | Stranger, taken: Taken, facts: Facts) -> Decided:
        books.put_record(msgspec.json.encode(taken.record))
        if taken.cancels:
            self._cancel(books, taken.cancels, taken.record.standing, facts)
        ack = CommandAck(
            *(command.id, command.seq, taken.progress, facts.at, taken.record.standing),
            *(taken.code, taken.detail[:MAX_DETAIL]),
        )
        row = OrderRow(command.seq, command.id, taken.progress.value, facts.at, b"")
        self._put(books, command if isinstance(command, Command) else None, row, ack)
        return Decided(taken.record, taken.progress, taken.code)

    def _put(self, books: Books, command: Command | None, row: OrderRow, ack: CommandAck) -> None:
        """Write row and acknowledgement; a number that another command has keeps that one, and is only answered."""
        envelope = self._new_id()
        if books.order(row.id) is not None or not books.taken(row.seq):
            body = msgspec.json.encode(Kept(command, ack, envelope))
            books.put_order(OrderRow(row.seq, row.id, ack.progress.value, ack.at, body))
        said = msgspec.json.encode(ack)
        books.queue(OutboxRow(envelope, COMMAND_ACK, "", ACK_PRIORITY, needs_c3=False, at=ack.at, body=said))

    def _cancel(self, books: Books, command: str, standing: Standing, facts: Facts) -> None:
        known = books.order(command)
        if known is not None:
            ack = CommandAck(known.id, known.seq, Progress.CANCELLED, facts.at, standing, "command.cancelled")
            self._put(books, _kept(known).command, known, ack)

    def _say_again(self, books: Books, command: str, standing: Standing, code: str, facts: Facts) -> None:
        known = books.order(command)
        if known is not None and known.state == Progress.APPLIED.value:
            kept = _kept(known)
            ack = msgspec.structs.replace(kept.ack, at=facts.at, standing=standing, code=code, detail="")
            self._put(books, kept.command, known, ack)


def _altered(books: Books, facts: Facts, rule: Rule) -> tuple[Record, Record]:
    """Apply `rule` and keep what it made; return the record before and after."""
    before = _record(books, facts)
    record = rule(before, facts)
    if record != before:
        books.put_record(msgspec.json.encode(record))
    return before, record


def _record(books: Books, facts: Facts) -> Record:
    raw = books.record()
    try:
        return msgspec.json.decode(raw, type=Record) if raw is not None else rules.lost(facts, books.last_seq())
    except msgspec.MsgspecError:
        return rules.lost(facts, books.last_seq())


def _kept(row: OrderRow) -> Kept:
    return msgspec.json.decode(row.body, type=Kept)


def _held(books: Books) -> frozenset[str]:
    return frozenset(row.id for row in books.orders(held_only=True))


def _with_ended(books: Books, command: Command, facts: Facts) -> Facts:
    """Add how the command ended that `command` would cancel."""
    if not isinstance(command.order, Cancel):
        return facts
    other = books.order(command.order.command)
    if other is None or other.state == Progress.RECEIVED.value:
        return facts
    return msgspec.structs.replace(facts, ended={other.id: Progress(other.state)})
