"""One business in progress as a value: what is known, what is wanted next, and the small moves every rule uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from padkit_agent.core.actions import AnyAction, StageCard
from padkit_agent.core.compare import Comparison
from padkit_agent.core.paper import Paper
from padkit_agent.core.phases import CARD_IN_BOX, ENDS, NEXT, Phase
from padkit_agent.core.plan import Plan
from padkit_contract.authorise import Ticket
from padkit_contract.messages import CardState, EvidenceItem, How, Slip, SlipCard

BOX = "box"
READER = "reader"
SLOT = "slot"  # where the customer puts his bank card in
CAMERA = "camera"
OCR = "ocr"
LIVENESS = "liveness"
PIN_PAD = "pin"
SIGN_PAD = "pad"
DOCUMENTS = "documents"  # of `Flow.able`
FACES = "faces"
PINS = "pins"
SIGNATURES = "signatures"
CARDS = "cards"
NEEDED = {
    DOCUMENTS: frozenset({CAMERA, OCR}),
    FACES: frozenset({CAMERA, LIVENESS}),
    PINS: frozenset({PIN_PAD}),
    SIGNATURES: frozenset({SIGN_PAD}),
    CARDS: frozenset({SLOT}),
}  # the devices that a step works with
SESSION_MINUTES = 30.0  # catalogue parameter identity_session_minutes


class FlowRefused(Exception):
    """A change of state that the table does not know; a fault in the rules, never in the world."""


class Card(msgspec.Struct, frozen=True, omit_defaults=True):
    """The card in play, as the slip of its feed named it. `read` is False while only its place on the slip names it."""

    voucher: str
    card_no: str
    read: bool = False
    seq: str = ""
    batch: str = ""


class Flow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that must survive a power cut. C3 values (PIN block, expiry) are never here.

    `pending` is the action in the journal that has no result yet; `doubt` the action whose end is being looked up.
    `lost_power`: the box lost it since it was last looked at; a box that was made ready does not say so any more.
    `drawn_in`: a card that was at the gate was seen inside since, where no customer can take it.
    `able` is what the kit had the devices for when the flow began (`NEEDED`): these steps are done, others waived.
    `photo`: the chip's photo was decoded, and the person has still to be compared with it; it is in memory only.
    `side` is the side of the document that is read now, `shown` the digest of its last picture that could be read, `compared`
    what that gave, `differed` how often one differed;
    `unproven` is how often a face was not shown to be live and the holder's.
    `faceless` is why no picture of the face may be taken, empty: it may;
    `held` is since when the flow waits for its online checks, while everything that needs no network goes on; empty: it does not.
    `paper` is the document that is read and signed now.
    `round` counts the requests for authorisation, `ticket` is what came of the last; `parts` are what a return lets people mend;
    `people` answered questions before a card moved: none of them may authorise.
    `after_bin` says what follows when the card lies in the bin: ``retry``, ``cancel``, ``refuse``, ``case``, ``choice``.
    """

    id: str
    business: str
    serial: str
    reversal_serial: str
    policy: int
    inputs: dict[str, Any]
    phase: Phase = Phase.STARTED
    pending: AnyAction | None = None
    doubt: AnyAction | None = None
    identity: dict[str, Any] = {}
    module_number: str = ""
    identity_at_s: float = 0.0
    able: tuple[str, ...] = msgspec.field(default=(), name="sees")  # the journal's name for it since its format 1
    photo: bool = False
    side: str = ""
    shown: str = ""
    compared: tuple[Comparison, ...] = ()
    differed: int = 0
    unproven: int = 0
    faceless: str = ""
    evidence: tuple[EvidenceItem, ...] = ()
    checks: tuple[EvidenceItem, ...] = ()
    history: tuple[str, ...] = ()
    held: str = ""
    paper: Paper | None = None
    round: int = 0
    ticket: Ticket | None = None
    parts: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    card: Card | None = None
    bin_count: int = 0
    attempt: int = 0
    reversal_attempt: int = 0
    tries: int = 0
    looks: int = 0
    unread: int = 0
    inquiries: int = 0
    woken: bool = False
    lost_power: bool = False
    drawn_in: bool = False
    after_bin: str = ""
    core: dict[str, Any] = {}
    note: str = ""

    @property
    def ended(self) -> bool:
        return self.phase in ENDS


class Rules(msgspec.Struct, frozen=True):
    """What a decision may look at besides the flow: its function's plan, the policy it began with, the kit's stock, the moment.

    `stopped` names what stops the box, if anything: an open case, or another flow that may have its card in it.
    """

    waivers: Mapping[str, str]
    parameters: Mapping[str, Any]
    slip: Slip | None
    states: Mapping[str, CardState]
    at: str
    plan: Plan
    stopped: str = ""

    def number(self, name: str, default: float) -> float:
        """Return a numeric parameter of the policy."""
        value = self.parameters.get(name, default)
        return float(value) if isinstance(value, int | float) else default

    @property
    def batch(self) -> str:
        """The batch of the slip that the kit works by now."""
        return self.slip.batch if self.slip else ""

    def next_card(self) -> SlipCard | None:
        """Return the card that the hopper must give next: the first one of the slip that never left it."""
        cards = self.slip.cards if self.slip else ()
        return next((card for card in cards if self.loaded(card)), None)

    def loaded(self, card: SlipCard) -> bool:
        """Tell whether a card of the slip never left the hopper."""
        return self.states.get(card.voucher) is CardState.LOADED


def may_hold_card(flow: Flow) -> bool:
    """Tell whether its card may be in the box: from the wish to feed until it is handed over or counted in the bin."""
    in_box = flow.phase in CARD_IN_BOX and flow.card is not None
    return in_box or isinstance(flow.pending, StageCard) or isinstance(flow.doubt, StageCard)


def session_over(flow: Flow, rules: Rules) -> bool:
    """Tell whether the identity card was read too long ago; the customer must show up with it again."""
    session_s = rules.number("identity_session_minutes", SESSION_MINUTES) * 60
    return bool(flow.identity) and datetime.fromisoformat(rules.at).timestamp() - flow.identity_at_s > session_s


class LedgerChange(msgspec.Struct, frozen=True):
    """One line for the card ledger, written with the journal row."""

    voucher: str
    card_no: str
    state: CardState
    read: bool
    reason: str = ""
    batch: str = ""


class Decision(msgspec.Struct, frozen=True):
    """What follows from an event: the flow after it, the next action (None: the flow ended), and what is booked with it."""

    flow: Flow
    action: AnyAction | None
    ledger: tuple[LedgerChange, ...] = ()
    case: str = ""
    stop_box: bool = False


def go(flow: Flow, rules: Rules, *phases: Phase) -> Flow:
    """Walk through `phases` by the table, writing the history. Raises `FlowRefused`."""
    for phase in phases:
        if phase not in NEXT.get(flow.phase, frozenset()):
            raise FlowRefused(f"flow {flow.id}: {flow.phase.value} -> {phase.value} is not in the table")
        flow = replace(flow, phase=phase, history=(*flow.history, f"{rules.at} {phase.value}"), tries=0)
    return flow


def then(flow: Flow, action: AnyAction, *ledger: LedgerChange, case: str = "", stop_box: bool = False) -> Decision:
    """Go on with `action`."""
    return Decision(replace(flow, pending=action), action, ledger, case, stop_box)


def end(
    flow: Flow, rules: Rules, phase: Phase, note: str = "", *ledger: LedgerChange, stop_box: bool = False
) -> Decision:
    """End the flow in `phase`; CASE_OPEN opens a case with `note` as its reason."""
    ended = replace(go(flow, rules, phase), pending=None, doubt=None, note=note)
    return Decision(ended, None, ledger, note if phase is Phase.CASE_OPEN else "", stop_box)


def book(flow: Flow, state: CardState, reason: str = "") -> LedgerChange:
    """Return the ledger line that puts the card in play into `state`."""
    if flow.card is None:
        raise FlowRefused(f"flow {flow.id}: no card in play for {state.value}")
    card = flow.card
    return LedgerChange(card.voucher, card.card_no, state, card.read, reason, card.batch)


def with_evidence(flow: Flow, *items: EvidenceItem) -> Flow:
    """Add evidence lines."""
    return replace(flow, evidence=(*flow.evidence, *items))


def waived_items(names: tuple[str, ...], rules: Rules) -> tuple[EvidenceItem, ...]:
    """Return one WAIVED line for each of `names`; every name must have a waiver."""
    return tuple(EvidenceItem(name, How.WAIVED, waiver=rules.waivers[name]) for name in names)
