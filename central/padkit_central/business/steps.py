"""Nothing is silently skipped: each evidence, check and authorisation of an entry was captured, or is waived by policy.

Waivers live at central and are checked here for every request; a kit cannot waive. No I/O here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from padkit_central.business.results import JUDGED, check_result
from padkit_central.store import CheckRow
from padkit_contract import phone
from padkit_contract.catalogue import Catalogue, Entry
from padkit_contract.checks import ABOUT, Verdict, about_mark
from padkit_contract.context import CLOCK_SKEW_S
from padkit_contract.errors import Invalid
from padkit_contract.messages import AFTER_CORE, AUTHORISER, EvidenceItem, How, Policy, Request

OWN_CHECKS = frozenset({"kit_policy", "stock"})  # central runs these itself, whatever the kit says
OFFLINE_HOURS = "offline_max_hours"
CHECK_VALID = timedelta(hours=1)  # a case is sent within its identity session, and that is shorter
SKEW = timedelta(seconds=CLOCK_SKEW_S)


@dataclass(frozen=True, slots=True)
class PolicyTime:
    """A policy version and the time in which it was the current one; `until` is None for the one that is."""

    policy: Policy
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class OwnChecks:
    """What the online checks of one serial found here, by name."""

    entity: str
    rows: Mapping[str, CheckRow]


@dataclass(frozen=True, slots=True)
class When:
    """When a request was made, by the kit's clock, and when it came, by ours."""

    made_at: datetime
    received_at: datetime


def named_versions(items: Iterable[EvidenceItem]) -> frozenset[int]:
    """Return the policy versions that waivers among `items` name. Raises `Invalid` ``waiver.form``."""
    return frozenset(_reference(item)[1] for item in items if item.how is How.WAIVED)


def check_steps(
    catalogue: Catalogue,
    entry: Entry,
    request: Request,
    policies: Mapping[int, PolicyTime],
    when: When,
    own: OwnChecks,
) -> None:
    """Raise `Invalid` ``evidence.*``, ``check.*`` or ``waiver.*`` unless all that `entry` needs by now is there or waived.

    `own` is what the online checks of this serial found here: a kit's word on them is not enough.
    """
    items = (*request.evidence, *request.checks)
    known = {*catalogue.dictionary("evidence"), *catalogue.dictionary("checks"), AUTHORISER}
    for item in items:
        if item.type not in known:
            raise Invalid("evidence.unknown", f"{entry.id}: {item.type[:64]!r} is not in the catalogue; leave it out")
    for name in entry.needs:
        if name not in OWN_CHECKS | AFTER_CORE:
            of_name = [item for item in items if item.type == name]
            if name in entry.checks or name == phone.EVIDENCE:
                _check_own(entry.id, name, of_name, request, own, when)
            _check_one(entry, name, of_name, policies, when)


def _check_own(
    business: str, name: str, items: Iterable[EvidenceItem], request: Request, own: OwnChecks, when: When
) -> None:
    """Hold what a kit says of an online check against what was found here; what was refused here, no waiver stands in for."""
    where, row = f"{business}: {name}", own.rows.get(name)
    if row is not None and row.verdict is Verdict.FAILED:
        raise Invalid("check.failed", f"{where} did not pass here; the case cannot go on")
    if not any(item.how is How.CAPTURED for item in items):
        return
    if row is None or row.verdict is Verdict.UNAVAILABLE:
        raise Invalid("check.unknown", f"{where} was not made here for this serial; make it")
    if row.mark != about_mark(own.entity, request.serial, name, request.fields):
        raise Invalid("check.other_person", f"{where} was made of another {', '.join(ABOUT[name])}; make it of this")
    if when.received_at - datetime.fromisoformat(row.at) > CHECK_VALID:
        raise Invalid("check.old", f"{where} was made at {row.at}; make it again")


def check_late_steps(
    entry: Entry, items: Iterable[EvidenceItem], policies: Mapping[int, PolicyTime], when: When
) -> None:
    """Raise `Invalid` unless what `entry` needs after the core answered is there or waived."""
    items = tuple(items)
    for name in entry.needs:
        if name in AFTER_CORE:
            _check_one(entry, name, [item for item in items if item.type == name], policies, when)


def _check_one(
    entry: Entry, name: str, items: Iterable[EvidenceItem], policies: Mapping[int, PolicyTime], when: When
) -> None:
    """One good item is enough; without one, the last refusal is told. What a machine refused, no waiver stands in for."""
    items = tuple(items)
    refusal = Invalid("evidence.missing", f"{entry.id}: {name} is neither captured nor waived; capture it")
    said_no = name in JUDGED and any(item.how is How.CAPTURED for item in items)
    for item in items:
        if item.how is How.ALTERNATIVE and not (name.startswith("face_") and item.note.strip()):
            told = f"{entry.id}: {name} has no alternative, or its note does not say why; capture it"
            refusal = Invalid("evidence.alternative", told)
            continue
        if item.how is How.WAIVED and said_no:
            continue
        try:
            if item.how is How.WAIVED:
                check_waiver(entry.id, item, policies, when)
            elif item.how is not How.ALTERNATIVE:
                check_result(entry.id, item)
        except Invalid as exc:
            refusal = exc
        else:
            return
    raise refusal


def check_waiver(business: str, item: EvidenceItem, policies: Mapping[int, PolicyTime], when: When) -> None:
    """Check that a waiver of the named version stands in for `item`. Raises `Invalid` ``waiver.*``."""
    waiver_id, version = _reference(item)
    timed = policies.get(version)
    where = f"{business}: {item.type} waived by {item.waiver}"
    if timed is None:
        raise Invalid("waiver.policy", f"{where}: there is no policy version {version}; fetch the pack again")
    made_at = _believed(timed.policy, when)
    if timed.until is not None and made_at > timed.until + SKEW:
        raise Invalid("waiver.superseded", f"{where}: that version ended {timed.until:%FT%TZ}; fetch the pack again")
    waiver = next((each for each in timed.policy.waivers if each.id == waiver_id), None)
    if waiver is None:
        raise Invalid("waiver.unknown", f"{where}: the policy has no such waiver")
    if business not in waiver.business:
        raise Invalid("waiver.business", f"{where}: it holds for {', '.join(waiver.business)}")
    if item.type not in waiver.covers:
        raise Invalid("waiver.covers", f"{where}: it covers {', '.join(waiver.covers)}")
    if (made_at - SKEW).date() > date.fromisoformat(waiver.until):
        raise Invalid("waiver.expired", f"{where}: it ended with {waiver.until}")


def _believed(policy: Policy, when: When) -> datetime:
    """Return when the request was made, as far back as a kit may have been offline; its clock is not believed further."""
    offline = policy.parameters.get(OFFLINE_HOURS)
    hours = offline if isinstance(offline, int | float) else 0
    return max(when.made_at, when.received_at - timedelta(hours=hours) - SKEW)


def _reference(item: EvidenceItem) -> tuple[str, int]:
    waiver_id, at, version = item.waiver.rpartition("@")
    if not (at and waiver_id and version.isascii() and version.isdigit() and len(version) < 10):
        raise Invalid(
            "waiver.form", f"{item.type[:64]}: waiver {item.waiver[:64]!r}; <waiver id>@<policy version> is wanted"
        )
    return waiver_id, int(version)
