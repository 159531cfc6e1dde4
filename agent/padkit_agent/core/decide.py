"""The engine's one door: `decide(flow, event, rules)`. It picks the rule by the action that was pending; no rule is elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from padkit_agent.core import (
    applying,
    authorise,
    booking,
    card,
    checking,
    diligence,
    handover,
    in_hand,
    old_card,
    own_card,
    phone,
    pin,
    prepare,
    receipt,
    settle,
    signing,
)
from padkit_agent.core.actions import (
    Action,
    AskPerson,
    Authorise,
    AwaitAuthoriser,
    AwaitTaken,
    CheckFace,
    EnterPin,
    Inquire,
    JudgeCode,
    LookAtBox,
    MoveCard,
    Pause,
    ReadCard,
    ReadChip,
    ReadDocument,
    ReadIdentity,
    Reserve,
    Reverse,
    RunChecks,
    SealDocument,
    SendCode,
    SetDocument,
    ShowDocument,
    SignDocument,
    StageCard,
    Submit,
    Upload,
    WaitDevice,
    Waive,
)
from padkit_agent.core.events import AnyEvent, CancelAsked, LockAsked, PersonSaid, Woke
from padkit_agent.core.flow import PIN_PAD, Decision, Flow, FlowRefused, Rules, end
from padkit_agent.core.paper import RECEIPT
from padkit_agent.core.phases import BEFORE_CARD, CARD_INSIDE, MAY_CANCEL, Phase

HOUSEKEEPING = frozenset({"lay_card", "show_document", "document_differs", "load_cards", "empty_bin"})
FACE = frozenset({"face_failed", "face_alternative"})

Rule = Callable[[Flow, AnyEvent, Rules], Decision]
ASKED: tuple[
    tuple[frozenset[str], Callable[[Flow, PersonSaid, Rules], Decision]], ...
] = (  # questions, who decides on them
    (receipt.QUESTIONS, receipt.on_person),
    (in_hand.QUESTIONS, in_hand.on_person),
    (old_card.QUESTIONS, old_card.on_person),
    (own_card.QUESTIONS, own_card.on_person),
    (authorise.QUESTIONS, prepare.on_auth_question),
    (signing.QUESTIONS, prepare.on_signer),
    (phone.QUESTIONS, phone.on_person),
    (diligence.QUESTIONS, prepare.on_question),
    (checking.QUESTIONS, prepare.on_limit),
    (HOUSEKEEPING, prepare.on_housekeeping),
    (FACE, prepare.on_face_question),
)


def _on_waive(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    before = flow.phase in BEFORE_CARD
    return prepare.on_waive(flow, event, rules) if before else handover.on_waive_after_core(flow, event, rules)


def _on_pause(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    return (card.on_reserve_pause if flow.phase is Phase.CARD_STAGED else booking.on_pause)(flow, event, rules)


def _on_wait_device(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    awaited = isinstance(flow.pending, WaitDevice) and flow.pending.device == PIN_PAD
    return (pin.on_wait_pin_pad if awaited else prepare.on_wait_device)(flow, event, rules)


def _on_set(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    of_bank = flow.paper is not None and flow.paper.document == RECEIPT
    return (receipt.on_set if of_bank else signing.on_set)(flow, event, rules)


def _on_person(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    asked = flow.pending
    if not isinstance(event, PersonSaid) or not isinstance(asked, AskPerson):
        raise FlowRefused(f"ask cannot end in {type(event).__name__}")
    if event.what != asked.what or event.choice not in asked.choices or len(set(event.by)) < asked.people:
        raise FlowRefused(f"asked {asked.what} of {asked.choices}, answered {event.what}={event.choice}")
    if flow.phase in BEFORE_CARD:  # none of them may authorise it
        flow = replace(flow, people=tuple(dict.fromkeys((*flow.people, *event.by))))
    if flow.phase is Phase.SUBMITTING:
        return applying.on_person(flow, event, rules)
    for questions, rule in ASKED:
        if event.what in questions:
            return rule(flow, event, rules)
    before = flow.phase in CARD_INSIDE
    return (card.on_person_before_core if before else handover.on_person_after_core)(flow, event, rules)


RULES: Mapping[type[Action], Rule] = {
    Waive: _on_waive,
    ReadIdentity: prepare.on_identity,
    ReadDocument: prepare.on_document,
    CheckFace: prepare.on_face,
    WaitDevice: _on_wait_device,
    LookAtBox: settle.on_look,
    StageCard: card.on_stage,
    ReadChip: card.on_chip,
    Reserve: card.on_reserve,
    ReadCard: prepare.on_card,
    EnterPin: pin.on_enter_pin,
    AskPerson: _on_person,
    SetDocument: _on_set,
    ShowDocument: _on_person,
    SignDocument: prepare.on_sign,
    SealDocument: receipt.on_seal,
    RunChecks: prepare.on_checks,
    SendCode: phone.on_sent,
    JudgeCode: prepare.on_code_judged,
    Authorise: prepare.on_authorise,
    AwaitAuthoriser: prepare.on_authorise,
    Submit: booking.on_submit,
    Pause: _on_pause,
    Inquire: booking.on_inquire,
    MoveCard: handover.on_move,
    AwaitTaken: handover.on_await,
    Reverse: booking.on_reverse,
    Upload: handover.on_upload,
}


def start(flow: Flow, rules: Rules) -> Decision:
    """Return the first decision of a new flow."""
    return prepare.next_step(replace(flow, history=(f"{rules.at} {flow.phase.value}",)), rules)


def decide(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """Return what follows from `event`. Pure: the same three arguments always give the same decision.

    Raises `FlowRefused` for an event that cannot follow; the flow stays as it was.
    """
    if flow.ended or flow.pending is None:
        raise FlowRefused(f"flow {flow.id} ended in {flow.phase.value}")
    if isinstance(event, Woke):
        return settle.on_woke(flow, event, rules)
    if isinstance(event, CancelAsked | LockAsked):
        return _stop(flow, rules, event.why if isinstance(event, LockAsked) else "customer.cancel")
    return RULES[type(flow.pending)](flow, event, rules)


def may_cancel(flow: Flow) -> bool:
    """Tell whether it may still be stopped: before P1, and not while a card is already on its way to the bin."""
    return flow.phase in MAY_CANCEL and flow.doubt is None and not flow.after_bin and not flow.ended


def _stop(flow: Flow, rules: Rules, why: str) -> Decision:
    if not may_cancel(flow):
        raise FlowRefused(f"flow {flow.id}: too late to cancel in {flow.phase.value}")
    if flow.phase in CARD_INSIDE:
        return card.to_bin(flow, why, "cancel")
    return end(flow, rules, Phase.CANCELLED, why)
