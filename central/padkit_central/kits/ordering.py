"""Where orders are asked for, approved and cancelled: the paper is believed, the rules are asked, the row is written."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from padkit_central.business import Compute
from padkit_central.kits import lifecycle, views
from padkit_central.kits.papers import ApprovalPaper, Believed, OrderPaper, check_order, expiry_of, read_paper
from padkit_central.observe import Log
from padkit_central.store import Approval, Asked, OrderBook, Place, Target, TargetState
from padkit_contract.catalogue import is_function
from padkit_contract.commands import EVERY_BUSINESS, AnyOrder, Cancel, Restrict
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused, Invalid
from padkit_contract.trust import Trust


class Known(Protocol):
    """Tells kits that commands can be sealed for. Raises `CryptoUnfit` or `EnvelopeRefused` for the others."""

    def __call__(self, entity: str, kit: str, now: datetime, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Ordering:
    """Takes papers in. `hint` wakes the kits that something was queued for; without it a sweep finds the rows."""

    book: OrderBook
    trust: Trust
    known: Known
    entities: Container[str]
    businesses: Container[str]
    lock_alone_max: int
    now: Callable[[], datetime]
    at: Callable[[], str]
    compute: Compute
    hint: Callable[[str, Iterable[str]], None]
    log: Log

    async def ask(self, raw: bytes, *, dry_run: bool = False) -> views.OrderView:
        """Take an order in; with `dry_run` only say what would become of it. The same paper again changes nothing.

        Raises `Invalid`: ``paper.*``, ``order.*``, ``kit.unknown``, and what `lifecycle.ask` refuses with.
        """
        at, now = self._taken()
        believed = await self.compute(lambda: read_paper(raw, OrderPaper, self.trust, now))
        paper = believed.paper
        if isinstance(paper.order, Cancel):
            raise Invalid("order.form", "a cancel goes to POST /v1/orders/{id}/cancel")
        return await self._take(believed, raw, at, dry_run=dry_run)

    async def cancel(self, command: str, raw: bytes) -> views.OrderView:
        """Take a cancel of `command` in: what never left ends now, what left is the kit's to end.

        Raises `Invalid`: ``paper.*``, ``order.*``, ``kit.unknown``, ``command.pending``.
        """
        at, now = self._taken()
        believed = await self.compute(lambda: read_paper(raw, OrderPaper, self.trust, now))
        paper = believed.paper
        if paper.order != Cancel(command):
            raise Invalid("order.form", f"the paper does not cancel {command}")
        found = await self.book.order(paper.entity, command)
        if found is None or not {it.kit for it in found[1]} >= set(paper.kits):
            raise Invalid(
                "order.unknown", f"{command}: no such order at these kits; `padkit-central command status` lists them"
            )
        if isinstance(found[0].order, Cancel):
            raise Invalid("order.form", "a cancel is not cancelled; order anew")
        return await self._take(believed, raw, at, dry_run=False)

    async def approve(self, command: str, raw: bytes) -> views.OrderView:
        """Take another person's consent in. Raises `Invalid`: ``paper.*``, ``approval.*``, ``order.unknown``."""
        at, now = self._taken()
        believed = await self.compute(lambda: read_paper(raw, ApprovalPaper, self.trust, now))
        paper = believed.paper
        self._check_entity(paper.entity)
        found = await self.book.order(paper.entity, command)
        if found is None:
            raise Invalid("order.unknown", f"{command}: no such order; `padkit-central command status` lists them")
        view = views.order_view(*found, now)
        if (paper.command, paper.digest) != (command, view.digest):
            raise Invalid("approval.digest", f"the consent is for another paper than that of {command}; look again")
        approval = Approval(believed.by, raw, at)
        await self.book.approve(paper.entity, command, approval, lifecycle.queue)
        self.log.info("order.approved", entity=paper.entity, command=command, by=believed.by)
        return await self._queued(paper.entity, command)

    async def _take(self, believed: Believed[OrderPaper], raw: bytes, at: str, *, dry_run: bool) -> views.OrderView:
        paper, now = believed.paper, datetime.fromisoformat(at)
        check_order(paper, now)
        self._check_businesses(paper.order)
        self._check_entity(paper.entity)
        await self.compute(lambda: self._check_kits(paper.entity, paper.kits, now))
        asked = self._asked(paper, believed.by, raw, at)
        if dry_run:
            return await self._rehearse(asked, paper.kits, now)
        fresh = await self.book.ask(asked, paper.kits, lifecycle.ask, lifecycle.queue)
        if fresh:
            self.log.info(
                "order.asked",
                entity=paper.entity, command=paper.id, kind=lifecycle.kind_of(paper.order),
                kits=len(paper.kits), by=believed.by, needs=asked.needs,
            )  # fmt: skip
        return await self._queued(paper.entity, paper.id)

    def _taken(self) -> tuple[str, datetime]:
        """Return the moment as the row will have it, and the same to judge by: the kept paper is judged by it again."""
        at = self.at()
        return at, datetime.fromisoformat(at)

    def _asked(self, paper: OrderPaper, by: str, raw: bytes, at: str) -> Asked:
        return Asked(
            entity=paper.entity,
            command=paper.id,
            order=paper.order,
            reason=paper.reason,
            asked_by=by,
            signature=raw,
            asked_at=at,
            not_before=paper.not_before,
            expires=expiry_of(paper, datetime.fromisoformat(at)),
            needs=lifecycle.approvals_needed(paper.order, len(paper.kits), lock_alone_max=self.lock_alone_max),
        )

    async def _rehearse(self, asked: Asked, kits: Iterable[str], now: datetime) -> views.OrderView:
        """Ask the rules without writing anything. Raises what they refuse with."""
        kind = lifecycle.kind_of(asked.order)
        targets = []
        for place in await self.book.places(asked.entity, tuple(kits)):
            lifecycle.ask(asked, place)
            targets.append(Target(asked.entity, asked.command, place.word.kit, kind, 0, self._next(asked, place)))
        return views.order_view(asked, targets, (), now, dry_run=True)

    def _next(self, asked: Asked, place: Place) -> TargetState:
        if asked.needs:
            return TargetState.ASKED
        if asked.not_before > self.now().timestamp():
            return TargetState.APPROVED
        return lifecycle.queue(asked, place).state or TargetState.QUEUED

    async def _queued(self, entity: str, command: str) -> views.OrderView:
        found = await self.book.order(entity, command)
        assert found is not None, "it was just written"
        self.hint(entity, [it.kit for it in found[1]])
        return views.order_view(*found, self.now())

    def _check_businesses(self, order: AnyOrder) -> None:
        """A misspelt name would refuse nothing, and look as if it did."""
        if isinstance(order, Restrict):
            for name in order.businesses:
                if name != EVERY_BUSINESS and name not in self.businesses and not is_function(name):
                    raise Invalid(
                        "order.business",
                        f"{name[:64]!r} is no business; take ids of the catalogue (ACC-01), or {EVERY_BUSINESS} for all",
                    )

    def _check_entity(self, entity: str) -> None:
        if entity not in self.entities:
            raise Invalid("entity.unknown", f"{entity}: this service does not answer for it")

    def _check_kits(self, entity: str, kits: Iterable[str], now: datetime) -> None:
        for kit in kits:
            try:
                self.known(entity, kit, now)
            except (CryptoUnfit, EnvelopeRefused) as exc:
                told = "no certificate to seal for; is the name right? `padkit-central kit list`, or enrol it"
                why = told if exc.reason == "peer.unknown" else str(exc)
                raise Invalid("kit.unknown", f"{kit} of {entity}: {why}") from exc
