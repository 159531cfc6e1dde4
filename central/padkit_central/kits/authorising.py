"""The authoriser's desk: who looks at a request, takes it, decides on it. Papers are believed, rules asked, all is noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from padkit_central.business import Compute, Showing, ShownFile
from padkit_central.business import authorising_rules as rules
from padkit_central.business.functions import Functions
from padkit_central.kits.papers import AuthorisePaper, check_text, read_paper
from padkit_central.observe import Log
from padkit_central.people import check_decides, check_stands
from padkit_central.store import Authorisation, AuthorisationBook, Noted, PeopleBook
from padkit_contract.authorise import AuthState
from padkit_contract.catalogue import Catalogue, DataClass, Entry
from padkit_contract.errors import Invalid
from padkit_contract.messages import EvidenceItem
from padkit_contract.trust import Trust

SHOWN = frozenset({"occupation", "open_purpose", "purpose_note", "cdd_answers"})  # what the decision is about
ENDS = frozenset(AuthState) - rules.OPEN
DONE = {
    "view": "viewed",
    "look": "looked_at",
    "take": "taken",
    "approve": "approved",
    "return": "returned",
    "refuse": "refused",
}


class AuthLine(msgspec.Struct, frozen=True):
    """One request in a list: nothing personal. `shown`: its pictures and documents are here."""

    id: str
    entity: str
    kit: str
    business: str
    serial: str
    round: int
    state: str
    needs: int
    approvals: int
    asked_at: str
    expires_at: str
    taken_by: str = ""
    lease_until: str = ""
    shown: bool = False


class AuthView(msgspec.Struct, frozen=True):
    """One request as an authoriser sees it; values that the decision does not need are masked.

    `decided_by` stays empty for who has still to decide. `digest` is what a decision is signed for; `mendable` are the parts
    that can be returned, `files` what can be looked at by who has taken it; none: it has not come (yet).
    """

    line: AuthLine
    digest: str
    fields: Mapping[str, Any]
    evidence: Sequence[EvidenceItem]
    checks: Sequence[EvidenceItem]
    people: Sequence[str]
    mendable: Sequence[str]
    files: Sequence[ShownFile] = ()
    decided_by: Sequence[str] = ()
    reason: str = ""
    parts: Sequence[str] = ()
    ticket_until: str = ""


class ShownContent(msgspec.Struct, frozen=True):
    """One file of a request as it was captured."""

    media: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Authorising:
    """Takes the authorisers' papers in."""

    book: AuthorisationBook
    people: PeopleBook
    trust: Trust
    entities: Sequence[str]
    functions: Functions
    now: Callable[[], datetime]
    at: Callable[[], str]
    showing: Showing
    compute: Compute
    log: Log

    async def listed(self, entity: str, *, only_open: bool) -> Sequence[AuthLine]:
        """Return requests, the newest first. Raises `Invalid` ``entity.unknown``."""
        if not entity and len(self.entities) == 1:
            entity = self.entities[0]
        if entity not in self.entities:
            raise Invalid("entity.unknown", f"entity must be one of {', '.join(self.entities)}")
        now = self.at()
        found = [rules.as_of(it, now) for it in await self.book.listed(entity, only_open=only_open)]
        here = await self.showing.here(entity)
        lines = [_line(it) for it in found if it.state in rules.OPEN or not only_open]
        return [msgspec.structs.replace(it, shown=it.id in here) for it in lines]

    async def act(self, name: str, raw: bytes, *, dry_run: bool = False) -> AuthView:
        """Do what a paper says with request `name`; with `dry_run` only look what would become of it, which is noted, too.

        Raises `Invalid`: ``paper.*``, ``order.form`` (the reason), ``auth.*``, ``entity.unknown``.
        """
        it, _, who, catalogue = await self._done(name, raw, dry_run=dry_run)
        return msgspec.structs.replace(_view(it, who, catalogue), files=await self.showing.files(it))

    async def look(self, name: str, raw: bytes) -> ShownContent:
        """Return one file of request `name`, to who has taken it; each look is noted. Raises as `act`, and ``auth.no_file``."""
        it, paper, _, _ = await self._done(name, raw, looks=True)
        item, content = await self.showing.content(it, paper.file)
        return ShownContent(item.media, content)

    async def _done(
        self, name: str, raw: bytes, *, looks: bool = False, dry_run: bool = False
    ) -> tuple[Authorisation, AuthorisePaper, str, Catalogue]:
        now = self.now()
        believed = await self.compute(lambda: read_paper(raw, AuthorisePaper, self.trust, now))
        paper, who = believed.paper, believed.by
        if paper.entity not in self.entities:
            raise Invalid("entity.unknown", f"{paper.entity}: this service does not answer for it")
        if paper.authorisation != name:
            raise Invalid("paper.form", f"signed for {paper.authorisation[:64]}, handed in for {name[:64]}")
        if (paper.act == "look") is not looks:
            raise Invalid("paper.form", f"signed to {paper.act}, handed in for something else")
        if paper.reason:
            check_text("reason", paper.reason)
        shown: list[Authorisation] = []
        catalogue, users = await self.functions.of(paper.entity), await self.people.users(paper.entity)
        check_stands(users, who)

        def rule(it: Authorisation) -> Noted:
            if paper.act != "view":
                check_decides(users, who, it.barred, catalogue.entry(it.request.business).risk)
            after = self._decided(rules.as_of(it, self.at()), paper, who, catalogue)
            shown.append(after)
            if dry_run:
                return Noted(it, who, "auth.viewed", _body(it, paper))
            return Noted(after, who, f"auth.{DONE[paper.act]}", _body(it, paper))

        await self.book.change(paper.entity, name, rule)
        if not dry_run and paper.act != "view":
            self.log.info("auth.done", entity=paper.entity, authorisation=name, act=paper.act, by=who)
        return shown[-1], paper, who, catalogue

    def _decided(self, it: Authorisation, paper: AuthorisePaper, who: str, catalogue: Catalogue) -> Authorisation:
        now = self.at()
        if paper.act == "view":
            return it
        if paper.act == "take":
            return rules.take(it, who, now)
        if paper.act == "look":
            rules.look(it, who, now)
            return it
        if paper.digest != it.request.bound:
            raise Invalid("auth.digest", f"{it.id}: signed for {paper.digest[:16]!r}…, look at it again")
        if paper.act == "approve":
            return rules.approve(it, who, now)
        if paper.act == "refuse":
            return rules.refuse(it, who, now, paper.reason)
        return rules.give_back(it, who, now, paper.reason, paper.parts, catalogue.entry(it.request.business))


def _view(it: Authorisation, who: str, catalogue: Catalogue) -> AuthView:
    request, entry = it.request, catalogue.entry(it.request.business)
    names = tuple(each.by for each in it.approvals)
    return AuthView(
        line=_line(it),
        digest=request.bound,
        fields={name: _masked(entry, name, value) for name, value in request.fields.items()},
        evidence=request.evidence,
        checks=request.checks,
        people=it.barred,
        mendable=rules.mendable(entry),
        decided_by=it.answer.by or names if it.state in ENDS or who in names else (),
        reason=it.reason,
        parts=it.parts,
        ticket_until=it.until,
    )


def _line(it: Authorisation) -> AuthLine:
    request = it.request
    return AuthLine(
        *(it.id, it.entity, it.kit, request.business, request.serial, request.round, it.state.value),
        *(it.needs, len(it.approvals), it.asked_at, it.expires_at, it.taken_by, it.lease_until),
    )


def _body(it: Authorisation, paper: AuthorisePaper) -> bytes:
    """Return what the trail says: the request, what was done and why; no value of a customer."""
    return msgspec.json.encode(
        {
            "authorisation": it.id,
            "serial": it.request.serial,
            "round": it.request.round,
            "act": paper.act,
            "digest": it.request.bound,
            "reason": paper.reason,
            "parts": paper.parts,
            **({"file": paper.file} if paper.file else {}),
        }
    )


def _masked(entry: Entry, name: str, value: object) -> object:
    """Return a value as the screen may show it: of what describes a customer, only beginning and end."""
    spec = entry.specs.get(name)
    if name in SHOWN or (spec is not None and spec.data_class in (DataClass.N, DataClass.C1)):
        return value
    if not isinstance(value, str):
        return "***"
    return f"{value[:3]}****{value[-4:]}" if len(value) > 10 else f"{value[:1]}**"
