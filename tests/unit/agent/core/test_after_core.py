"""What goes wrong after the bank was asked: F16 to F22 and F30 of the card-opening reference."""

from __future__ import annotations

import pytest

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.booking import INQUIRIES_MAX, KNOWN
from padkit_agent.core.flow import FlowRefused
from padkit_agent.core.phases import Phase
from padkit_contract.messages import AUTHORISER, CardState, Outcome

from . import faults as f
from .world import World, tag_of

CAPTURED, HANDED_OVER, MISSING = CardState.CAPTURED, CardState.HANDED_OVER, CardState.MISSING
VOID_PENDING, CAPTURED_LIVE = CardState.VOID_PENDING, CardState.CAPTURED_LIVE


def pauses(world: World) -> list[float]:
    return [it.seconds for it in world.done if isinstance(it, do.Pause)]


def test_f16_a_refusal_of_the_core_captures_the_card() -> None:
    world = World()
    world.faults["submit"] = [f.core_says(Outcome.REFUSED, "1021")]
    assert world.run().phase is Phase.REFUSED
    assert (world.flow.note, world.states["000001"]) == ("core.refuse: 1021 no", CAPTURED)


def test_f16_what_central_finds_invalid_is_a_refusal_too() -> None:
    world = World()
    world.faults["submit"] = [f.core_says(Outcome.INVALID, "field.missing")]
    assert world.run().phase is Phase.REFUSED


def test_a_refusal_marked_not_executed_asks_for_the_pin_again_with_the_next_attempt() -> None:
    world = World()
    world.faults["submit"] = [f.core_says(Outcome.NOT_EXECUTED, "2007")]
    assert world.run().phase is Phase.CLOSED
    assert world.bank.executed == [("S1", 2, world.slip.cards[0].card_no)]
    assert [it.what for it in world.done if isinstance(it, do.AskPerson)] == ["pin", "confirm", "pin", "confirm"]


def test_after_three_attempts_the_flow_gives_up_and_captures() -> None:
    world = World()
    world.faults["submit"] = [f.core_says(Outcome.NOT_EXECUTED, "2007")] * 3
    assert world.run().phase is Phase.CANCELLED
    assert world.flow.attempt == 3
    assert world.states["000001"] is CAPTURED


@pytest.mark.parametrize("lost", [f.lost_reply, f.slow_request])
def test_f17_a_lost_answer_is_inquired_by_the_same_serial(lost: f.Fault) -> None:
    world = World()
    world.faults["submit"] = [lost]
    assert world.run().phase is Phase.CLOSED
    (question,) = [it for it in world.done if isinstance(it, do.Inquire)]
    assert question == do.Inquire("S1", 1, fence=False)
    assert pauses(world) == [5.0]


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.PROCESSING, Outcome.NOT_FOUND])
def test_f17_an_uncertain_answer_is_as_good_as_none(outcome: Outcome) -> None:
    world = World()
    world.faults["submit"] = [f.after(ev.Answered(outcome, "4000"))]
    assert world.run().phase is Phase.CLOSED
    assert Phase.CORE_UNKNOWN in world.phases


def test_f17_inquiries_come_after_5_15_60_and_then_every_300_seconds() -> None:
    world = World()
    world.faults["submit"] = [f.lost_reply]
    world.faults["inquire"] = [f.says(ev.Answered(Outcome.PROCESSING))] * 3 + [f.says(ev.Silent())] * 2
    assert world.run().phase is Phase.CLOSED
    assert pauses(world) == [5.0, 15.0, 60.0, 300.0, 300.0, 300.0]


def test_f17_the_policy_may_set_the_pauses() -> None:
    world = World(parameters={"inquiry_interval_seconds": [1, 2]})
    world.faults["submit"] = [f.lost_reply]
    world.faults["inquire"] = [f.says(ev.Silent())] * 2
    world.run()
    assert pauses(world) == [1.0, 2.0, 2.0]


def test_f17_an_outcome_that_stays_unknown_becomes_a_case_with_the_card_kept() -> None:
    world = World()
    world.faults["submit"] = [f.lost_reply]
    world.faults["inquire"] = [f.says(ev.Silent())] * INQUIRIES_MAX
    assert world.run().phase is Phase.CASE_OPEN
    assert (world.case, world.stop_box, world.box.card is not None) == ("core.unknown", True, True)


def test_f18_a_lost_request_is_repeated_with_the_next_attempt_behind_the_fence() -> None:
    world = World()
    world.faults["submit"] = [f.lost_request]
    assert world.run().phase is Phase.CLOSED
    assert world.bank.executed == [("S1", 2, world.slip.cards[0].card_no)]
    assert [it.fence for it in world.done if isinstance(it, do.Inquire)] == [False, True]


def test_f18_the_late_original_cannot_execute_after_the_fence() -> None:
    world = World(answers={"pin": ["entered", "stop"]})
    world.faults["submit"] = [f.stray_request]
    assert world.run().phase is Phase.CANCELLED
    assert world.bank.executed == []


def test_f18_not_found_without_the_fence_is_not_believed() -> None:
    world = World()
    world.faults["submit"] = [f.lost_reply]
    world.faults["inquire"] = [f.says(ev.Answered(Outcome.NOT_FOUND, final=False))] * 3
    assert world.run().phase is Phase.CLOSED
    assert len([it for it in world.done if isinstance(it, do.Submit)]) == 1


def test_f19_a_second_tap_on_confirm_is_refused_and_sends_nothing() -> None:
    world = World()
    world.until("submit")
    with pytest.raises(FlowRefused):
        world.take(ev.PersonSaid("confirm", "yes"))


def test_f19_the_same_answer_twice_cannot_hand_out_a_second_card() -> None:
    world = World()
    decision = world.until("submit")
    answer = world.perform(decision.action)
    world.take(answer)
    with pytest.raises(FlowRefused):
        world.take(answer)


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_f19_a_refusal_because_the_serial_is_known_is_inquired_and_not_taken_for_a_no(code: str) -> None:
    world = World()
    world.faults["submit"] = [f.after(ev.Answered(Outcome.INVALID, code))]
    assert world.run().phase is Phase.CLOSED
    assert [it for it in world.done if isinstance(it, do.Inquire)]


@pytest.mark.parametrize("tag", ["submit", "inquire"])
def test_an_account_of_another_card_presents_this_one_to_nobody(tag: str) -> None:
    world = World()
    decision = world.until("submit")
    if tag == "inquire":
        decision = world.take(ev.Silent())
        decision = world.take(ev.Paused())
    assert tag_of(decision.action) == tag
    decision = world.take(ev.Answered(Outcome.OK, "0000", fields={"card_no": "6200000000000099"}))
    assert (decision.flow.phase, decision.stop_box) == (Phase.CASE_OPEN, True)
    assert decision.flow.note.startswith("core.other_card")


def test_f20_a_card_not_taken_is_retracted_and_reversed() -> None:
    world = World(takes=False)
    assert world.run().phase is Phase.REVERSED
    assert world.states["000001"] is VOID_PENDING
    decision = world.flow.evidence[-1]
    assert decision.type == AUTHORISER
    assert decision.note == "decision=reverse by A + B; authoriser: waived by policy W-1@3"


def test_f20_the_customers_time_is_the_policys() -> None:
    world = World(takes=False, parameters={"card_take_timeout_seconds": 12})
    world.run()
    assert do.AwaitTaken(12.0) in world.done


def test_f20_without_a_reversal_the_live_card_in_the_bin_is_a_case() -> None:
    world = World(takes=False, answers={"not_taken": ["case"]})
    assert world.run().phase is Phase.CASE_OPEN
    assert world.states["000001"] is CAPTURED_LIVE


def test_f20_a_card_pulled_while_it_is_retracted_is_taken() -> None:
    def pulled(world: World, _action: do.AnyAction) -> ev.AnyEvent:
        world.box.take()
        return ev.Doubtful("no card in play")

    world = World(takes=False)
    world.faults["move_card"] = [None, pulled]
    assert world.run().phase is Phase.CLOSED


@pytest.mark.parametrize("lost", [f.lost_reply, f.lost_request, f.slow_request])
def test_f20_a_reversal_without_an_answer_is_inquired_too(lost: f.Fault) -> None:
    world = World(takes=False)
    world.faults["reverse"] = [lost]
    assert world.run().phase is Phase.REVERSED
    questions = [it for it in world.done if isinstance(it, do.Inquire)]
    assert questions
    assert {it.serial for it in questions} == {"R1"}


def test_f20_a_refused_reversal_is_a_case_with_the_live_card_in_the_bin() -> None:
    world = World(takes=False)
    world.faults["reverse"] = [f.says(ev.Answered(Outcome.REFUSED, "1009", "past the cut-off"))]
    assert world.run().phase is Phase.CASE_OPEN
    assert world.case == "reversal refused: 1009 past the cut-off"


def test_f20_a_reversal_never_executed_is_a_case_after_three_attempts() -> None:
    world = World(takes=False)
    world.faults["reverse"] = [f.lost_request] * 3
    assert world.run().phase is Phase.CASE_OPEN
    assert [it.attempt for it in world.done if isinstance(it, do.Reverse)] == [1, 2, 3]


def test_f20_a_reversed_card_whose_package_is_refused_is_a_case() -> None:
    world = World(takes=False)
    world.faults["upload"] = [f.says(ev.Answered(Outcome.INVALID, "package.form"))]
    assert world.run().phase is Phase.CASE_OPEN


@pytest.mark.parametrize(("choice", "end"), [("taken", Phase.CLOSED), ("held", Phase.CASE_OPEN)])
def test_f21_a_card_half_out_is_held_and_two_people_are_asked(choice: str, end: Phase) -> None:
    def retract_fails(world: World, action: do.AnyAction) -> ev.AnyEvent:
        event = f.retract_fails(world, action)
        if choice == "taken":
            world.box.take()
        return event

    world = World(takes=False, answers={"retract_failed": [choice]})
    world.faults["move_card"] = [None, retract_fails]
    assert world.run().phase is end
    (asked,) = [it for it in world.done if isinstance(it, do.AskPerson) and it.what == "retract_failed"]
    assert asked.people == 2


def test_f22_an_unclear_gate_is_decided_by_two_people() -> None:
    world = World()
    world.faults["await_taken"] = [f.unclear_gate]
    assert world.run().phase is Phase.CLOSED
    assert ("card_dispense", "taken, say A + B") in [(it.type, it.note) for it in world.flow.evidence]


def test_f22_a_card_that_nobody_took_and_nobody_sees_is_missing() -> None:
    world = World(answers={"taken_unclear": ["not_taken"]})
    world.faults["await_taken"] = [f.unclear_gate]
    assert world.run().phase is Phase.CASE_OPEN
    assert (world.states["000001"], world.case, world.stop_box) == (MISSING, "card.missing", True)


def test_f22_people_who_deny_it_are_not_asked_for_ever() -> None:
    world = World(answers={"taken_unclear": ["not_taken"] * 9})

    def blind(world: World, action: do.AnyAction) -> ev.AnyEvent:
        world.box.counter = None
        return f.unclear_gate(world, action)

    world.faults["await_taken"] = [blind]
    assert world.run().phase is Phase.CASE_OPEN


def test_f22_a_card_still_at_the_gate_after_a_denial_is_retracted() -> None:
    world = World(takes=False, answers={"taken_unclear": ["not_taken"]})
    world.faults["await_taken"] = [f.says(ev.TakenUnclear("flaps"))]
    assert world.run().phase is Phase.REVERSED


def test_f22_an_unreadable_counter_at_the_retract_is_no_proof() -> None:
    world = World(takes=False, answers={"taken_unclear": ["not_taken"]})
    world.faults["move_card"] = [None, f.blind_counter]
    assert world.run().phase is Phase.CASE_OPEN
    assert world.states["000001"] is MISSING


def test_f22_a_card_gone_as_it_came_to_the_gate_is_taken_only_with_the_counter_as_it_was() -> None:
    def pulled(count: int | None) -> f.Fault:
        def fault(world: World, action: do.AnyAction) -> ev.AnyEvent:
            world.box.move("gate")
            world.box.take()
            world.box.counter = count
            return ev.Moved(world.box.seen())

        return fault

    for count, people in [(7, False), (None, True), (3, True)]:
        world = World()
        world.faults["move_card"] = [pulled(count)]
        assert world.run().phase is Phase.CLOSED
        assert any(it.note == "taken, say A + B" for it in world.flow.evidence) is people


def test_f22_a_counter_that_fell_is_no_proof_either() -> None:
    def counts_anew(world: World, action: do.AnyAction) -> ev.AnyEvent:
        world.box.take()
        world.box.counter = 0
        return ev.Doubtful("no card in play")

    world = World(takes=False)
    world.faults["move_card"] = [None, counts_anew]
    assert world.run().phase is Phase.CLOSED
    assert any(it.note == "taken, say A + B" for it in world.flow.evidence)


@pytest.mark.parametrize("answered", [True, False])
def test_f22_a_card_that_vanished_from_inside_was_not_taken_at_the_gate(*, answered: bool) -> None:
    def drawn_in(world: World, action: do.AnyAction) -> ev.AnyEvent:
        world.box.at_gate = False
        return ev.Doubtful("?")

    def not_counted(world: World, action: do.AnyAction) -> ev.AnyEvent:
        world.box.capture()
        world.box.counter = 7
        return ev.Moved(world.box.seen()) if answered else ev.Doubtful("?")

    world = World(takes=False)
    world.faults["move_card"] = [None, drawn_in, not_counted]
    assert world.run().phase is Phase.CASE_OPEN
    assert world.states["000001"] is MISSING


def test_f10_a_jam_on_the_way_to_the_customer_is_retried_once_and_then_a_case() -> None:
    world = World()
    world.faults["move_card"] = [f.jam]
    assert world.run().phase is Phase.CLOSED
    world = World()
    world.faults["move_card"] = [f.jam, f.jam]
    assert world.run().phase is Phase.CASE_OPEN
    assert world.stop_box


@pytest.mark.parametrize("step", [1, 2])
def test_f10_a_lasting_jam_with_a_live_account_is_a_case(step: int) -> None:
    world = World(takes=False)
    world.faults["move_card"] = [None] * (step - 1) + [f.lasting_jam]
    assert world.run().phase is Phase.CASE_OPEN
    assert (world.case, world.stop_box) == ("box.jam", True)


def test_f13_a_full_bin_at_the_retract_holds_the_card_at_the_gate() -> None:
    world = World(takes=False)
    decision = world.until("await_taken")
    world.box.bin_full = True
    assert world.run(decision).phase is Phase.CASE_OPEN
    assert world.states["000001"] is CardState.ISSUED


@pytest.mark.parametrize("tag", ["move_card", "await_taken"])
@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("takes", [True, False])
def test_f30_a_box_that_drops_off_with_a_live_card_is_asked_first(tag: str, done: bool, takes: bool) -> None:
    event = ev.Doubtful("link lost")
    world = World(takes=takes)
    world.faults[tag] = [f.after(event) if done else f.says(event)]
    assert world.run().phase is (Phase.CLOSED if takes else Phase.REVERSED)


def test_f30_a_silent_box_after_a_retract_leaves_the_card_missing() -> None:
    world = World(takes=False)
    world.faults["move_card"] = [None, f.after(ev.Doubtful("link lost"))]
    world.faults["look_at_box"] = [None, *[f.says(ev.Doubtful("timeout"))] * 9]
    assert world.run().phase is Phase.CASE_OPEN
    assert world.states["000001"] is MISSING


def test_a_doubt_that_was_settled_does_not_answer_the_next_one() -> None:
    """A feed in doubt, long settled, must not make a card that vanished on its way to the gate a taken one."""

    def vanishes(world: World, _action: do.AnyAction) -> ev.AnyEvent:
        world.box.at_gate = True
        world.box.take()
        return ev.Woke(world.now_s)

    world = World()
    world.faults["read_chip"] = [f.says(ev.Doubtful("late"))]
    world.faults["move_card"] = [vanishes]
    decision = world.begin()
    while decision.action is not None and not (isinstance(decision.action, do.AskPerson) and decision.action.people):
        decision = world.take(world.perform(decision.action))
    assert decision.action is not None
    assert world.flow.pending == do.AskPerson("taken_unclear", ("taken", "not_taken"), people=2)
