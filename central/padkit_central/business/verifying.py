"""Verifying a stored chain: every record is opened again and its link computed anew, whatever the table says. No I/O here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from padkit_central.business.chain import link_in
from padkit_central.store import Arrival
from padkit_central.store.chain_records import Alarm, How, Link
from padkit_contract.chain import START
from padkit_contract.context import Context
from padkit_contract.errors import EnvelopeRefused

Open = Callable[[Arrival], tuple[Context, bytes]]
NOT_OURS = "envelope.recipient"  # sealed for a key that this service has given up


@dataclass(slots=True)
class Verified:
    """What was found of one kit. `unopened` are sealed for a former key: their links are taken from the table."""

    entity: str
    kit: str
    records: int = 0
    unopened: int = 0
    findings: list[Alarm] = field(default_factory=list)


def verify(entity: str, kit: str, links: Sequence[Link], stored: Iterable[Arrival], opened: Open) -> Verified:
    """Hold what is booked against what came, and each link against the one before it."""
    verified = Verified(entity, kit)
    booked = {it.seq: it for it in links}
    seen: set[int] = set()
    for arrival in stored:
        seen.add(arrival.sequence)
        verified.records += 1
        _compare(arrival, booked.get(arrival.sequence), opened, verified)
    for link in links:
        if link.how is How.RECORD and link.seq not in seen:
            verified.findings.append(_found("chain.lost", link, "is booked, but the envelope is not there any more"))
    verified.findings += _joints(links)
    verified.findings.sort(key=lambda it: it.seq)
    return verified


def _compare(arrival: Arrival, booked: Link | None, opened: Open, verified: Verified) -> None:
    try:
        context, payload = opened(arrival)
    except EnvelopeRefused as exc:
        if exc.reason == NOT_OURS:
            verified.unopened += 1
        else:
            verified.findings.append(Alarm("chain.unreadable", arrival.sequence, arrival.envelope, str(exc)))
        return
    true = link_in(context, payload)
    if booked is None:
        verified.findings.append(_found("chain.unbooked", true, "came and was answered, but is not booked"))
    elif (true.seq, true.envelope, true.previous, true.link) != (
        *(booked.seq, booked.envelope, booked.previous, booked.link),
    ):
        verified.findings.append(_found("chain.altered", true, f"is booked as {booked.envelope}, link {booked.link}"))


def _joints(links: Sequence[Link]) -> list[Alarm]:
    """Look at neighbours: holes, and links that do not meet."""
    found = [
        Alarm("chain.gap", before + 1, "", f"{before + 1} to {after - 1} never came")
        for before, after in pairwise([0, *(it.seq for it in links if it.how is not How.STATED)])
        if after != before + 1
    ]
    for before, after in pairwise(links):
        expected = before.link if before.chained or before.how is How.STATED else START
        if after.seq == before.seq + 1 and after.chained and after.previous != expected:
            found.append(_found("chain.broken", after, f"does not name record {before.seq}, which stands before it"))
    return found


def _found(code: str, link: Link, detail: str) -> Alarm:
    return Alarm(code, link.seq, link.envelope, detail)
