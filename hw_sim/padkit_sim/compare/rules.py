"""Which stories the four witnesses may tell about one card. A table; no I/O here.

Believed are the core about accounts, the box about the card, kit and central about the books; nothing is guessed. A story
that is not in the table is a difference.
"""

from __future__ import annotations

import enum
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from padkit_contract.messages import CardState


class Place(enum.Enum):
    """Where the box has a card; `ABSENT` when it has none such."""

    HOPPER = "hopper"
    PATH = "path"
    GATE = "gate"
    HAND = "hand"
    BIN = "bin"
    OUT = "out"
    ABSENT = "absent"


class Core(enum.Enum):
    """What the core says about a card number.

    Dead: there was an account, reversed or closed, or it goes on under another card.
    """

    NONE = "none"
    LIVE = "live"
    REVERSED = "reversed"
    CLOSED = "closed"
    REPLACED = "replaced"
    BLOCKED = "blocked"
    BLOCKED_LIVE = "blocked_live"
    BLOCKED_DEAD = "blocked_dead"


class Need(enum.Enum):
    """What must excuse a card that is between two resting places."""

    NOTHING = "nothing"
    FLOW = "flow"
    FLOW_OR_CASE = "flow_or_case"
    CASE = "case"


class Remark(enum.Enum):
    """What is worth saying about a card on which all four agree."""

    UNDER_WAY = "under_way"
    IN_CASE = "in_case"
    FOUND_AND_BLOCKED = "found_and_blocked"
    FOREIGN = "foreign"


class Problem(enum.Enum):
    """How a card's story can fail."""

    PLACE = "place"  # the box has it where the kit's book does not
    CORE = "core"  # the account does not go with place and book
    NOT_BLOCKED = "not_blocked"  # nobody has it, and the core would let it work
    UNEXCUSED = "unexcused"  # between two places, in no flow and no case
    CENTRAL = "central"  # central's book is not the kit's
    CENTRAL_NUMBER = "central_number"  # one voucher, two card numbers
    FOREIGN = "foreign"  # the box has another card in this one's place, and no case says so
    STRANGER = "stranger"  # a card or an account that no book has
    UNSENT = "unsent"  # the core has an account that central never sent
    NO_ACCOUNT = "no_account"  # central had a yes, the core has no account
    REFUSED_LIVE = "refused_live"  # central had a no, the core has an account
    UNDECIDED = "undecided"  # the core has decided, central does not know, nothing is asking
    CASE_NOT_AT_CENTRAL = "case_not_at_central"


@dataclass(frozen=True, slots=True)
class Rule:
    """Stories that agree: any of these places with any of these states and any of these answers of the core."""

    places: AbstractSet[Place]
    kit: AbstractSet[CardState]
    core: AbstractSet[Core]
    need: Need = Need.NOTHING
    remark: Remark | None = None


_NOT_LIVE = frozenset({Core.NONE, Core.REVERSED, Core.CLOSED, Core.REPLACED, Core.BLOCKED, Core.BLOCKED_DEAD})
_BLOCKED = frozenset({Core.BLOCKED, Core.BLOCKED_LIVE, Core.BLOCKED_DEAD})
_INSIDE = frozenset({Place.PATH, Place.GATE})
_ANYWHERE_BUT_HOPPER = frozenset(Place) - {Place.HOPPER}
_VOIDED = frozenset({CardState.CAPTURED, CardState.VOID_PENDING})

RULES: tuple[Rule, ...] = (
    Rule({Place.HOPPER}, {CardState.LOADED}, {Core.NONE}),
    Rule(_INSIDE, {CardState.STAGED}, {Core.NONE}, Need.FLOW_OR_CASE, Remark.UNDER_WAY),
    # bound to a business that may be at the core just now: both answers go with it
    Rule(_INSIDE, {CardState.RESERVED}, {Core.NONE, Core.LIVE}, Need.FLOW_OR_CASE, Remark.UNDER_WAY),
    Rule(_INSIDE, {CardState.ISSUED}, {Core.LIVE}, Need.FLOW_OR_CASE, Remark.UNDER_WAY),
    Rule({Place.HAND}, {CardState.HANDED_OVER}, {Core.LIVE, Core.REPLACED}),
    Rule({Place.HAND}, {CardState.ISSUED}, {Core.LIVE}, Need.FLOW_OR_CASE, Remark.UNDER_WAY),
    Rule({Place.BIN}, _VOIDED, _NOT_LIVE),
    Rule({Place.BIN}, {CardState.CAPTURED_LIVE}, {Core.LIVE}, Need.FLOW_OR_CASE, Remark.UNDER_WAY),
    # a replacement that nobody took: the case is open until people have seen to card and account
    Rule({Place.BIN}, {CardState.CAPTURED_LIVE}, {Core.REPLACED}, Need.CASE, Remark.IN_CASE),
    # the reversal is booked, its answer is on the way
    Rule({Place.BIN}, {CardState.CAPTURED_LIVE}, {Core.REVERSED}, Need.FLOW, Remark.UNDER_WAY),
    # F26: out of everybody's hands, so it must not work, and somebody must look for it
    Rule(_ANYWHERE_BUT_HOPPER, {CardState.MISSING}, _BLOCKED, Need.CASE, Remark.FOUND_AND_BLOCKED),
)


@dataclass(frozen=True, slots=True)
class Story:
    """What box, kit and core say about one card, and what excuses it."""

    place: Place
    kit: CardState
    core: Core
    in_flow: bool = False
    in_case: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for one card: no problems is agreement."""

    problems: tuple[Problem, ...] = ()
    remarks: tuple[Remark, ...] = ()


def judge(story: Story) -> Verdict:
    """Look a story up in the table."""
    placed = [rule for rule in RULES if story.place in rule.places and story.kit in rule.kit]
    if not placed:
        return Verdict((Problem.PLACE,))
    booked = [rule for rule in placed if story.core in rule.core]
    if not booked:
        return Verdict((Problem.NOT_BLOCKED if story.kit is CardState.MISSING else Problem.CORE,))
    excused = next((rule for rule in booked if _excused(rule.need, story)), None)
    if excused is None:
        return Verdict((Problem.UNEXCUSED,))
    remark = Remark.IN_CASE if excused.remark is Remark.UNDER_WAY and not story.in_flow else excused.remark
    return Verdict((), () if remark is None else (remark,))


def _excused(need: Need, story: Story) -> bool:
    return {
        Need.NOTHING: True,
        Need.FLOW: story.in_flow,
        Need.FLOW_OR_CASE: story.in_flow or story.in_case,
        Need.CASE: story.in_case,
    }[need]


class Sent(enum.Enum):
    """What central's submission table says of one attempt, sorted by what it claims."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


_YES = frozenset({"ok"})
_NO = frozenset({"refused", "not_executed", "not_found", "invalid"})


def sorted_state(state: str) -> Sent:
    """Sort a submission's state (a contract `Outcome`, or ``sent``); what is neither yes nor no is open."""
    return Sent.YES if state in _YES else Sent.NO if state in _NO else Sent.OPEN
