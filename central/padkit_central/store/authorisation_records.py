"""Requests for authorisation as the store keeps them. No SQL here."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from padkit_contract.authorise import AuthAnswer, AuthRequest, AuthState, Ticket


class Approver(msgspec.Struct, frozen=True):
    """One authoriser's yes."""

    by: str
    at: str


class Authorisation(msgspec.Struct, frozen=True):
    """One request of a kit in one round. Moments are ISO 8601, UTC, by central's clock.

    `barred` are the names of those who may not decide: who holds the kit, and who took part there. `needs` is how many must
    approve, one after the other. `taken_by` looks at it now, until `lease_until`; `until` is the end of an approval.
    """

    entity: str
    kit: str
    id: str
    request: AuthRequest
    barred: tuple[str, ...]
    needs: int
    asked_at: str
    expires_at: str
    state: AuthState = AuthState.QUEUED
    taken_by: str = ""
    lease_until: str = ""
    approvals: tuple[Approver, ...] = ()
    ended_by: str = ""
    reason: str = ""
    parts: tuple[str, ...] = ()
    until: str = ""

    def __repr__(self) -> str:
        return f"Authorisation({self.entity}/{self.kit}, {self.id}, {self.state.value})"

    @property
    def answer(self) -> AuthAnswer:
        """What its kit is told."""
        ticket = Ticket(self.id, self.request.bound, self.until) if self.state is AuthState.APPROVED else None
        names = tuple(it.by for it in self.approvals)
        by = (*names, self.ended_by) if self.ended_by else names
        told = by if self.state not in (AuthState.QUEUED, AuthState.TAKEN) else ()
        return AuthAnswer(self.state, ticket, told, self.reason, self.parts)


class Noted(msgspec.Struct, frozen=True):
    """What a rule makes of a request: the request after it, and the line for the trail (`what` empty: none)."""

    after: Authorisation
    who: str = ""
    what: str = ""
    body: bytes = b""


Rule = Callable[[Authorisation], Noted]  # raises `Invalid`: nothing is written
