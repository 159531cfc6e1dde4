"""What the store keeps of the kits' chains, as values. No SQL here."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field


class How(enum.Enum):
    """How central knows of a place in a kit's chain."""

    RECORD = "record"  # the record itself came
    VOID = "void"  # the kit says that it will never come
    STATED = "stated"  # the kit named it as its head; it is still to come


@dataclass(frozen=True, slots=True)
class Link:
    """One place of a kit's chain. `previous` is empty for a record outside the chain, and for one that was only stated."""

    seq: int
    envelope: str
    previous: str
    link: str
    how: How = How.RECORD

    @property
    def chained(self) -> bool:
        """Whether it names the one before it."""
        return bool(self.previous)


@dataclass(frozen=True, slots=True)
class Near:
    """What is booked around a link that is to be booked, each None when there is nothing.

    `twin` has its envelope at another place, `sibling` its predecessor, `parent` and `child` are joined to it by their links
    but stand elsewhere; `start` is the first record of the chain; `lowest` is the first place of the chain that is known,
    `loose` the last record outside it.
    """

    here: Link | None = None
    before: Link | None = None
    after: Link | None = None
    twin: Link | None = None
    sibling: Link | None = None
    parent: Link | None = None
    child: Link | None = None
    start: Link | None = None
    lowest: Link | None = None
    loose: Link | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong with a kit: a rule, the place, and what was found. `suspends`: nothing of the kit is taken any more."""

    code: str
    seq: int
    envelope: str
    detail: str
    suspends: bool = False

    @property
    def case_id(self) -> str:
        """Its case: the rule and the place."""
        return ":".join((self.code, *self._place))

    @property
    def _place(self) -> tuple[str, ...]:
        return tuple(it for it in (str(self.seq or ""), self.envelope) if it)

    def __str__(self) -> str:
        where = ", envelope ".join(self._place)
        return f"record {where}: {self.detail}" if where else self.detail


Fits = Callable[[Link, Near], Alarm | None]


@dataclass(frozen=True, slots=True)
class Gap:
    """Places of a kit's chain that nothing came for; central knows of them since `since` (ISO 8601)."""

    entity: str
    kit: str
    first: int
    last: int
    since: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of a kit's contacts. `contact_at` is the kit's own time of the last one.

    `seq` is the last command that it said it took, `said_at` when that came.
    """

    state: str = ""
    traits: tuple[str, ...] = ()
    escrow: bytes = field(default=b"", repr=False)
    contact_at: str = ""
    seq: int = 0
    said_at: str = ""


@dataclass(frozen=True, slots=True)
class Met:
    """What became of a contact: what is known now, or the alarm that refused it. `stale`: a later one came before."""

    known: Known
    alarm: Alarm | None = None
    stale: bool = False
    drifted: bool = False
