"""What the store keeps of orders: who asked for what, who approved, how far it got at each kit. No SQL here.

A state is only ever left forwards; `NEXT` is the whole table, and the SQL guards its updates by it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from padkit_contract.commands import AnyOrder


class TargetState(enum.Enum):
    """How far an order got at one kit."""

    ASKED = "asked"  # waits for another person
    APPROVED = "approved"  # waits for its time
    QUEUED = "queued"
    SENT = "sent"  # given to a connection, at least once; the row is written first
    RECEIVED = "received"  # durable at the kit
    APPLIED = "applied"
    REFUSED = "refused"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


T = TargetState
FINAL = frozenset({T.APPLIED, T.REFUSED, T.FAILED, T.EXPIRED, T.CANCELLED, T.SUPERSEDED})
AT_KIT = frozenset({T.SENT, T.RECEIVED})  # only the kit knows
UNSENT = frozenset({T.ASKED, T.APPROVED, T.QUEUED})
BY_CENTRAL = frozenset({T.REFUSED, T.FAILED, T.EXPIRED, T.CANCELLED, T.SUPERSEDED})
NEXT: Mapping[TargetState, frozenset[TargetState]] = {
    T.ASKED: BY_CENTRAL | {T.APPROVED, T.QUEUED},
    T.APPROVED: BY_CENTRAL | {T.QUEUED},
    T.QUEUED: BY_CENTRAL | {T.SENT, T.APPLIED},  # APPLIED: a cancel that never had to leave central
    T.SENT: FINAL | {T.RECEIVED},
    T.RECEIVED: FINAL,
    **{end: frozenset() for end in FINAL},
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An order as it was asked for. `signature` is the whole signed paper; `needs` how many others must approve.

    `asked_at` is central's clock; `not_before` and `expires` are seconds since 1970, 0: at once, never.
    """

    entity: str
    command: str
    order: AnyOrder
    reason: str
    asked_by: str
    signature: bytes = field(repr=False)
    asked_at: str
    not_before: int
    expires: int
    needs: int


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's consent; `signature` is the whole signed paper."""

    by: str
    signature: bytes = field(repr=False)
    at: str


@dataclass(frozen=True, slots=True)
class Target:
    """One order at one kit. `seq` is 0 until queued; `next_try_at` is when it is sent (again), empty: at once.

    `id` is the row's own; every envelope that carries it has the same.
    """

    entity: str
    command: str
    kit: str
    kind: str
    seq: int
    state: TargetState
    code: str = ""
    detail: str = ""
    tries: int = 0
    next_try_at: str = ""
    asked_at: str = ""
    queued_at: str = ""
    sent_at: str = ""
    received_at: str = ""
    ended_at: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A target together with the order it is of."""

    target: Target
    asked: Asked
    approved_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one order at one kit, before it is asked for or queued there.

    `ends` are orders that never left central and end now (command id: how); `over` that this one overtakes what waits;
    `state` and `code` how it ends itself when there is nothing left to do at the kit, None: it goes on.
    """

    ends: Mapping[str, TargetState] = field(default_factory=dict)
    over: bool = False
    state: TargetState | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What the kit says became of a command."""

    command: str
    seq: int
    state: TargetState
    code: str = ""
    detail: str = ""


class Booking(enum.Enum):
    """What a kit's word changed."""

    CHANGED = "changed"
    KNOWN = "known"  # nothing new
    UNKNOWN = "unknown"  # no such command for this kit, or never sent
    CONTRADICTED = "contradicted"  # it ended otherwise, or has another number


@dataclass(frozen=True, slots=True)
class KitWord:
    """What central knows of a kit: its place in the register, its own last word (JSON of `Standing`), and when."""

    entity: str
    kit: str
    state: str = ""
    standing: str = ""
    standing_at: str = ""
    seen_at: str = ""
    escrow: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """What the rules look at: one kit, what is pending there in its order, the last lock or unlock that was applied."""

    word: KitWord
    pending: tuple[Placed, ...] = ()
    last_lock: Target | None = None


Judge = Callable[[Asked, Place], Verdict]
