"""One place for the question "did it happen?": an action is in doubt, the box was asked where its card is.

The box is believed about the card, the journal about intentions, the core about accounts. What they cannot settle together
goes to people or becomes a case; nothing is guessed.
"""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core.actions import (
    AwaitTaken,
    Inquire,
    LookAtBox,
    MoveCard,
    Pause,
    ReadChip,
    Reverse,
    StageCard,
    Submit,
    Target,
    WaitDevice,
)
from padkit_agent.core.booking import inquire
from padkit_agent.core.card import staged, to_bin, vanished
from padkit_agent.core.events import AnyEvent, BoxFault, BoxSeen, DeviceAway, Doubtful, Place, Seen, Woke
from padkit_agent.core.flow import BOX, READER, Decision, Flow, FlowRefused, Rules, book, end, then
from padkit_agent.core.handover import TAKEN_UNCLEAR, in_bin, presented, taken
from padkit_agent.core.phases import BEFORE_CARD, CARD_INSIDE, Phase
from padkit_agent.core.prepare import DEVICE_WAIT_S, on_box_before_stage
from padkit_contract.messages import CardState

LOOKS_MAX = 5  # a box that answers no look is a case
TRIES_MAX = 2  # one gentle retry after a jam or a doubtful motion, then people


def on_look(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The box was asked."""
    if flow.doubt is None and flow.card is None:
        return on_box_before_stage(flow, event, rules)
    match event:
        case BoxSeen(seen=seen):
            return settle(replace(flow, looks=0), seen, rules)
        case DeviceAway(why=why) | Doubtful(why=why) if flow.looks + 1 < LOOKS_MAX:
            return then(replace(flow, note=why, looks=flow.looks + 1), WaitDevice(BOX, DEVICE_WAIT_S))
        case DeviceAway(why=why) | Doubtful(why=why):
            return end(flow, rules, Phase.CASE_OPEN, why, stop_box=True)
        case BoxFault(fault=fault):
            return end(flow, rules, Phase.CASE_OPEN, fault, stop_box=True)
    raise FlowRefused(f"look_at_box cannot end in {type(event).__name__}")


def settle(flow: Flow, seen: Seen, rules: Rules) -> Decision:
    """Decide what became of the action in doubt."""
    doubt = flow.doubt
    if flow.phase in BEFORE_CARD:
        return _settle_feed(flow, seen, rules)
    if flow.phase in CARD_INSIDE or flow.phase is Phase.CORE_REFUSED:
        return _settle_inside(flow, doubt, seen, rules)
    return _settle_live(flow, doubt, seen, rules)


def _settle_feed(flow: Flow, seen: Seen, rules: Rules) -> Decision:
    captured = seen.bin_count is not None and seen.bin_count > flow.bin_count
    match seen.place:
        case Place.INSIDE | Place.GATE:
            return staged(flow, seen, rules)
        case Place.NONE if captured:
            return vanished(flow, seen, rules)
        case Place.NONE if flow.tries + 1 < TRIES_MAX:
            # Nothing in the path, nothing in the bin: the feed did not begin. Were it otherwise, the next chip is not the
            # next card of the slip and says so.
            flow = replace(flow, tries=flow.tries + 1, doubt=None, bin_count=seen.bin_count or flow.bin_count)
            if flow.woken:
                return then(replace(flow, woken=False), LookAtBox("before_stage"))
            return then(flow, StageCard())
    return end(flow, rules, Phase.CASE_OPEN, flow.note or "box.unclear", stop_box=True)


def _settle_inside(flow: Flow, doubt: object, seen: Seen, rules: Rules) -> Decision:
    """A card that is not live yet: it is wanted in the bin, or it is still being read and bound."""
    captured = seen.bin_count is not None and seen.bin_count > flow.bin_count
    bound_for_bin = isinstance(doubt, MoveCard) and doubt.to is Target.BIN
    match seen.place:
        case Place.NONE if captured:
            return in_bin(replace(flow, bin_count=seen.bin_count or 0, after_bin=flow.after_bin or "retry"), rules)
        case Place.NONE:
            return end(flow, rules, Phase.CASE_OPEN, "card.missing", book(flow, CardState.MISSING), stop_box=True)
        case Place.INSIDE | Place.GATE if flow.tries + 1 >= TRIES_MAX or _gentle_retry_failed(flow, doubt):
            return end(flow, rules, Phase.CASE_OPEN, flow.note or "box.jam", stop_box=True)
        case Place.INSIDE | Place.GATE:
            flow = replace(flow, tries=flow.tries + 1)
            if bound_for_bin:
                return then(flow, MoveCard(Target.BIN, flow.note))
            if seen.place is Place.INSIDE and flow.card is not None and not flow.card.read:
                return then(flow, ReadChip())
            return to_bin(flow, flow.note or "woke with a card inside", "retry")
    return end(flow, rules, Phase.CASE_OPEN, flow.note or "box.unclear", stop_box=True)


def _gentle_retry_failed(flow: Flow, doubt: object) -> bool:
    return isinstance(doubt, MoveCard) and doubt.to is Target.READER and not flow.woken


def _settle_live(flow: Flow, doubt: object, seen: Seen, rules: Rules) -> Decision:
    """The account is live: the card is presented, taken, in the bin, or two people must say."""
    captured = seen.bin_count is not None and seen.bin_count > flow.bin_count
    to_the_bin = isinstance(doubt, MoveCard) and doubt.to is Target.BIN
    match seen.place:
        case Place.NONE if captured:
            return in_bin(replace(flow, bin_count=seen.bin_count or 0, after_bin="choice"), rules)
        case Place.NONE if isinstance(doubt, MoveCard) and doubt.to is Target.GATE:
            return then(flow, TAKEN_UNCLEAR)
        case Place.NONE if seen.lost_power or seen.bin_count is None:
            return then(flow, TAKEN_UNCLEAR)
        case Place.NONE if isinstance(doubt, AwaitTaken) and doubt.timeout_s == 0.0:
            return end(flow, rules, Phase.CASE_OPEN, "card.missing", book(flow, CardState.MISSING), stop_box=True)
        case Place.NONE:
            return taken(flow, rules)
        case Place.GATE if to_the_bin or (isinstance(doubt, AwaitTaken) and doubt.timeout_s == 0.0):
            return _again(flow, MoveCard(Target.BIN, "box.not_taken"), rules)
        case Place.GATE:
            return presented(flow, rules)
        case Place.INSIDE if to_the_bin or flow.phase is Phase.CARD_PRESENTED:
            return _again(flow, MoveCard(Target.BIN, "box.not_taken"), rules)
        case Place.INSIDE:
            return _again(flow, MoveCard(Target.GATE, "present"), rules)
    return then(flow, TAKEN_UNCLEAR)


def _again(flow: Flow, move: MoveCard, rules: Rules) -> Decision:
    """One gentle retry, then a case."""
    if flow.tries + 1 >= TRIES_MAX:
        return end(flow, rules, Phase.CASE_OPEN, flow.note or "box.jam", stop_box=True)
    after = "choice" if move.to is Target.BIN else flow.after_bin
    return then(replace(flow, tries=flow.tries + 1, after_bin=after), move)


def on_woke(flow: Flow, event: Woke, rules: Rules) -> Decision:
    """After a crash: what may have happened is looked up first, what is harmless is simply done again."""

    pending = flow.pending
    flow = replace(flow, woken=True, tries=0)
    match flow.phase:
        case Phase.CORE_SENT | Phase.CORE_UNKNOWN:
            return inquire(flow)
        case Phase.CARD_NOT_TAKEN if isinstance(pending, Reverse | Pause | Inquire):
            return inquire(flow)
        case Phase.CARD_STAGED | Phase.CARD_BOUND | Phase.PIN_SET | Phase.CORE_REFUSED | Phase.CORE_OK:
            return then(replace(flow, doubt=flow.doubt or pending), LookAtBox("woke"))
        case Phase.CARD_PRESENTED:
            return then(replace(flow, doubt=flow.doubt or pending), LookAtBox("woke"))
    if isinstance(pending, StageCard) or flow.doubt is not None:
        return then(replace(flow, doubt=flow.doubt or pending), LookAtBox("woke"))
    if pending is None or isinstance(pending, Submit | Inquire):
        raise FlowRefused(f"flow {flow.id}: nothing to wake up to in {flow.phase.value}")
    flow = replace(flow, woken=False)
    session_s = rules.number("identity_session_minutes", 30) * 60
    if flow.phase in BEFORE_CARD and flow.identity and event.at_s - flow.identity_at_s > session_s:
        return end(flow, rules, Phase.CANCELLED, f"{READER}: identity session over; begin again with the card")
    return then(flow, pending)
