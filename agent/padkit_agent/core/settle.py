"""One place for the question "did it happen?": an action is in doubt, the box was asked where its card is.

The box is believed about the card, the journal about intentions, the core about accounts. What they cannot settle together
goes to people or becomes a case; nothing is guessed.
"""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core.actions import (
    AskPerson,
    Authorise,
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
from padkit_agent.core.applying import begin
from padkit_agent.core.authorise import ask_on
from padkit_agent.core.booking import inquire
from padkit_agent.core.card import SESSION_OVER, WOKE_INSIDE, give_up, risen, staged, to_bin, vanished
from padkit_agent.core.events import AnyEvent, BoxFault, BoxSeen, DeviceAway, Doubtful, Place, Seen, Woke
from padkit_agent.core.flow import BOX, Decision, Flow, FlowRefused, Rules, end, go, session_over, then
from padkit_agent.core.handover import LIVE, TAKEN_UNCLEAR, in_bin, presented, taken
from padkit_agent.core.phases import BEFORE_CARD, Phase
from padkit_agent.core.prepare import on_box_before_stage
from padkit_agent.core.seeing import DEVICE_WAIT_S, LOOKS_MAX

TRIES_MAX = 2  # one gentle retry after a jam or a doubtful motion, then people


def on_look(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The box was asked."""
    if flow.doubt is None and flow.card is None:
        return on_box_before_stage(flow, event, rules)
    match event:
        case BoxSeen(seen=seen) if seen.lost_power and not flow.lost_power:  # on disk before the box is made ready
            return then(replace(flow, lost_power=True), LookAtBox("lost_power"))
        case BoxSeen(seen=seen):
            return settle(replace(flow, looks=0), seen, rules)
        case DeviceAway(why=why) | Doubtful(why=why) if flow.looks + 1 < LOOKS_MAX:
            return then(replace(flow, note=why, looks=flow.looks + 1), WaitDevice(BOX, DEVICE_WAIT_S))
        case DeviceAway(why=why) | Doubtful(why=why):
            return give_up(flow, rules, why)
        case BoxFault(fault=fault):  # it cannot be made ready: a feed in doubt has put its card where nobody sees it
            return give_up(flow, rules, fault, lost=isinstance(flow.doubt, StageCard) and flow.card is None)
    raise FlowRefused(f"look_at_box cannot end in {type(event).__name__}")


def settle(flow: Flow, seen: Seen, rules: Rules) -> Decision:
    """Decide what became of the action in doubt. A card that is seen proves what the bin counter was without it."""
    doubt, lost_power = flow.doubt, flow.lost_power
    flow = replace(flow, doubt=None, lost_power=False)
    if seen.place in (Place.INSIDE, Place.GATE) and flow.card is not None and seen.bin_count is not None:
        flow = replace(flow, bin_count=seen.bin_count)
    if flow.phase in BEFORE_CARD:
        return _settle_feed(flow, seen, rules)
    if flow.phase in LIVE:
        return _settle_live(flow, doubt, seen, rules, lost_power=lost_power)
    return _settle_inside(flow, doubt, seen, rules)


def _settle_feed(flow: Flow, seen: Seen, rules: Rules) -> Decision:
    match seen.place:
        case Place.INSIDE | Place.GATE:
            return staged(flow, seen, rules, doubtful=True)
        case Place.UNCLEAR:
            return give_up(flow, rules, flow.note or "box.unclear", lost=True)
    if risen(flow, seen):
        return vanished(flow, seen, rules)
    if flow.tries + 1 >= TRIES_MAX or seen.bin_count is None:
        return give_up(flow, rules, flow.note or "box.unclear")
    # Nothing in the path, nothing in the bin: the feed did not begin. Were it otherwise, the next chip is not the next card
    # of the slip and says so.
    flow = replace(flow, tries=flow.tries + 1, bin_count=seen.bin_count)
    if flow.woken:
        return then(replace(flow, woken=False), LookAtBox("before_stage"))
    return then(flow, StageCard())


def _settle_inside(flow: Flow, doubt: object, seen: Seen, rules: Rules) -> Decision:
    """A card that is not live yet: it is wanted in the bin, or it is still being read and bound."""
    to_the_bin = isinstance(doubt, MoveCard) and doubt.to is Target.BIN
    match seen.place:
        case Place.NONE if risen(flow, seen):
            return in_bin(replace(flow, after_bin=flow.after_bin or "retry"), seen, rules)
        case Place.NONE:
            return give_up(flow, rules, "card.missing", lost=True)
        case Place.UNCLEAR:
            return give_up(flow, rules, flow.note or "box.unclear", lost=True)
        case Place.INSIDE if isinstance(doubt, StageCard):
            return then(flow, MoveCard(Target.READER, "read"))
        case Place.GATE if not to_the_bin:
            return to_bin(flow, "box.eject_early", "case")
    if flow.tries + 1 >= TRIES_MAX or _gentle_retry_failed(flow, doubt):
        return give_up(flow, rules, flow.note or "box.jam", lost=seen.place is Place.GATE)
    flow = replace(flow, tries=flow.tries + 1)
    if to_the_bin:
        return then(flow, MoveCard(Target.BIN, flow.note))
    if flow.card is not None and not flow.card.read:
        return then(flow, ReadChip())
    return to_bin(flow, WOKE_INSIDE, "retry")


def _gentle_retry_failed(flow: Flow, doubt: object) -> bool:
    return isinstance(doubt, MoveCard) and doubt.to is Target.READER and not flow.woken


def _settle_live(flow: Flow, doubt: object, seen: Seen, rules: Rules, *, lost_power: bool) -> Decision:
    """The account is live: the card is presented, taken, in the bin, or two people must say."""
    up = risen(flow, seen)
    denied = isinstance(doubt, AwaitTaken) and doubt.timeout_s == 0.0  # two people said that it was not taken
    to_the_bin = denied or (isinstance(doubt, MoveCard) and doubt.to is Target.BIN)
    to_the_gate = isinstance(doubt, MoveCard) and doubt.to is Target.GATE
    match seen.place:
        case Place.NONE if up:
            return in_bin(flow, seen, rules)
        case Place.NONE | Place.UNCLEAR if denied:
            return give_up(flow, rules, "card.missing", lost=True)
        case Place.NONE if up is None or to_the_gate or lost_power or flow.drawn_in:
            return then(flow, TAKEN_UNCLEAR)
        case Place.NONE:
            return taken(flow, rules)
        case Place.GATE if not to_the_bin:
            return presented(flow, rules)
        case Place.INSIDE if not to_the_bin and flow.phase is Phase.CORE_OK:
            return _once_more(flow, MoveCard(Target.GATE, "present"), rules)
        case Place.INSIDE | Place.GATE:
            flow = replace(flow, drawn_in=seen.place is Place.INSIDE)
            return _once_more(flow, MoveCard(Target.BIN, "box.not_taken"), rules)
    return then(flow, TAKEN_UNCLEAR)


def _once_more(flow: Flow, move: MoveCard, rules: Rules) -> Decision:
    """One gentle retry, then a case."""
    if flow.tries + 1 >= TRIES_MAX:
        return give_up(flow, rules, flow.note or "box.jam")
    return then(replace(flow, tries=flow.tries + 1), move)


def on_woke(flow: Flow, event: Woke, rules: Rules) -> Decision:
    """After a crash: what may have happened is looked up first, what is harmless is simply done again."""
    pending = flow.pending
    if again := _without_card(flow, rules):
        return again
    flow = replace(flow, woken=True, tries=0)
    match flow.phase:
        case Phase.CORE_SENT:
            return inquire(go(flow, rules, Phase.CORE_UNKNOWN))
        case Phase.CORE_UNKNOWN:
            return inquire(flow)
        case Phase.CARD_NOT_TAKEN if isinstance(pending, Reverse | Pause | Inquire):
            return inquire(flow)
        case Phase.CORE_OK | Phase.CARD_PRESENTED if isinstance(pending, AskPerson):
            return then(flow, pending)  # what two people were asked, no look can answer
        case Phase.CARD_STAGED | Phase.CARD_BOUND | Phase.PIN_SET | Phase.CORE_REFUSED | Phase.CORE_OK:
            return then(replace(flow, doubt=flow.doubt or pending), LookAtBox("woke"))
        case Phase.CARD_PRESENTED:
            return then(replace(flow, doubt=flow.doubt or pending), LookAtBox("woke"))
    if isinstance(pending, StageCard) or flow.doubt is not None:
        return then(replace(flow, doubt=flow.doubt or pending), LookAtBox("woke"))
    if pending is None or isinstance(pending, Submit | Inquire):
        raise FlowRefused(f"flow {flow.id}: nothing to wake up to in {flow.phase.value}")
    flow = replace(flow, woken=False)
    if flow.phase in BEFORE_CARD and not flow.held and session_over(flow, rules):
        return end(flow, rules, Phase.CANCELLED, SESSION_OVER)
    if isinstance(pending, Authorise):  # its row is in the outbox: it is not sent twice
        return ask_on(flow, rules)
    return then(flow, pending)


def _without_card(flow: Flow, rules: Rules) -> Decision | None:
    """What a flow without a card of the box wakes up to, where that differs."""
    if flow.phase is Phase.SUBMITTING:  # what was typed was in memory only
        return begin(flow, rules)
    if flow.phase is Phase.CORE_OK and flow.card is None and flow.pending is not None:
        return then(flow, flow.pending)
    return None
