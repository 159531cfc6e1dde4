"""The states of a request for authorisation, and who may lead from one to the other. No I/O, no clock.

QUEUED -> TAKEN (lease) -> APPROVED | RETURNED | REFUSED | EXPIRED | WITHDRAWN; where two must approve, the first yes leads back
to QUEUED. A lease that is over, and a request that nobody decided in time, end by the clock: `as_of` says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from padkit_central.store import Approver, Authorisation
from padkit_contract.authorise import SIGNATURES, AuthState, bound_digest
from padkit_contract.catalogue import Entry
from padkit_contract.errors import Invalid
from padkit_contract.messages import Request

LEASE = timedelta(seconds=120)
WAITS = timedelta(minutes=30)  # as long as an identity session: after it the customer must begin again
TICKET = timedelta(minutes=15)
DOUBLE = "remote_double"
REMOTE = frozenset({"remote_single", DOUBLE, "onsite_second_and_remote"})
S = AuthState
OPEN = frozenset({S.QUEUED, S.TAKEN})


def needed(entry: Entry) -> int:
    """Return how many must approve. Raises `Invalid` ``auth.mode``: the function needs no remote authoriser."""
    if entry.authorisation not in REMOTE:
        raise Invalid("auth.mode", f"{entry.id}: {entry.authorisation} needs no remote authoriser; do not ask")
    return 2 if entry.authorisation == DOUBLE else 1


def mendable(entry: Entry) -> tuple[str, ...]:
    """Return the parts of a request that people at the kit can mend without a device: what they typed, chose or signed."""
    typed = tuple(each.field for each in entry.inputs if each.source in ("typed", "choice"))
    return (*typed, *(it for it in SIGNATURES if it in entry.evidence))


def later(at: str, span: timedelta) -> str:
    """Return the moment `span` after `at`."""
    return (datetime.fromisoformat(at) + span).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def over(moment: str, now: str) -> bool:
    """Tell whether a moment has come."""
    return datetime.fromisoformat(now) >= datetime.fromisoformat(moment)


def person(name: str) -> str:
    """Return a name without case and signs, so that ``Li Hua`` and ``li.hua`` are one."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def as_of(it: Authorisation, now: str) -> Authorisation:
    """Return the request as it stands at `now`."""
    if it.state in OPEN and over(it.expires_at, now):
        return replace(it, state=S.EXPIRED, taken_by="", lease_until="")
    if it.state is S.TAKEN and over(it.lease_until, now):
        return replace(it, state=S.QUEUED, taken_by="", lease_until="")
    return it


def check_may(it: Authorisation, who: str) -> None:
    """Raise `Invalid` ``auth.own_case`` or ``auth.same_person``: this person may not decide here."""
    if person(who) in {person(name) for name in it.barred}:
        raise Invalid("auth.own_case", f"{who} took part in this case; another authoriser must look at it")
    if person(who) in {person(each.by) for each in it.approvals}:
        raise Invalid("auth.same_person", f"{who} has approved already; the second must be another person")


def take(it: Authorisation, who: str, now: str) -> Authorisation:
    """Give the request to `who` for the time of a lease; the same person again renews it.

    Raises `Invalid` ``auth.ended``, ``auth.taken``, and as `check_may`.
    """
    it = as_of(it, now)
    if it.state not in OPEN:
        raise Invalid("auth.ended", f"{it.id} is {it.state.value}; nothing is left to decide")
    check_may(it, who)
    if it.state is S.TAKEN and it.taken_by != who:
        raise Invalid("auth.taken", f"{it.taken_by} looks at it until {it.lease_until}; take another one")
    return replace(it, state=S.TAKEN, taken_by=who, lease_until=later(now, LEASE))


def look(it: Authorisation, who: str, now: str) -> None:
    """See that `who` may look at what was captured. Raises `Invalid` as `_held`."""
    _held(it, who, now)


def approve(it: Authorisation, who: str, now: str) -> Authorisation:
    """Note a yes; the last one needed makes the ticket. Raises `Invalid` as `_held`."""
    it = _held(it, who, now)
    it = replace(it, approvals=(*it.approvals, Approver(who, now)), taken_by="", lease_until="")
    if len(it.approvals) < it.needs:
        return replace(it, state=S.QUEUED)
    return replace(it, state=S.APPROVED, until=later(now, TICKET))


def give_back(
    it: Authorisation, who: str, now: str, reason: str, parts: tuple[str, ...], entry: Entry
) -> Authorisation:
    """Return it to its kit, to be mended in the named parts. Raises `Invalid` ``auth.reason``, ``auth.parts``, as `_held`."""
    it, known = _held(it, who, now), mendable(entry)
    if not parts or not set(parts) <= set(known):
        told = f"{', '.join(parts)[:100] or 'none'}: name what is to be mended, of {', '.join(known)}; else refuse"
        raise Invalid("auth.parts", told)
    return _ended(it, S.RETURNED, who, reason, parts)


def refuse(it: Authorisation, who: str, now: str, reason: str) -> Authorisation:
    """End it with a no; one is enough. Raises `Invalid` ``auth.reason``, as `_held`."""
    return _ended(_held(it, who, now), S.REFUSED, who, reason)


def withdraw(it: Authorisation, now: str) -> Authorisation:
    """The kit wants it no more; an approval that was not used ends, too."""
    it = as_of(it, now)
    if it.state in OPEN or it.state is S.APPROVED:
        return replace(it, state=S.WITHDRAWN, taken_by="", lease_until="")
    return it


def check_ticket(it: Authorisation | None, business: str, request: Request, now: str) -> None:
    """Hold a request against its authorisation; no waiver stands in for this.

    Raises `Invalid` ``ticket.none``, ``ticket.state``, ``ticket.expired``, ``ticket.bound``.
    """
    where = f"{business} {request.serial}"
    if it is None or request.ticket != it.id:
        raise Invalid("ticket.none", f"{where}: ticket {request.ticket[:64]!r} is not that of its last authorisation")
    if it.state is not S.APPROVED:
        raise Invalid("ticket.state", f"{where}: the authorisation is {as_of(it, now).state.value}; ask for a new one")
    if over(it.until, now):
        raise Invalid("ticket.expired", f"{where}: the approval ended {it.until}; ask for a new one")
    bound = bound_digest(business, request.serial, request.fields, (*request.evidence, *request.checks))
    if bound != it.request.bound:
        raise Invalid("ticket.bound", f"{where}: it was changed since it was approved; ask for a new authorisation")


def _held(it: Authorisation, who: str, now: str) -> Authorisation:
    """Return the request when `who` may decide on it now. Raises `Invalid` ``auth.not_taken``, ``auth.ended``, as `check_may`."""
    it = as_of(it, now)
    if it.state not in OPEN:
        raise Invalid("auth.ended", f"{it.id} is {it.state.value}; nothing is left to decide")
    check_may(it, who)
    if it.taken_by != who:
        raise Invalid("auth.not_taken", f"{who} does not hold {it.id} (any more); take it, look at it, decide then")
    return it


def _ended(it: Authorisation, state: AuthState, who: str, reason: str, parts: tuple[str, ...] = ()) -> Authorisation:
    if not reason.strip():
        raise Invalid("auth.reason", f"{state.value}: the kit must be told why; give a reason")
    return replace(it, state=state, taken_by="", lease_until="", ended_by=who, reason=reason, parts=parts)
