"""Values of the evidence book: uploads, what was found in them, and packages that are expected."""

from __future__ import annotations

from dataclasses import dataclass

MAX_OPEN = 8  # uploads of one kit that are not whole; the one that stood still longest goes when another begins


@dataclass(frozen=True, slots=True)
class Upload:
    """One sealed package of a kit, under way or whole. `seal` is SM3 (hex) of its sealed manifest.

    `number`, `digest` and `previous` are its manifest's place in the kit's order, 0 and empty unless it is believed.
    One in state ``shown`` is for those who decide on a request for authorisation, whose id is in `flow`.
    """

    entity: str
    kit: str
    seal: str
    size: int
    have: int
    state: str  # of `PackageState`, or ``shown``
    package: str
    flow: str
    number: int
    digest: str
    previous: str
    findings: tuple[str, ...]
    touched_at: str


@dataclass(frozen=True, slots=True)
class Expected:
    """A case whose files were promised and are not here, whole and sound; `late` when the deadline is over."""

    entity: str
    kit: str
    flow: str
    due_at: str
    late: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What judging an upload gave: its place when the manifest is believed, and what is wrong."""

    package: str
    flow: str
    number: int
    digest: str
    previous: str
    agreed: str
    findings: tuple[str, ...]
