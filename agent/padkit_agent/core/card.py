"""From P0 to P1: a staged card is read, held against the slip, reserved, bound to a PIN; what goes wrong ends in the bin."""

from __future__ import annotations

from msgspec.structs import replace

from padkit_agent.core.actions import (
    AskPerson,
    EnterPin,
    LookAtBox,
    MoveCard,
    Pause,
    ReadChip,
    Reserve,
    StageCard,
    Submit,
    Target,
)
from padkit_agent.core.authorise import ticket_fault
from padkit_agent.core.events import (
    Answered,
    AnyEvent,
    BoxFault,
    ChipRead,
    ChipUnreadable,
    DeviceAway,
    Doubtful,
    Moved,
    Paused,
    PersonSaid,
    Place,
    Seen,
    Silent,
)
from padkit_agent.core.flow import (
    PINS,
    Card,
    Decision,
    Flow,
    FlowRefused,
    LedgerChange,
    Rules,
    book,
    end,
    go,
    session_over,
    then,
    waived_items,
    with_evidence,
)
from padkit_agent.core.phases import Phase
from padkit_agent.core.plan import NEW, VERIFY
from padkit_contract.messages import CardState, EvidenceItem, How, Outcome

UNREADABLE_IN_A_ROW = 2  # F11: two in a row stop the box
RESERVE_TRIES = 3
RESERVE_PAUSE_S = 2.0
SESSION_OVER = "identity session over; begin again with the card"
WOKE_INSIDE = "woke with a card inside"
DOUBLE_FEED = "box.double_feed"
UNNAMED = "stock.none: a card was fed and the slip has no next one"
PAIR_FAULTS = frozenset({DOUBLE_FEED, "box.card_size"})  # F09: the box's own word for two cards at once
PIN_FAILED = "pin.failed"
CANCELLED = "customer.cancel"
PIN_DIGITS = 6.0  # catalogue parameter pin_length
PIN = AskPerson("pin", ("entered", "failed", "stop"))
CONFIRM = AskPerson("confirm", ("yes", "no"))


def ask_pin(flow: Flow, rules: Rules, field: str = "") -> AskPerson | EnterPin:
    """Return what gets a PIN, the first one when no `field` is named: the kit's keypad when the policy names its key.

    Else it is a person's answer under a waiver, all PINs at once.
    """
    key_id = rules.parameters.get("pin_key_id")
    if PINS in flow.able and isinstance(key_id, str) and key_id:
        return EnterPin(key_id, int(rules.number("pin_length", PIN_DIGITS)), field or rules.plan.pins[0])
    return PIN


def to_bin(flow: Flow, why: str, after: str, *ledger: LedgerChange) -> Decision:
    """Capture the card in play; `after` says what follows when it lies in the bin."""
    return then(replace(flow, after_bin=after, note=why, tries=0), MoveCard(Target.BIN, why), *ledger)


def risen(flow: Flow, seen: Seen) -> int | None:
    """Tell how far the bin counter went up since the card was last seen; None when the counter does not say."""
    up = None if seen.bin_count is None else seen.bin_count - flow.bin_count
    return up if up is None or up >= 0 else None


def give_up(flow: Flow, rules: Rules, why: str, *, lost: bool = False) -> Decision:
    """Leave it to people: a case that stops the box.

    A card that may be anywhere (`lost`, or on its way to the bin) is booked as missing, so that it is blocked and searched.
    """
    lost = lost or (isinstance(flow.doubt, MoveCard) and flow.doubt.to is Target.BIN)
    if not lost:
        return end(flow, rules, Phase.CASE_OPEN, why, stop_box=True)
    flow = flow if flow.card else _with_next_card(flow, rules)
    if flow.card is None:
        return _unnamed(flow, rules)
    return end(flow, rules, Phase.CASE_OPEN, why, book(flow, CardState.MISSING, why), stop_box=True)


def _with_next_card(flow: Flow, rules: Rules) -> Flow:
    """Take the card in play from the slip, the next one by the order of the hopper; without one when it has no more."""
    expected = rules.next_card()
    if expected is None:
        return flow
    return replace(flow, card=Card(expected.voucher, expected.card_no, batch=rules.batch))


def _unnamed(flow: Flow, rules: Rules) -> Decision:
    """A card may have left the hopper and no slip names it: the slip was changed meanwhile, and people must look."""
    return end(flow, rules, Phase.CASE_OPEN, UNNAMED, stop_box=True)


def staged(flow: Flow, seen: Seen, rules: Rules, *, doubtful: bool = False) -> Decision:
    """A card left the hopper (P0): by its order it is the slip's next one; the chip will tell.

    After a doubtful feed it may stand anywhere inside: it is moved to the reader once more, gently.
    """
    flow = _with_next_card(flow, rules)
    if flow.card is None:
        return _unnamed(flow, rules)
    flow = go(flow, rules, Phase.CARD_STAGED)
    line = book(flow, CardState.STAGED)
    if seen.place is Place.GATE:
        return to_bin(flow, "box.eject_early", "case", line)
    return then(flow, MoveCard(Target.READER, "read") if doubtful else ReadChip(), line)


def on_stage(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The feed ended, failed, or is in doubt."""
    match event:
        case Moved(seen=seen) if seen.place in (Place.INSIDE, Place.GATE):
            return staged(flow, seen, rules)
        case Moved(seen=seen):
            return vanished(flow, seen, rules)
        case BoxFault(fault="box.empty"):
            return then(flow, AskPerson("load_cards", ("done", "stop"), people=2))
        case BoxFault(fault="box.bin_full"):
            return then(flow, AskPerson("empty_bin", ("done", "stop"), people=2))
        case BoxFault(fault=fault, seen=seen) if seen is not None and seen.place in (Place.INSIDE, Place.GATE):
            flow = _with_next_card(flow, rules)
            if flow.card is None:
                return _unnamed(flow, rules)
            flow = replace(go(flow, rules, Phase.CARD_STAGED), doubt=StageCard(), note=fault)
            return then(flow, LookAtBox("stage"), book(flow, CardState.STAGED, fault))
        case BoxFault(fault=fault) | Doubtful(why=fault) | DeviceAway(why=fault):
            return then(replace(flow, doubt=StageCard(), note=fault), LookAtBox("stage"))
    raise FlowRefused(f"stage_card cannot end in {type(event).__name__}")


def vanished(flow: Flow, seen: Seen, rules: Rules) -> Decision:
    """The box says a card was fed and is nowhere: in the bin when the counter says so, else out in the world (F26)."""
    if not risen(flow, seen):
        return give_up(flow, rules, "card.missing", lost=True)
    flow, note = _with_next_card(flow, rules), "box.fed_into_bin"
    if flow.card is None:
        return _unnamed(flow, rules)
    return end(flow, rules, Phase.CASE_OPEN, note, book(flow, CardState.CAPTURED, note), stop_box=True)


def on_chip(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """The chip said who it is, or nothing."""
    match event:
        case ChipRead():
            return _compare(flow, event, rules)
        case ChipUnreadable(why=why):
            unread = flow.unread + 1
            after = "case" if unread >= UNREADABLE_IN_A_ROW else "retry"
            return to_bin(replace(flow, unread=unread), f"card.mute: {why}", after)
        case Doubtful(why=why) | DeviceAway(why=why):
            return then(replace(flow, doubt=ReadChip(), note=flow.note or why), LookAtBox("read_chip"))
    raise FlowRefused(f"read_chip cannot end in {type(event).__name__}")


def _compare(flow: Flow, chip: ChipRead, rules: Rules) -> Decision:
    """Hold the chip against the slip: the next card, a later one (double feed, F09), or a stranger (F12)."""
    card = flow.card
    if card is None:
        raise FlowRefused(f"flow {flow.id}: a chip was read with no card staged")
    flow = replace(flow, unread=0)
    if chip.card_no == card.card_no:
        flow = replace(flow, card=replace(card, read=True, seq=chip.card_seq))
        if not rules.plan.replaces:  # there it is the customer's own card that is evidence
            flow = with_evidence(flow, EvidenceItem("card_read", How.CAPTURED, note=f"…{chip.card_no[-4:]}"))
        if flow.note in PAIR_FAULTS:
            return to_bin(flow, flow.note, "case")
        if flow.woken:
            return to_bin(flow, WOKE_INSIDE, "retry")
        return then(flow, Reserve(card.voucher))
    cards = rules.slip.cards if rules.slip else ()
    later = next((it for it in cards if it.card_no == chip.card_no), None)
    if later is None or card.voucher not in [it.voucher for it in cards] or not rules.loaded(later):
        return to_bin(flow, f"card.foreign_pan: …{chip.card_no[-4:]} is not on the slip", "case")
    found = Card(later.voucher, later.card_no, read=True, seq=chip.card_seq, batch=rules.batch)
    return _double_feed(flow, found, rules)


def _double_feed(flow: Flow, card: Card, rules: Rules) -> Decision:
    """The hopper gave more than one card: each one skipped is booked as missing until a person has counted the bin."""
    assert rules.slip is not None
    vouchers = [it.voucher for it in rules.slip.cards]
    skipped = rules.slip.cards[vouchers.index(flow.card.voucher if flow.card else "") : vouchers.index(card.voucher)]
    lines = [
        LedgerChange(it.voucher, it.card_no, CardState.MISSING, read=False, reason=DOUBLE_FEED, batch=rules.batch)
        for it in skipped
    ]
    flow = replace(flow, card=card)
    return to_bin(flow, DOUBLE_FEED, "case", *lines, book(flow, CardState.STAGED, DOUBLE_FEED))


def on_reserve(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """Central reserved the card, refused it, or did not answer."""
    match event:
        case Answered(outcome=Outcome.OK):
            flow = go(flow, rules, Phase.CARD_BOUND)
            return then(flow, ask_pin(flow, rules), book(flow, CardState.RESERVED))
        case Answered():
            return to_bin(flow, f"not reserved: {event.told}", "case")
        case Silent() if flow.tries + 1 < RESERVE_TRIES:
            return then(replace(flow, tries=flow.tries + 1), Pause(RESERVE_PAUSE_S))
        case Silent(why=why):
            return to_bin(flow, f"not reserved, no answer: {why}", "cancel")
    raise FlowRefused(f"reserve cannot end in {type(event).__name__}")


def on_reserve_pause(flow: Flow, event: AnyEvent, rules: Rules) -> Decision:
    """Ask for the reservation again."""
    if not isinstance(event, Paused) or flow.card is None:
        raise FlowRefused(f"pause cannot end in {type(event).__name__}")
    return then(flow, Reserve(flow.card.voucher))


def on_person_before_core(flow: Flow, event: PersonSaid, rules: Rules) -> Decision:
    """The PIN was entered, the customer confirmed, or one of them was not."""
    match (event.what, event.choice):
        case ("pin", "entered"):
            names = rules.plan.asks((VERIFY, NEW))
            if missing := [name for name in names if name not in rules.waivers]:
                return to_bin(flow, f"waiver.missing: {', '.join(missing)}", "cancel")
            flow = with_evidence(go(flow, rules, Phase.PIN_SET), *waived_items(names, rules))
            flow = replace(flow, inputs={**flow.inputs, **event.fields})
            return then(flow, CONFIRM)
        case ("pin", "failed"):
            return to_bin(flow, PIN_FAILED, "cancel")
        case ("confirm", "yes") if session_over(flow, rules):
            return to_bin(flow, SESSION_OVER, "cancel")
        case ("confirm", "yes") if fault := ticket_fault(flow, rules):
            return to_bin(flow, fault, "cancel")
        case ("confirm", "yes"):
            flow = replace(go(flow, rules, Phase.CORE_SENT), attempt=flow.attempt + 1, inquiries=0)
            flow = (
                with_evidence(flow, EvidenceItem("card_dispense", How.CAPTURED, note="staged"))
                if _first(flow)
                else flow
            )
            return then(flow, Submit(flow.attempt))
    return to_bin(flow, CANCELLED, "cancel")


def _first(flow: Flow) -> bool:
    return all(item.type != "card_dispense" for item in flow.evidence)
