"""The store's door on SQLite: what the rooms above may ask for, and the engine behind the writer."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from padkit_central.store.errors import StoreFailed
from padkit_central.store.migrate import upgrade
from padkit_central.store.records import (
    AccountState,
    Arrival,
    Booked,
    OpenCase,
    Point,
    PolicyVersion,
    Settlement,
    StockCard,
    Submission,
    SubmissionState,
    Taken,
)
from padkit_central.store.sqlite import cards, intake, papers, submissions
from padkit_central.store.sqlite.authorisation_book import AuthorisationBook
from padkit_central.store.sqlite.chain_book import ChainBook
from padkit_central.store.sqlite.check_book import CheckBook
from padkit_central.store.sqlite.code_book import CodeBook
from padkit_central.store.sqlite.connection import connect, connect_to_read, translated
from padkit_central.store.sqlite.device_book import DeviceBook
from padkit_central.store.sqlite.evidence_book import EvidenceBook
from padkit_central.store.sqlite.identity_book import IdentityBook
from padkit_central.store.sqlite.order_book import OrderBook
from padkit_central.store.sqlite.people_book import PeopleBook
from padkit_central.store.sqlite.risk_book import RiskBook
from padkit_central.store.sqlite.voucher_book import VoucherBook
from padkit_central.store.writer import Admission, Job, Work, Writer
from padkit_contract.messages import LedgerEvent, Slip

T = TypeVar("T")
C = sqlite3.Connection


class SqliteStore:
    """All that central keeps. Writing methods return when their commit is durable; all raise `StoreFailed`.

    `ids` makes row ids that sort as made; `at` tells the moment of writing (ISO 8601, UTC).
    """

    def __init__(self, path: Path, *, ids: Callable[[], str], at: Callable[[], str]) -> None:
        upgrade(path)
        self._path = path
        self._ids = ids
        self._at = at
        self._writing = connect(path)
        self._reading = connect_to_read(path)
        self._read_lock = threading.Lock()
        self._writer: Writer[C] = Writer(self, asyncio.get_running_loop())
        self.chains = ChainBook(self._writer.write, self._read, ids=ids, at=at)
        self.orders = OrderBook(self._writer.write, self._read, ids=ids, at=at)
        self.authorisations = AuthorisationBook(self._writer.write, self._read, ids=ids, at=at)
        self.evidence = EvidenceBook(self._writer.write, self._read, ids=ids, at=at)
        self.checks = CheckBook(self._writer.write, self._read, ids=ids)
        self.codes = CodeBook(self._writer.write, self._read, ids=ids)
        self.vouchers = VoucherBook(self._writer.write, self._read, ids=ids, at=at)
        self.devices = DeviceBook(self._writer.write, self._read, ids=ids, at=at)
        self.people = PeopleBook(self._writer.write, self._read, ids=ids, at=at)
        self.risks = RiskBook(self._writer.write, self._read, ids=ids, at=at)
        self.identities = IdentityBook(self._writer.write, self._read, ids=ids, at=at)

    # -- the engine; in the writer's thread

    def work(self, group: Sequence[Work[C]]) -> None:
        with translated(self._path):
            self._writing.execute("begin immediate")
            if admissions := [piece for piece in group if isinstance(piece, Admission)]:
                intake.admit(self._writing, admissions)
            for piece in group:
                if isinstance(piece, Job):
                    self._do(piece)

    def commit(self, points: frozenset[Point]) -> None:
        """Make the open transaction durable; `points` say what is in it. The one place where anything becomes true."""
        with translated(self._path):
            self._writing.execute("commit")

    def abandon(self) -> None:
        if self._writing.in_transaction:
            self._writing.execute("rollback")

    def close(self) -> None:
        self._writing.close()

    def _do(self, job: Job[C]) -> None:
        self._writing.execute("savepoint piece")
        try:
            job.result = job.run(self._writing)
        except Exception as exc:  # noqa: BLE001  (a piece's failure is its own; the others go on)
            self._writing.execute("rollback to piece")
            job.error = StoreFailed(f"database {self._path}: {exc}") if isinstance(exc, sqlite3.Error) else exc
        self._writing.execute("release piece")

    # -- life

    def now(self) -> str:
        """Return the moment, as it is written into rows."""
        return self._at()

    async def stop(self) -> None:
        """Write what is queued and close the file."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.close()
        with self._read_lock:  # a read that nobody waits for any more may still be at work in its thread
            self._reading.close()

    async def _read(self, read: Callable[[C], T]) -> T:
        def locked() -> T:
            with self._read_lock, translated(self._path):
                return read(self._reading)

        return await asyncio.to_thread(locked)

    def _some_ids(self, count: int) -> list[str]:
        return [self._ids() for _ in range(count)]

    # -- envelopes

    async def admit(self, arrival: Arrival) -> Taken | None:
        """Take an envelope in. None when it is new; else what is known of the one with the same kit and id."""
        return await self._writer.admit(arrival)

    async def waiting(self, after: str, limit: int) -> list[Arrival]:
        """Return up to `limit` envelopes without a reply, the oldest first, behind the row id `after`."""
        return await self._read(partial(intake.waiting, after=after, limit=limit))

    async def answer(self, intake_id: str, reply: bytes) -> None:
        """Keep the sealed reply of an envelope."""
        await self._writer.write(Point.REPLY, partial(intake.answer, intake_id=intake_id, reply=reply, at=self._at()))

    async def set_aside(self, intake_id: str, reason: str, reply: bytes) -> None:
        """Quarantine an envelope that was opened but could not be handled, with its sealed refusal."""
        job = partial(intake.set_aside, intake_id=intake_id, reason=reason, reply=reply, at=self._at())
        await self._writer.write(Point.REPLY, job)

    async def quarantine(self, arrival: Arrival, digest: str, reason: str) -> None:
        """Keep bytes that could not be believed; the same envelope id may come again."""
        job = partial(intake.quarantine, arrival=arrival, digest=digest, reason=reason)
        await self._writer.write(Point.QUARANTINE, job)

    # -- requests to the core

    async def send(self, new: Submission, intake_id: str, check: submissions.Check) -> Submission | None:
        """Write a request down before it is made; see `submissions.send`."""
        job = partial(
            submissions.send, new=replace(new, sent_at=self._at()), intake_id=intake_id, row_id=self._ids(), check=check
        )
        return await self._writer.write(Point.SENT, job)

    async def settle(self, attempt: Submission, end: Settlement) -> Submission:
        """Note how an attempt ended; see `submissions.settle`."""
        return await self._writer.write(
            Point.RESULT, partial(submissions.settle, attempt=attempt, end=end, at=self._at())
        )

    async def attempts(self, entity: str, serial: str) -> list[Submission]:
        """Return all attempts of a serial."""
        return await self._read(partial(submissions.attempts, entity=entity, serial=serial))

    async def unsettled(self, *states: SubmissionState) -> list[Submission]:
        """Return the submissions in one of `states`, the oldest first."""
        return await self._read(partial(submissions.in_state, states=states))

    # -- cards

    async def check_out(self, entity: str, kit: str, slip: Slip) -> bool:
        """Give a slip's cards to a kit; see `cards.check_out`."""
        job = partial(
            cards.check_out, entity=entity, kit=kit, slip=slip, ids=self._some_ids(1 + len(slip.cards)), at=self._at()
        )
        return await self._writer.write(Point.STOCK, job)

    async def slip_of(self, entity: str, kit: str) -> Slip | None:
        """Return the slip that the kit works by."""
        return await self._read(partial(cards.slip_of, entity=entity, kit=kit))

    async def card(self, entity: str, card_no: str) -> StockCard | None:
        """Return a card of the entity's stock."""
        return await self._read(partial(cards.by_number, entity=entity, card_no=card_no))

    async def note_live(self, entity: str, card_no: str) -> None:
        """Note that a card's account is live in the core; only for what the compare repairs."""
        job = partial(cards.note_account, entity=entity, card_no=card_no, account=AccountState.LIVE)
        await self._writer.write(Point.STOCK, job)

    async def reserve(self, entity: str, card_no: str, serial: str, check: cards.Check) -> None:
        """Reserve a card for a serial; see `cards.reserve`."""
        job = partial(cards.reserve, entity=entity, card_no=card_no, serial=serial, check=check)
        await self._writer.write(Point.STOCK, job)

    async def book(self, entity: str, kit: str, events: Sequence[LedgerEvent]) -> Booked:
        """Append ledger events; see `cards.book`."""
        job = partial(
            cards.book, entity=entity, kit=kit, events=events, ids=self._some_ids(len(events) + 1), at=self._at()
        )
        return await self._writer.write(Point.LEDGER, job)

    async def to_block(self) -> list[StockCard]:
        """Return cards that are missing and not blocked yet."""
        return await self._read(cards.to_block)

    # -- papers

    async def put_policy(self, policy: PolicyVersion) -> None:
        """Append a policy version."""
        await self._writer.write(Point.PAPER, partial(papers.put_policy, policy=policy, row_id=self._ids()))

    async def policies(self, entity: str) -> list[PolicyVersion]:
        """Return all versions of an entity's policy."""
        return await self._read(partial(papers.policies, entity=entity))

    async def policy(self, entity: str, version: int = 0) -> PolicyVersion | None:
        """Return one version of an entity's policy; 0 means the current one."""
        return await self._read(partial(papers.policy, entity=entity, version=version))

    async def file_evidence(self, entity: str, kit: str, flow: str, digest: str, body: bytes) -> None:
        """Keep an evidence package."""
        job = partial(
            papers.file_evidence,
            entity=entity, kit=kit, flow=flow, digest=digest, body=body, row_id=self._ids(), at=self._at(),
        )  # fmt: skip
        await self._writer.write(Point.PAPER, job)

    async def open_case(self, case: OpenCase) -> None:
        """Open a case, once."""
        await self._writer.write(Point.PAPER, partial(papers.open_case, case=case, row_id=self._ids()))
