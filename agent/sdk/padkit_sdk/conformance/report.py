"""What a run of the kit leaves for others: each promise with device, step, expected, got; the tier computed from that. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from padkit_sdk.conformance.promise import Promise
from padkit_sdk.conformance.tiers import BROKEN, KEPT, Evidence, Finding, Judged, Tier, judge, tier_of

FORMAT = 1
NOT_ASKED, NOT_RUN = "not asked", "not run"
TOLD = re.compile(r"^  (device|step|expected|got) +(.*(?:\n(?!  \w).*)*)$", re.MULTILINE)
MAX_TEXT = 2000  # of one cell: what a driver says may be long


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One test of a promise. The last four are empty when it was kept."""

    test: str
    outcome: str
    seconds: float
    device: str = ""
    step: str = ""
    expected: str = ""
    got: str = ""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One promise, and what became of it; `why` says why it was not asked."""

    port: str
    sentence: str
    kind: str
    outcome: str
    needs: Sequence[str] = ()
    why: str = ""
    cases: Sequence[Case] = ()


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What was tested, by whom."""

    device: str
    model: str
    serial: str
    firmware: str
    driver: str
    version: str
    driver_model: str
    ports: Sequence[str]
    hands: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `tier` and `rules` are computed from `promises` and `evidence`, with earlier runs when they were given."""

    format: int
    started_at: str
    tier: str
    subject: Subject
    evidence: Evidence
    rules: Sequence[Judged]
    promises: Sequence[Asked]
    earlier: Sequence[str] = ()

    def finding(self) -> Finding:
        """What this run proves, for the rules."""
        outcomes = {(it.port, it.sentence): it.outcome for it in self.promises}
        lacking = {(it.port, it.sentence) for it in self.promises if it.why.startswith("the device lacks")}
        kinds = {(it.port, it.sentence): it.kind for it in self.promises}
        return Finding(outcomes, kinds, frozenset(lacking), self.evidence)


def told(text: str) -> Mapping[str, str]:
    """Device, step, expected and got of a broken promise's message; what there is of them."""
    return {key: value.strip()[:MAX_TEXT] for key, value in TOLD.findall(text)}


def asked(promise: Promise, cases: Sequence[Case], why: str, *, whole: bool = True) -> Asked:
    """One promise with its cases; without any it was not asked for the reason `why`, or not run.

    `whole` is False when some of its cases were left out: then it is broken or not run, never kept.
    """
    if any(case.outcome != KEPT for case in cases):
        outcome = BROKEN
    elif cases and whole:
        outcome = KEPT
    else:
        outcome = NOT_ASKED if why and not cases else NOT_RUN
    return Asked(
        port=promise.port,
        sentence=promise.sentence,
        kind=promise.kind.value,
        outcome=outcome,
        needs=sorted(power.name for power in promise.needs),
        why="" if cases else why,
        cases=cases,
    )


def make_report(
    subject: Subject, evidence: Evidence, promises: Sequence[Asked], earlier: Mapping[str, Report], started_at: str
) -> Report:
    """The report of a run; `earlier` are reports of the same driver by the name of their file. Raises `ValueError`."""
    for name, report in earlier.items():
        if (was := _driver(report.subject)) != (now := _driver(subject)):
            raise ValueError(f"report {name}: is about {was}, this run about {now}; give one of the same driver")
    blank = Report(
        format=FORMAT,
        started_at=started_at,
        tier=Tier.NONE.value,
        subject=subject,
        evidence=evidence,
        rules=(),
        promises=promises,
        earlier=tuple(earlier),
    )
    rules = judge([blank.finding(), *(report.finding() for report in earlier.values())])
    return msgspec.structs.replace(blank, rules=rules, tier=tier_of(rules).value)


def counts(promises: Iterable[Asked]) -> Mapping[str, int]:
    """How many promises ended how."""
    outcomes = [it.outcome for it in promises]
    return {it: outcomes.count(it) for it in (KEPT, BROKEN, NOT_ASKED, NOT_RUN)}


def _driver(subject: Subject) -> str:
    return f"{subject.driver} {subject.version} {subject.driver_model}"
