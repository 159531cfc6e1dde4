"""From the core's yes to the end: the card at the gate, taken or not, in the bin, receipt and package."""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core import in_hand
from padkit_agent.core.actions import AskPerson, AwaitTaken, LookAtBox, MoveCard, ReadChip, Target, Waive
from padkit_agent.core.booking import reverse
from padkit_agent.core.card import DOUBLE_FEED, give_up, risen, to_bin
from padkit_agent.core.events import (
    Answered,
    AnyEvent,
    BoxFault,
    CardTaken,
    DeviceAway,
    Doubtful,
    Moved,
    NotTaken,
    PersonSaid,
    Place,
    Seen,
    TakenUnclear,
    Waived,
)
from padkit_agent.core.flow import (
    Decision,
    Flow,
    FlowRefused,
    LedgerChange,
    Rules,
    book,
    end,
    go,
    then,
    waived_items,
    with_evidence,
)
from padkit_agent.core.phases import Phase
from padkit_agent.core.receipt import receipt, upload
from padkit_contract.messages import AUTHORISER, CardState, EvidenceItem, How, Outcome

TAKE_S = 30.0  # catalogue parameter card_take_timeout_seconds
LIVE = frozenset({Phase.CORE_OK, Phase.CARD_PRESENTED})  # the account lives and the card is not handed over
TAKEN_UNCLEAR = AskPerson("taken_unclear", ("taken", "not_taken"), people=2)
RETRACT_FAILED = AskPerson("retract_failed", ("taken", "held"), people=2)
REPLACED_NOT_TAKEN = "replacement.not_taken"  # urgent: the customer has no card that works
NOT_TAKEN = AskPerson("not_taken", ("reverse", "case"))


def on_move(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """A motion ended, failed, or is in doubt."""
    if not isinstance(flow.pending, MoveCard):
        raise FlowRefused(f"flow {flow.id}: no motion was pending")
    match event:
        case Moved(seen=seen):
            return arrived(flow, flow.pending, seen, rules)
        case BoxFault(fault="box.retract_failed", seen=Seen(place=Place.GATE)) if flow.phase in LIVE:
            return then(replace(flow, note="box.retract_failed"), RETRACT_FAILED)
        case BoxFault(fault="box.bin_full", seen=seen):
            held = seen is not None and (seen.place is Place.INSIDE or flow.phase in LIVE)
            return give_up(flow, rules, "box.bin_full", lost=not held)
        case BoxFault(fault=why) | Doubtful(why=why) | DeviceAway(why=why):
            note = flow.note if flow.pending.to is Target.BIN else why  # why a card goes to the bin is not forgotten
            return then(replace(flow, doubt=flow.pending, note=note), LookAtBox(f"move_{flow.pending.to.value}"))
    raise FlowRefused(f"move_card cannot end in {type(event).__name__}")


def arrived(flow: Flow, move: MoveCard, seen: Seen, rules: Rules) -> Decision:
    """Read what a finished motion left behind; the bin counter tells captured from taken."""
    up = risen(flow, seen)
    match (move.to, seen.place):
        case (Target.GATE, Place.GATE):
            return presented(flow, rules)
        case (Target.READER, Place.INSIDE):
            return then(flow, ReadChip())
        case (_, Place.NONE) if up:
            return in_bin(flow, seen, rules)
        case (Target.GATE, Place.NONE) if up == 0:
            return taken(flow, rules)
        case (Target.BIN, Place.NONE) if up == 0 and flow.phase is Phase.CARD_PRESENTED and not flow.drawn_in:
            return taken(flow, rules)  # pulled in the last moment: the path is empty and the counter did not move
        case (_, Place.NONE) if flow.phase in LIVE:
            return then(replace(flow, note="box.counter_unreadable"), TAKEN_UNCLEAR)  # F22: only two people can say
        case (Target.BIN, Place.NONE):
            return give_up(flow, rules, "card.missing", lost=True)
    return then(replace(flow, doubt=move), LookAtBox(f"move_{move.to.value}"))


def presented(flow: Flow, rules: Rules) -> Decision:
    """The card is at the gate: the customer's time runs."""
    if flow.phase is Phase.CORE_OK:
        flow = go(flow, rules, Phase.CARD_PRESENTED)
    flow = replace(flow, drawn_in=False)
    return then(flow, AwaitTaken(rules.number("card_take_timeout_seconds", TAKE_S)))


def on_await(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """Taken, not taken, or not to be told."""
    match event:
        case CardTaken():
            return taken(flow, rules)
        case NotTaken():
            return to_bin(flow, "box.not_taken", "choice")
        case TakenUnclear(why=why):
            return then(replace(flow, note=why), TAKEN_UNCLEAR)
        case Doubtful(why=why) | DeviceAway(why=why):
            return then(replace(flow, doubt=flow.pending, note=why), LookAtBox("await_taken"))
    raise FlowRefused(f"await_taken cannot end in {type(event).__name__}")


def taken(flow: Flow, rules: Rules) -> Decision:
    """P2: the customer holds a live card."""
    flow = with_evidence(go(flow, rules, Phase.CARD_TAKEN), EvidenceItem("card_dispense", How.CAPTURED, note="taken"))
    return in_hand.compare(flow, rules, book(flow, CardState.HANDED_OVER))


def in_bin(flow: Flow, seen: Seen, rules: Rules) -> Decision:
    """The card lies in the bin, counted. What follows was decided when it was sent there."""
    live = flow.phase in LIVE
    line = book(flow, CardState.CAPTURED_LIVE if live else CardState.CAPTURED, flow.note)
    extra, following = (risen(flow, seen) or 0) > 1, rules.next_card()
    if extra and following is not None and flow.note != DOUBLE_FEED:  # a second card travelled behind this one (F09)
        second = LedgerChange(
            *(following.voucher, following.card_no, CardState.MISSING),
            read=False, reason=f"{DOUBLE_FEED}: it was counted", batch=rules.batch,
        )  # fmt: skip
        return end(flow, rules, Phase.CASE_OPEN, DOUBLE_FEED, line, second, stop_box=True)
    flow = replace(flow, bin_count=seen.bin_count or 0)
    if (
        live and rules.plan.replaces
    ):  # the bank takes no replacement back: the old card is dead, this one's account lives
        flow = go(flow, rules, Phase.CARD_NOT_TAKEN)
        return end(flow, rules, Phase.CASE_OPEN, f"{REPLACED_NOT_TAKEN}: {flow.note}", line)
    if live:
        return then(go(flow, rules, Phase.CARD_NOT_TAKEN), NOT_TAKEN, line)
    match flow.after_bin:
        case "retry":
            flow = replace(go(flow, rules, Phase.AUTHORISED), card=None, woken=False, after_bin="")
            return then(flow, LookAtBox("before_stage"), line)
        case "cancel":
            return end(flow, rules, Phase.CANCELLED, flow.note, line)
        case "refuse":
            return end(flow, rules, Phase.REFUSED, flow.note, line)
    return end(flow, rules, Phase.CASE_OPEN, flow.note, line, stop_box=True)


def on_person_after_core(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """People decide what no sensor can: reverse or keep, taken or not."""
    match (event.what, event.choice):
        case ("not_taken", "reverse"):
            return _reverse_with_waiver(flow, event, rules)
        case ("taken_unclear" | "retract_failed", "taken"):
            flow = with_evidence(
                flow, EvidenceItem("card_dispense", How.CAPTURED, note="taken, say " + " + ".join(event.by))
            )
            return taken(flow, rules)
        case ("taken_unclear", "not_taken"):
            return then(replace(flow, doubt=AwaitTaken(0.0)), LookAtBox("not_taken"))
        case ("retract_failed", "held"):
            return end(flow, rules, Phase.CASE_OPEN, "box.retract_failed", stop_box=True)
    return end(flow, rules, Phase.CASE_OPEN, f"{event.what}: {event.choice}")


def _reverse_with_waiver(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    waiver = rules.waivers.get(AUTHORISER)
    if waiver is None:
        return end(flow, rules, Phase.CASE_OPEN, "waiver.missing: authoriser (reversal)")
    note = f"decision={event.choice} by {' + '.join(event.by) or 'the script'}; authoriser: waived by policy {waiver}"
    return reverse(with_evidence(flow, EvidenceItem(AUTHORISER, How.WAIVED, waiver=waiver, note=note)))


def on_waive_after_core(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The look at the card in hand, or the sealed voucher, is waived by the policy."""
    if not isinstance(event, Waived) or not isinstance(flow.pending, Waive):
        raise FlowRefused(f"waive cannot end in {type(event).__name__}")
    missing = [name for name in flow.pending.names if name not in rules.waivers]
    if missing:  # after P2 nothing stops the business: the lack is written into the evidence for the supplement
        lines = tuple(EvidenceItem(name, How.WAIVED, note="no waiver; to be supplemented") for name in missing)
    else:
        lines = waived_items(flow.pending.names, rules)
    flow = with_evidence(flow, *lines)
    if flow.phase is Phase.CARD_TAKEN:
        return receipt(go(flow, rules, Phase.CONFIRMED), rules)
    return upload(flow, rules)


def on_upload(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """Central has the package: after a hand-over the flow closes, after a reversal it ends reversed."""
    if not isinstance(event, Answered):
        raise FlowRefused(f"upload cannot end in {type(event).__name__}")
    reversed_ = flow.phase is Phase.CARD_NOT_TAKEN
    flow = flow if reversed_ else go(flow, rules, Phase.UPLOADED)
    if event.outcome is not Outcome.OK:
        return end(flow, rules, Phase.CASE_OPEN, f"package: {event.told}")
    booked = rules.states.get(flow.card.voucher if flow.card else "")
    if flow.card is not None and booked is not (CardState.VOID_PENDING if reversed_ else CardState.HANDED_OVER):
        return end(flow, rules, Phase.CASE_OPEN, f"stock: the card is booked {booked.value if booked else 'nowhere'}")
    return end(flow, rules, Phase.REVERSED, flow.note) if reversed_ else end(flow, rules, Phase.CLOSED)
