"""The kept papers judged again before central's key signs: a row orders nothing that people did not sign. No I/O.

Who can write the database can write any row, but no paper. What the papers do not say, as which order goes first, is the row's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from padkit_central.kits import lifecycle
from padkit_central.kits.papers import (
    ApprovalPaper,
    Believed,
    OrderPaper,
    believe_paper,
    check_fresh,
    check_order,
    expiry_of,
)
from padkit_central.store import Approval, Asked, Placed, Target
from padkit_contract.crypto import sm3
from padkit_contract.errors import Invalid
from padkit_contract.trust import Trust

PAPER_ROW = "paper.row"
MAX_FITTING = 1000  # orders


@dataclass(frozen=True, slots=True)
class Fitting:
    """What the papers of one order allow, as long as the certificates below them hold; `row` is the digest of its rows.

    `lists` are the revocation lists that it was judged by.
    """

    row: bytes
    lists: Sequence[bytes]
    kits: frozenset[str]
    approved_by: tuple[str, ...]
    holds_until: datetime


@dataclass(frozen=True, slots=True)
class KeptPapers:
    """Judges the papers of an order once for all its kits, and again when its rows change."""

    trust: Trust
    lock_alone_max: int
    _fitting: dict[tuple[str, str], Fitting] = field(default_factory=dict)

    def check(self, placed: Placed, approvals: Sequence[Approval], now: datetime) -> tuple[str, ...]:
        """Return who approved what is about to be sealed. Raises `Invalid` ``paper.row``: the rows say something else."""
        target, asked = placed.target, placed.asked
        key, row = (asked.entity, asked.command), _digest(asked, approvals)
        fitting = self._fitting.get(key)
        lists = self.trust.revocation_lists
        if fitting is None or fitting.row != row or fitting.lists is not lists or now > fitting.holds_until:
            fitting = Fitting(row, lists, *self._judged(asked, approvals, now))
            if len(self._fitting) >= MAX_FITTING:
                self._fitting.clear()
            self._fitting[key] = fitting
        _compare_target(target, asked, fitting)
        return fitting.approved_by

    def _judged(
        self, asked: Asked, approvals: Sequence[Approval], now: datetime
    ) -> tuple[frozenset[str], tuple[str, ...], datetime]:
        try:
            order = self._order(asked, now)
            consents = [self._consent(each, order, now) for each in approvals]
        except Invalid as exc:
            raise exc if exc.reason == PAPER_ROW else _unfit(str(exc)) from exc
        people = [it.by for it in consents]
        needs = lifecycle.approvals_needed(order.paper.order, len(order.paper.kits), lock_alone_max=self.lock_alone_max)
        if order.by in people or len(set(people)) != len(people):
            raise _unfit(f"{order.by} asked, approved by {', '.join(people)}: a person is there twice")
        if len(people) < needs:
            raise _unfit(f"{len(people)} approvals are kept, the rules want {needs}")
        holds_until = min([order.holds_until, *(it.holds_until for it in consents)])
        return frozenset(order.paper.kits), tuple(people), holds_until

    def _order(self, asked: Asked, now: datetime) -> Believed[OrderPaper]:
        taken = _moment("asked_at", asked.asked_at)
        believed = believe_paper(asked.signature, OrderPaper, self.trust, now)
        paper = believed.paper
        check_fresh(paper, taken)
        _compare(
            ("command", asked.command, paper.id),
            ("entity", asked.entity, paper.entity),
            ("order", asked.order, paper.order),
            ("reason", asked.reason, paper.reason),
            ("asked_by", asked.asked_by, believed.by),
            ("not_before", asked.not_before, paper.not_before),
            ("expires", asked.expires, expiry_of(paper, taken)),
        )
        check_order(paper, taken)
        return believed

    def _consent(self, approval: Approval, order: Believed[OrderPaper], now: datetime) -> Believed[ApprovalPaper]:
        believed = believe_paper(approval.signature, ApprovalPaper, self.trust, now)
        paper = believed.paper
        check_fresh(paper, _moment("approval's at", approval.at))
        _compare(
            ("approval's by", approval.by, believed.by),
            ("approval's entity", paper.entity, order.paper.entity),
            ("approval's command", paper.command, order.paper.id),
            ("approval's digest", paper.digest, order.digest),
        )
        return believed


def _compare_target(target: Target, asked: Asked, fitting: Fitting) -> None:
    _compare(
        ("target's entity", target.entity, asked.entity),
        ("target's command", target.command, asked.command),
        ("target's kind", target.kind, lifecycle.kind_of(asked.order)),
    )
    if target.kit not in fitting.kits:
        raise _unfit(f"{target.kit} is no kit of the paper")
    _moment("target's queued_at", target.queued_at)


def _compare(*columns: tuple[str, object, object]) -> None:
    wrong = [name for name, row, paper in columns if row != paper]
    if wrong:
        raise _unfit(f"another than in the paper: {', '.join(wrong)}")


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise _unfit(f"{name}: {text[:64]!r} is no moment") from exc
    if moment.tzinfo is None:
        raise _unfit(f"{name}: {text[:64]!r} names no time zone")
    return moment


def _digest(asked: Asked, approvals: Iterable[Approval]) -> bytes:
    return sm3(msgspec.msgpack.encode((asked, tuple(approvals))))


def _unfit(why: str) -> Invalid:
    return Invalid(PAPER_ROW, why)
