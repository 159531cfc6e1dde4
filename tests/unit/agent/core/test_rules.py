"""Whatever happens in whatever order: the rules refuse or decide, and what must never be does not come to be."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import padkit_agent.core as core
from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.compare import Comparison, Verdict
from padkit_agent.core.decide import RULES, may_cancel
from padkit_agent.core.flow import NEEDED, Flow, FlowRefused, end, go
from padkit_agent.core.phases import BEFORE_CARD, ENDS, MAY_CANCEL, NEXT, Phase
from padkit_contract.authorise import AuthAnswer, AuthState, Ticket
from padkit_contract.messages import CardState, Outcome

from . import faults as f
from .world import World, decided, digest_of, signed, tag_of

L, S, R = CardState.LOADED, CardState.STAGED, CardState.RESERVED
MAY_BECOME: Mapping[CardState, frozenset[CardState]] = {
    L: frozenset({S, CardState.CAPTURED, CardState.MISSING}),
    S: frozenset({R, CardState.CAPTURED, CardState.MISSING}),
    R: frozenset({CardState.ISSUED, CardState.CAPTURED, CardState.MISSING}),
    CardState.ISSUED: frozenset({CardState.HANDED_OVER, CardState.CAPTURED_LIVE, CardState.MISSING}),
    CardState.CAPTURED_LIVE: frozenset({CardState.VOID_PENDING}),
}
SEEN = [
    ev.Seen(place, count, bin_full, empty, lost_power)
    for place in ev.Place
    for count, bin_full, empty, lost_power in [
        (7, False, False, False),
        (8, False, False, False),
        (9, False, False, False),
        (0, False, False, True),
        (None, False, False, False),
        (7, True, False, False),
        (7, False, True, False),
    ]
]
BOX_WOES: list[ev.AnyEvent] = [ev.Doubtful("lost"), ev.DeviceAway("box", "gone"), ev.BoxFault("box.jam", None)]
FAULTS = ["box.jam", "box.empty", "box.bin_full", "box.retract_failed", "box.double_feed", "box.motor"]
BOX_FAULTS: list[ev.AnyEvent] = [ev.BoxFault(fault, seen) for fault in FAULTS for seen in (None, *SEEN[::4])]
ANSWERS: list[ev.AnyEvent] = [
    ev.Answered(outcome, "x", "y", final) for outcome in Outcome for final in (False, True)
] + [ev.Silent("late")]

ENDED = (AuthState.RETURNED, AuthState.REFUSED, AuthState.EXPIRED, AuthState.WITHDRAWN)
DECISIONS: list[ev.AnyEvent] = [
    *(ev.Decided(AuthAnswer(state, None, ("ann",), "vague", ("phone",))) for state in ENDED),
    *(
        ev.Decided(AuthAnswer(AuthState.APPROVED, Ticket("T", "00", until)))
        for until in ("2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z")
    ),
]


def moved(place: ev.Place, count: int = 7) -> ev.Moved:
    return ev.Moved(ev.Seen(place, count, False, False))


def good_event(flow: Flow, action: do.AnyAction, now_s: float) -> ev.AnyEvent:
    """How `action` ends when all is well."""
    match action:
        case do.Waive(step=step):
            return ev.Waived(step)
        case do.ReadIdentity():
            return ev.IdentityRead({"name": "TEST ONLY"}, "SAM-1", "ab", 1.0)
        case do.ReadDocument(side=side):
            return ev.DocumentRead(side, (), "cd", "")
        case do.CheckFace():
            return ev.FaceChecked(True, (), "ef", "")
        case do.WaitDevice(device=device):
            return ev.DeviceBack(device)
        case do.LookAtBox():
            return ev.BoxSeen(SEEN[0])
        case do.StageCard() | do.MoveCard(to=do.Target.READER):
            return moved(ev.Place.INSIDE)
        case do.MoveCard(to=to):
            gate = to is do.Target.GATE
            return moved(ev.Place.GATE) if gate else moved(ev.Place.NONE, flow.bin_count + 1)
        case do.ReadChip():
            return ev.ChipRead(flow.card.card_no if flow.card else "", "01")
        case _:
            return later_good_event(flow, action, now_s)


def later_good_event(flow: Flow, action: do.AnyAction, now_s: float) -> ev.AnyEvent:
    match action:
        case do.EnterPin(key_id=key_id):
            return ev.PinEntered(key_id, "iso_0")
        case do.SetDocument(document=document):
            return ev.DocumentSet(document, 2, "ee" * 32, digest_of(document, flow))
        case do.SignDocument():
            return signed(flow, action)
        case do.Authorise() | do.AwaitAuthoriser():
            return decided(AuthState.APPROVED, flow, now_s, World().plan)
        case do.AskPerson(what=what, choices=choices):
            return ev.PersonSaid(what, choices[0], ("A", "B"))
        case do.Pause():
            return ev.Paused()
        case do.AwaitTaken():
            return ev.CardTaken()
        case _:
            return ev.Answered(Outcome.OK, "0000")


def other_events(action: do.AnyAction, numbers: list[str]) -> list[ev.AnyEvent]:
    """Every other kind of event that may end `action`."""
    match action:
        case do.ReadIdentity():
            return [ev.TryAgain("idcard.not_found"), ev.DeviceAway("reader", "gone")]
        case do.ReadDocument(side=side):
            wrong = [Comparison("number", verdict, "?", (1,)) for verdict in Verdict]
            return [
                *(ev.DocumentRead(side, (it,), "cd", "") for it in wrong),
                ev.TryAgain("dark"),
                ev.DeviceAway("ocr", "gone"),
            ]
        case do.CheckFace():
            likes = [None, *(ev.Likeness(alike, "") for alike in (True, False))]
            checked = [
                ev.FaceChecked(live, signs, "ef", "", it)
                for live in (True, False)
                for signs in ((), ("x",))
                for it in likes
            ]
            return [*checked, ev.TryAgain("face.none"), ev.DeviceAway("liveness", "gone")]
        case do.WaitDevice(device=device):
            return [ev.DeviceAway(device, "still gone")]
        case do.LookAtBox():
            return [*(ev.BoxSeen(seen) for seen in SEEN), *BOX_WOES]
        case do.StageCard() | do.MoveCard():
            return [*(ev.Moved(seen) for seen in SEEN), *BOX_WOES[:2], *BOX_FAULTS]
        case do.ReadChip():
            return [*(ev.ChipRead(it, "01") for it in numbers), ev.ChipUnreadable("mute"), *BOX_WOES[:2]]
        case do.AskPerson(what=what, choices=choices):
            return [ev.PersonSaid(what, choice, ("A", "B")) for choice in choices]
        case do.AwaitTaken():
            return [ev.NotTaken(), ev.TakenUnclear("flaps"), *BOX_WOES[:2]]
        case _:
            return later_events(action)


def later_events(action: do.AnyAction) -> list[ev.AnyEvent]:
    match action:
        case do.Authorise() | do.AwaitAuthoriser():
            return [*DECISIONS, ev.Silent("nobody"), *ANSWERS[2:3]]
        case do.EnterPin():
            hints = ("pin.mismatch", "pin.timeout", "pin.cancelled", "pin.tamper")
            return [*(ev.TryAgain(it) for it in hints), ev.DeviceAway("pin", "gone")]
        case do.SetDocument():
            return [ev.DocumentNotSet("document.glyph: D-CRS")]
        case do.SignDocument():
            hints = ("signature.timeout", "signature.cancelled", "pad.image")
            unset = ev.DocumentNotSet("document.changed: D-CRS")
            return [*(ev.TryAgain(it) for it in hints), unset, ev.DeviceAway("pad", "gone")]
        case do.Reserve() | do.Submit() | do.Inquire() | do.Reverse():
            return ANSWERS
        case do.Upload():
            return ANSWERS[:-1]
        case _:
            return []


BEGINNINGS = (
    (True, "look_at_box", ""),
    (True, "read_chip", ""),
    (True, "ask", "confirm"),
    (True, "submit", ""),
    (True, "move_card", ""),
    (True, "await_taken", ""),
    (False, "ask", "not_taken"),
    (False, "reverse", ""),
    (True, "upload", ""),
    (True, "read_document", ""),
    (True, "upload", ""),
    (True, "check_face", ""),
    (True, "look_at_box", ""),
    (True, "enter_pin", ""),
    (True, "authorise", ""),
    (True, "authorise", ""),
    (True, "upload", ""),
    (True, "sign_document", ""),
)


def walk(choices: list[int], begin: int = 0) -> World:
    """Take a flow along a path that `choices` pick, holding it to what must never be.

    An even choice lets all go well; an odd one picks something else.
    """
    takes, tag, what = BEGINNINGS[begin]
    world = World(takes=takes, able=tuple(NEEDED) if begin % 2 else ())
    if tag == "authorise":
        del world.waivers["authoriser"]
    world.until(tag, what)
    numbers = [card.card_no for card in world.slip.cards] + ["9999110000000001"]
    for choice in choices:
        flow, action = world.flow, world.flow.pending
        if action is None:
            break
        others = [*other_events(action, numbers), ev.Woke(world.now_s)]
        if may_cancel(flow):
            others.append(ev.CancelAsked("A"))
        before = dict(world.states)
        world.take(others[choice // 2 % len(others)] if choice % 2 else good_event(flow, action, world.now_s))
        world.now_s += 1
        check_ledger(before, world.states)
        check_gate(world)
    return world


def check_ledger(before: Mapping[str, CardState], after: Mapping[str, CardState]) -> None:
    for voucher, state in after.items():
        was = before[voucher]
        assert state is was or state in MAY_BECOME.get(was, frozenset()), f"{voucher}: {was.value} -> {state.value}"


def check_gate(world: World) -> None:
    flow = world.flow
    if isinstance(flow.pending, do.MoveCard) and flow.pending.to is do.Target.GATE:
        assert flow.phase is Phase.CORE_OK
        assert flow.card is not None
        assert world.states[flow.card.voucher] is CardState.ISSUED


CHOICES = st.lists(st.integers(0, 1 << 10), max_size=60)
BEGIN = st.integers(0, len(BEGINNINGS) - 1)


@settings(max_examples=300, deadline=None)
@given(CHOICES, BEGIN)
def test_legal_events_in_any_order_never_break_what_must_hold(choices: list[int], begin: int) -> None:
    walk(choices, begin)


@settings(max_examples=60, deadline=None)
@given(CHOICES, BEGIN, st.integers(0, 8))
def test_an_event_that_cannot_follow_is_refused_and_changes_nothing(choices: list[int], begin: int, which: int) -> None:
    world = walk(choices, begin)
    strangers: list[ev.AnyEvent] = [
        ev.Paused(),
        ev.CardTaken(),
        ev.Waived("?"),
        ev.DeviceBack("box"),
        ev.Silent(),
        ev.PersonSaid("?", "?"),
        moved(ev.Place.INSIDE),
        ev.ChipUnreadable("?"),
        ev.CancelAsked("?"),
    ]
    flow = world.flow
    try:
        world.take(strangers[which])
    except FlowRefused:
        assert world.flow == flow


def test_an_ended_flow_takes_no_more_events() -> None:
    world = World()
    world.run()
    with pytest.raises(FlowRefused, match="ended in CLOSED"):
        world.take(ev.Woke(world.now_s))


ENDINGS = {
    Phase.CLOSED: World(),
    Phase.CANCELLED: World(answers={"pin": ["stop"]}),
    Phase.REVERSED: World(takes=False),
    Phase.CASE_OPEN: World(takes=False, answers={"not_taken": ["case"]}),
    Phase.REFUSED: World(cards=0),
}


@pytest.mark.parametrize("phase", sorted(ENDS, key=lambda it: it.value))
def test_every_end_is_reached(phase: Phase) -> None:
    world = ENDINGS[phase]
    if phase is Phase.REFUSED:
        world.box.hopper.append(f.ModelCard("000009", "6200000000000009", ""))  # in the box, on no slip
    assert world.run().phase is phase


def test_every_state_but_the_first_can_be_reached_and_every_state_but_an_end_can_be_left() -> None:
    reached = frozenset().union(*NEXT.values())
    assert reached == frozenset(Phase) - {Phase.STARTED}
    assert frozenset(NEXT) == frozenset(Phase) - ENDS


def test_a_change_of_state_that_is_not_in_the_table_is_refused() -> None:
    world = World()
    world.begin()
    with pytest.raises(FlowRefused, match="STARTED -> CORE_SENT is not in the table"):
        go(world.flow, world.rules(), Phase.CORE_SENT)
    with pytest.raises(FlowRefused):
        end(world.flow, world.rules(), Phase.CLOSED)


def test_after_the_bank_was_asked_no_state_leads_back_to_the_hopper_but_over_an_end() -> None:
    after_p1 = [Phase.CORE_SENT, Phase.CORE_UNKNOWN, Phase.CORE_REFUSED, Phase.CORE_OK, Phase.CARD_PRESENTED]
    for phase in after_p1:
        assert not NEXT[phase] & frozenset(BEFORE_CARD)
        assert phase not in MAY_CANCEL


def test_every_action_has_its_rule() -> None:
    assert set(RULES) == set(msgspec.inspect.type_info(do.AnyAction).types and do.AnyAction.__args__)


def test_tags_of_actions_and_events_are_their_own() -> None:
    tags = [tag_of(kind) for kind in (*do.AnyAction.__args__, *ev.AnyEvent.__args__)]
    assert len(tags) == len(set(tags))


def test_the_core_knows_no_clock_and_no_io() -> None:
    banned = ("asyncio", "socket", "time", "sqlite3", "aiohttp", "random", "os")
    for module in pkgutil.iter_modules(core.__path__):
        source = inspect.getsource(__import__(f"padkit_agent.core.{module.name}", fromlist=["_"]))
        for name in banned:
            assert f"import {name}\n" not in source
            assert f"from {name} " not in source
