"""What risk is judged by: where a kit was, what was done with it, what central found of it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec

from padkit_contract.errors import Invalid

MAX_FIXES = 120
MAX_COUNT = 10_000
MAX_FACTS = 16
MAX_SECOND = 253_402_300_799
FACTS: Mapping[str, str] = {
    "clone": "another machine came in as the kit, or its record went back",
    "foreign_device": "a peripheral works here that is registered elsewhere, or was retired",
    "swapped_device": "a peripheral came that was not here before",
    "tamper": "a keypad, a box or the kit's case says that it was opened",
    "chain_broken": "the kit's records are not the ones that it signed",
    "traits_drifted": "some of the machine's hardware marks changed",
}


class Fix(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One position sample, WGS-84; `at` in seconds since 1970. `mock`: the system says that a program made it up."""

    at: int
    lat: float
    lon: float
    accuracy_m: float
    mock: bool = False


class Counts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was done since the last word. `alternative`: openings that took another way than the usual one;
    `hasty`: steps done faster than a person does them."""

    openings: int = 0
    aborted: int = 0
    retries: int = 0
    alternative: int = 0
    issues: int = 0
    captures: int = 0
    sign_ins: int = 0
    failed_sign_ins: int = 0
    hasty: int = 0


class Visit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the kit is meant to be from `begins` to `ends`."""

    lat: float
    lon: float
    radius_m: float
    begins: int
    ends: int


class Observation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was learnt of a kit at `at` (seconds since 1970). `facts` are names of `FACTS`."""

    entity: str
    kit: str
    at: int
    fixes: tuple[Fix, ...] = ()
    counts: Counts = Counts()
    facts: tuple[str, ...] = ()
    clock_jump_s: float = 0.0
    visit: Visit | None = None


def check_fixes(fixes: tuple[Fix, ...]) -> None:
    """See that these are places on earth. Raises `Invalid` ``risk.form``."""
    if len(fixes) > MAX_FIXES:
        raise Invalid("risk.form", f"{len(fixes)} positions, at most {MAX_FIXES}; say them in portions")
    for it in fixes:
        on_earth = abs(it.lat) <= 90 and abs(it.lon) <= 180 and 0 <= it.accuracy_m <= 1e6
        if not on_earth or not 0 <= it.at <= MAX_SECOND:
            raise Invalid("risk.form", "a position is no place on earth or has no time; look at the receiver")


def check_counts(counts: Counts) -> None:
    """See that nobody counted backwards or without end. Raises `Invalid` ``risk.form``."""
    for name, value in msgspec.structs.asdict(counts).items():
        if not 0 <= value <= MAX_COUNT:
            raise Invalid("risk.form", f"{name} is {value}; 0 to {MAX_COUNT} is wanted")


def check_observation(it: Observation) -> None:
    """See that it is no larger than an observation is. Raises `Invalid` ``risk.form``."""
    check_fixes(it.fixes)
    check_counts(it.counts)
    unknown = set(it.facts) - FACTS.keys()
    if unknown or len(it.facts) > MAX_FACTS:
        raise Invalid("risk.form", f"facts {sorted(unknown)[:1] or len(it.facts)}; known are {', '.join(FACTS)}")
    if not 0 <= it.at <= MAX_SECOND or not math.isfinite(it.clock_jump_s):
        raise Invalid("risk.form", "the time of the observation is none")
    visit = it.visit
    if visit is not None and not (abs(visit.lat) <= 90 and abs(visit.lon) <= 180 and 0 < visit.radius_m <= 1e6):
        raise Invalid("risk.form", "the visit is at no place on earth")
