"""What the store keeps, as values. No SQL here.

Every record carries its entity (the legal bank). Moments are ISO 8601 texts in UTC, made by central's clock unless the name
says otherwise; nothing is ordered by a kit's clock.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from padkit_contract.checks import Verdict
from padkit_contract.messages import CardState, Outcome


class Point(enum.Enum):
    """What a commit makes durable. A request for the core passes INTAKE, SENT, (the call), RESULT, REPLY in this order."""

    INTAKE = "intake"
    SENT = "sent"
    RESULT = "result"
    REPLY = "reply"
    QUARANTINE = "quarantine"
    STOCK = "stock"
    LEDGER = "ledger"
    PAPER = "paper"
    ENROLLED = "enrolled"  # a kit's certificates, before they leave
    CHAIN = "chain"
    ASKED = "asked"  # an order, or a consent to it, with what it queues
    PUSHED = "pushed"  # a command is about to leave for its kit
    AUTHORISED = "authorised"  # a request for authorisation, or what an authoriser did with it
    PIECE = "piece"  # of an evidence package, or the verdict on the whole
    ENDED = "ended"  # what a kit says of a command, or a sweep that ends some


@dataclass(frozen=True, slots=True)
class CheckRow:
    """The last word on one online check of a customer: `code` in the bank's words, `at` when it was made.

    `mark` tells whom it was about, see `padkit_contract.checks.about_mark`.
    """

    name: str
    verdict: Verdict
    code: str
    at: str
    mark: str
    system_serial: str = ""


@dataclass(frozen=True, slots=True)
class CodeRow:
    """The last code sent to a customer's telephone: `mark` tells the telephone, `digest` is keyed by `key`."""

    mark: str
    key: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    made_at: str
    sent: int
    tries: int = 0
    used: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """One envelope as it came in. `envelope`, `business` and `sequence` are what its context claims; nothing is proved yet."""

    id: str
    entity: str
    kit: str
    envelope: str
    business: str
    sequence: int
    received_at: str
    body: bytes = field(repr=False)


class IntakeState(enum.Enum):
    """How far an envelope got. WAITING ones are taken up again after a restart."""

    WAITING = "waiting"
    ANSWERED = "answered"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Taken:
    """What the store knows of an envelope that came before: its reply, once there is one, is given again."""

    id: str
    business: str
    sequence: int
    state: IntakeState
    reply: bytes = field(repr=False)


class SubmissionState(enum.Enum):
    """How far a request to the core got."""

    SENT = "sent"  # written down before the call; nobody knows yet
    UNKNOWN = "unknown"  # called, no certain answer: inquire
    OK = "ok"
    REFUSED = "refused"
    NOT_EXECUTED = "not_executed"  # certain that nothing happened; the next attempt may come


S = SubmissionState
ENDS = frozenset({S.OK, S.REFUSED, S.NOT_EXECUTED})
OPEN = frozenset({S.SENT, S.UNKNOWN})
NEXT: Mapping[SubmissionState, frozenset[SubmissionState]] = {  # an end is never left
    S.SENT: ENDS | {S.UNKNOWN},
    S.UNKNOWN: ENDS | {S.UNKNOWN},
    S.OK: frozenset(),
    S.REFUSED: frozenset(),
    S.NOT_EXECUTED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Submission:
    """One attempt of one business at the core. `digest` tells its content from another's and leaves C3 fields out.

    `card_no` is the card it is about; `original` the serial that a reversal reverses, or the number of the card
    that this one replaces; `fields` what the core answered.
    """

    entity: str
    serial: str
    attempt: int
    kit: str
    service: str
    digest: str
    card_no: str = field(default="", repr=False)
    original: str = ""
    state: SubmissionState = SubmissionState.SENT
    code: str = ""
    message: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
    sent_at: str = ""  # filled in by the store


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an attempt ended, or that nobody knows."""

    state: SubmissionState
    code: str
    message: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What the core says about a serial. `final` makes NOT_FOUND believable: the serial is closed for what was sent so far.

    `succeeded` is the attempt that did (0: none); `results` how each attempt ended that the core knows; up to `closed`
    attempts are never executed any more.
    """

    outcome: Outcome
    final: bool
    code: str = ""
    message: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
    succeeded: int = 0
    closed: int = 0
    results: Mapping[int, Settlement] = field(default_factory=dict)


class AccountState(enum.Enum):
    """What central knows of a card's account."""

    NONE = "none"
    LIVE = "live"
    REVERSED = "reversed"
    REPLACED = "replaced"  # another card took its place; whoever holds it holds a dead one


@dataclass(frozen=True, slots=True)
class StockCard:
    """One card of a check-out slip. `state` is None until the kit's ledger names the card for the first time."""

    entity: str
    kit: str
    batch: str
    voucher: str
    product: str
    card_no: str = field(repr=False)
    state: CardState | None = None
    account: AccountState = AccountState.NONE
    reserved_for: str = ""
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of uploaded ledger events: `have` is the highest number without a hole, `missing` the holes after it.

    `conflicts` were booked before with another content; `strangers` name a card that no slip of this kit knows.
    """

    have: int
    missing: tuple[int, ...]
    fresh: tuple[int, ...]
    conflicts: tuple[int, ...]
    strangers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One stored policy: `body` is the JSON of `messages.Policy`; `superseded_at` is empty for the current one."""

    entity: str
    version: int
    body: bytes
    put_at: str
    superseded_at: str = ""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Something that a person must close. `id` is unique per kit; central's own start with the rule that opened them."""

    entity: str
    kit: str
    id: str
    reason: str
    at: str
    flow: str = ""
    voucher: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Books:
    """What the compare reads. `core_ok` are (entity, serial) whose evidence package says that the core opened a card,
    `taken` those whose customer took it, `ended` all that a package came of.
    """

    cards: tuple[StockCard, ...]
    submissions: tuple[Submission, ...]
    cases: tuple[OpenCase, ...]
    core_ok: frozenset[tuple[str, str]]
    taken: frozenset[tuple[str, str]] = frozenset()
    ended: frozenset[tuple[str, str]] = frozenset()
