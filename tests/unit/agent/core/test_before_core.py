"""What goes wrong before the bank is asked: F01, F08 to F13, F15, F26, F30 of the card-opening reference."""

from __future__ import annotations

import pytest

from padkit_agent.core import actions as do
from padkit_agent.core import events as ev
from padkit_agent.core.card import UNNAMED
from padkit_agent.core.decide import may_cancel
from padkit_agent.core.flow import FlowRefused
from padkit_agent.core.phases import Phase
from padkit_contract.messages import CardState, Outcome, Slip, SlipCard

from . import faults as f
from .world import World

LOADED, CAPTURED, MISSING = CardState.LOADED, CardState.CAPTURED, CardState.MISSING
HANDED_OVER = CardState.HANDED_OVER


def test_f01_a_chip_not_found_is_read_again_without_a_question() -> None:
    world = World()
    world.faults["read_identity"] = [f.says(ev.TryAgain("idcard.not_found")), f.says(ev.TryAgain("idcard.removed"))]
    assert world.run().phase is Phase.CLOSED
    assert all(not (isinstance(it, do.AskPerson) and it.what == "lay_card") for it in world.done)


def test_f01_after_three_reads_a_person_is_asked_and_may_stop() -> None:
    world = World(answers={"lay_card": ["again", "stop"]})
    world.faults["read_identity"] = [f.says(ev.TryAgain("idcard.not_found"))] * 6
    assert world.run().phase is Phase.CANCELLED
    reads = [it for it in world.done if isinstance(it, do.ReadIdentity)]
    assert len(reads) == 6


def test_f08_an_empty_hopper_blocks_until_two_people_have_loaded() -> None:
    world = World()
    world.faults["stage_card"] = [f.says(ev.BoxFault("box.empty", None))]
    assert world.run().phase is Phase.CLOSED
    (asked,) = [it for it in world.done if isinstance(it, do.AskPerson) and it.what == "load_cards"]
    assert asked.people == 2


def test_f08_one_person_twice_is_not_two() -> None:
    world = World(by=("A", "A"))
    world.faults["stage_card"] = [f.says(ev.BoxFault("box.empty", None))]
    with pytest.raises(FlowRefused, match="asked load_cards"):
        world.run()


def test_f08_an_empty_hopper_seen_before_the_feed_feeds_nothing() -> None:
    world = World(answers={"load_cards": ["stop"]})
    world.box.hopper.clear()
    world.states.clear()
    decision = world.until("look_at_box")
    assert world.take(world.perform(decision.action)).action == do.AskPerson("load_cards", ("done", "stop"), people=2)
    assert world.box.feeds == 0


def test_a_kit_without_cards_on_its_slip_refuses() -> None:
    world = World()
    world.slip = None  # type: ignore[assignment]  # the kit was given none
    decision = world.until("look_at_box")
    assert world.take(world.perform(decision.action)).flow.note == "stock.none"


@pytest.mark.parametrize("pair", [f.double_feed, f.pair_behind])
def test_f09_a_double_feed_captures_both_and_stops_the_box(pair: f.Fault) -> None:
    world = World()
    world.faults["stage_card"] = [pair]
    world.answers["pin"] = ["stop"]
    flow = world.run()
    assert (flow.phase, world.case, world.stop_box) == (Phase.CASE_OPEN, "box.double_feed", True)
    assert {world.states["000001"], world.states["000002"]} == {MISSING, CAPTURED}
    assert len(world.box.bin) == 2


@pytest.mark.parametrize("code", ["box.double_feed", "box.card_size"])
def test_f09_the_boxs_own_word_for_two_cards_is_believed_though_the_chip_is_the_right_one(code: str) -> None:
    def measured(world: World, _action: do.AnyAction) -> ev.AnyEvent:
        world.box.stage()
        return ev.BoxFault(code, world.box.seen())

    world = World()
    world.faults["stage_card"] = [measured]
    assert world.run().phase is Phase.CASE_OPEN
    assert (world.case, world.stop_box, world.states["000001"]) == (code, True, CAPTURED)


def test_f10_a_jam_in_the_feed_gets_one_gentle_retry() -> None:
    world = World()
    world.faults["stage_card"] = [f.jam_in_feed]
    assert world.run().phase is Phase.CLOSED
    assert world.box.feeds == 1
    assert do.MoveCard(do.Target.READER, "read") in world.done


@pytest.mark.parametrize("jammed", [f.lasting_jam_in_feed, f.jam_in_feed])
def test_f10_a_jam_that_stays_stops_the_box(jammed: f.Fault) -> None:
    world = World()
    world.faults["stage_card"] = [jammed]
    world.faults["move_card"] = [f.jam, f.jam]
    assert world.run().phase is Phase.CASE_OPEN
    assert (world.case, world.stop_box) == ("box.jam", True)


def test_f10_a_jam_on_the_way_to_the_bin_is_retried_once() -> None:
    world = World(answers={"confirm": ["no"]})
    world.faults["move_card"] = [f.jam]
    assert world.run().phase is Phase.CANCELLED
    world = World(answers={"confirm": ["no"]})
    world.faults["move_card"] = [f.jam, f.jam]
    assert world.run().phase is Phase.CASE_OPEN
    assert world.stop_box


def test_f11_a_mute_card_is_captured_and_the_next_one_opened() -> None:
    world = World()
    world.faults["stage_card"] = [f.mute_card]
    assert world.run().phase is Phase.CLOSED
    assert (world.states["000001"], world.states["000002"]) == (CAPTURED, HANDED_OVER)


def test_f11_two_mute_cards_in_a_row_stop_the_box() -> None:
    world = World()
    world.faults["stage_card"] = [f.mute_card, f.mute_card]
    assert world.run().phase is Phase.CASE_OPEN
    assert world.stop_box
    assert (world.states["000001"], world.states["000002"], world.states["000003"]) == (CAPTURED, CAPTURED, LOADED)


def test_f11_a_restart_between_two_mute_cards_does_not_hide_the_second() -> None:
    world = World()
    world.faults["stage_card"] = [f.mute_card, f.mute_card]
    world.faults["read_chip"] = [None, f.restart(done=False)]
    assert world.run().phase is Phase.CASE_OPEN
    assert world.states["000003"] is LOADED


def test_f11_cards_that_are_readable_in_between_do_not_count() -> None:
    world = World(answers={"pin": ["stop"]})
    world.faults["stage_card"] = [f.mute_card]
    assert world.run().unread == 0


def test_f12_a_card_of_another_slip_is_captured_and_alarms() -> None:
    world = World()
    world.faults["stage_card"] = [f.foreign_card]
    assert world.run().phase is Phase.CASE_OPEN
    assert world.case.startswith("card.foreign_pan: …0001")
    assert world.stop_box


def test_f12_a_card_of_the_slip_that_left_the_hopper_before_is_a_stranger_too() -> None:
    world = World()
    world.states["000004"] = HANDED_OVER

    def again(world: World, _action: do.AnyAction) -> ev.AnyEvent | None:
        world.box.hopper[0].chip = world.slip.cards[3].card_no
        return None

    world.faults["stage_card"] = [again]
    world.box.hand.append(world.box.hopper.pop(3))
    world.bank.open_account("S0", 1, world.slip.cards[3].card_no)
    decision = world.begin()
    while decision.action is not None:
        decision = world.take(world.perform(decision.action))
    assert world.case.startswith("card.foreign_pan")


def test_f13_a_full_bin_is_emptied_by_two_before_a_card_moves() -> None:
    world = World()
    world.box.bin_full = True
    assert world.run().phase is Phase.CLOSED
    asked = [it for it in world.done if isinstance(it, do.AskPerson) and it.what == "empty_bin"]
    assert [it.people for it in asked] == [2]


def test_f13_a_bin_that_fills_meanwhile_holds_the_card_and_stops_the_box() -> None:
    world = World(answers={"confirm": ["no"]})
    decision = world.until("ask", "pin")
    world.box.bin_full = True
    assert world.run(decision).phase is Phase.CASE_OPEN
    assert (world.case, world.stop_box) == ("box.bin_full", True)
    assert world.box.card is not None


def test_f13_a_counter_that_cannot_be_read_lets_no_card_move() -> None:
    world = World()
    world.box.counter = None
    assert world.run().note == "box.counter_unreadable"
    assert world.box.feeds == 0


def test_a_box_that_a_case_stops_feeds_nothing() -> None:
    world = World(stopped="case C-1 (box.jam)")
    assert (world.run().phase, world.flow.note) == (Phase.REFUSED, "box.stopped: case C-1 (box.jam)")


def test_a_card_already_in_the_path_is_not_ours_to_move() -> None:
    world = World()
    decision = world.until("look_at_box")
    world.box.stage()
    decision = world.take(world.perform(decision.action))
    assert (decision.flow.phase, decision.flow.note, world.box.feeds) == (Phase.REFUSED, "box.card_in_path", 1)


def _steps_before_core() -> int:
    world = World()
    world.until("submit")
    return len(world.done)


@pytest.mark.parametrize("step", range(_steps_before_core()))
def test_f15_the_customer_may_cancel_after_every_step_before_the_bank_is_asked(step: int) -> None:
    world = World()
    decision = world.begin()
    for _ in range(step):
        assert decision.action is not None
        decision = world.take(world.perform(decision.action))
    assert may_cancel(world.flow)
    flow = world.run(world.take(ev.CancelAsked("A")))
    assert flow.phase is Phase.CANCELLED
    assert not world.case
    assert world.states["000001"] is (CAPTURED if world.box.feeds else LOADED)


def test_f15_after_the_bank_was_asked_there_is_no_cancel() -> None:
    world = World()
    world.until("submit")
    with pytest.raises(FlowRefused, match="too late to cancel in CORE_SENT"):
        world.take(ev.CancelAsked("A"))


def test_f15_a_card_on_its_way_to_the_bin_is_not_cancelled_twice() -> None:
    world = World()
    world.until("ask", "confirm")
    world.take(ev.CancelAsked("A"))
    assert not may_cancel(world.flow)


def test_an_answer_to_another_question_changes_nothing() -> None:
    world = World()
    world.until("ask", "pin")
    before = world.flow
    with pytest.raises(FlowRefused, match="asked pin of"):
        world.take(ev.PersonSaid("confirm", "yes"))
    assert world.flow == before


def test_an_answer_that_is_no_choice_is_refused() -> None:
    world = World()
    world.until("ask", "confirm")
    with pytest.raises(FlowRefused, match="answered confirm=perhaps"):
        world.take(ev.PersonSaid("confirm", "perhaps"))


def test_a_pin_without_the_entitys_waiver_captures_the_card() -> None:
    world = World()
    decision = world.until("ask", "pin")
    del world.waivers["pin_new"]
    assert world.run(decision).phase is Phase.CANCELLED
    assert (world.flow.note, world.states["000001"]) == ("waiver.missing: pin_new", CAPTURED)


@pytest.mark.parametrize("what", ["pin", "confirm"])
def test_a_pin_that_fails_or_a_no_captures_the_card(what: str) -> None:
    world = World(answers={what: ["failed" if what == "pin" else "no"]})
    assert world.run().phase is Phase.CANCELLED
    assert world.states["000001"] is CAPTURED


def test_an_identity_read_too_long_ago_is_not_sent_to_the_bank() -> None:
    world = World(parameters={"identity_session_minutes": 20})
    decision = world.until("ask", "confirm")
    world.now_s += 21 * 60
    assert world.run(decision).phase is Phase.CANCELLED
    assert world.flow.note.startswith("identity session over")
    assert not world.bank.executed


def test_an_identity_read_too_long_ago_feeds_no_card() -> None:
    world = World()
    decision = world.until("look_at_box")
    world.now_s += 31 * 60
    assert world.run(decision).phase is Phase.CANCELLED
    assert world.box.feeds == 0


def test_a_reservation_that_is_refused_captures_the_card_and_stops_the_box() -> None:
    world = World()
    world.faults["reserve"] = [f.says(ev.Answered(Outcome.INVALID, "card.unknown"))]
    assert world.run().phase is Phase.CASE_OPEN
    assert (world.case, world.stop_box) == ("not reserved: card.unknown", True)


def test_a_silent_central_gets_three_tries_at_the_reservation() -> None:
    world = World()
    world.faults["reserve"] = [f.says(ev.Silent())] * 2
    assert world.run().phase is Phase.CLOSED
    world = World()
    world.faults["reserve"] = [f.says(ev.Silent())] * 3
    assert world.run().phase is Phase.CANCELLED
    assert world.states["000001"] is CAPTURED


def test_f26_a_card_that_runs_out_early_is_captured_and_a_case() -> None:
    world = World()
    world.faults["stage_card"] = [f.eject_early]
    assert world.run().phase is Phase.CASE_OPEN
    assert (world.case, world.states["000001"], world.stop_box) == ("box.eject_early", CAPTURED, True)


def test_f26_a_card_that_somebody_took_is_missing_and_blocked() -> None:
    world = World()
    world.faults["stage_card"] = [f.ejected_and_gone]
    assert world.run().phase is Phase.CASE_OPEN
    assert (world.states["000001"], world.case) == (MISSING, "card.missing")
    assert world.bank.blocked == {world.slip.cards[0].card_no}


def test_f26_a_card_that_cannot_be_drawn_in_is_blocked() -> None:
    world = World()
    world.faults["stage_card"] = [f.eject_early]
    world.faults["move_card"] = [f.retract_fails, f.retract_fails]
    assert world.run().phase is Phase.CASE_OPEN
    assert world.states["000001"] is MISSING


def test_f30_a_reader_that_drops_off_is_waited_for() -> None:
    world = World()
    world.faults["read_identity"] = [f.says(ev.DeviceAway("reader", "unplugged"))]
    assert world.run().phase is Phase.CLOSED
    assert [it.device for it in world.done if isinstance(it, do.WaitDevice)] == ["reader"]


@pytest.mark.parametrize("device", ["reader", "box"])
def test_f30_a_device_that_stays_away_before_a_card_moves_ends_without_a_case(device: str) -> None:
    world = World()
    world.faults["read_identity" if device == "reader" else "look_at_box"] = [f.says(ev.DeviceAway(device, "swapped"))]
    world.faults["wait_device"] = [f.says(ev.DeviceAway(device, "swapped"))]
    assert (world.run().phase, world.flow.note) == (Phase.CANCELLED, f"{device}: swapped")
    assert world.box.feeds == 0


@pytest.mark.parametrize("event", [ev.Doubtful("timeout"), ev.DeviceAway("box", "no link")])
def test_a_box_that_answers_no_look_is_given_up_before_a_card_moves(event: ev.AnyEvent) -> None:
    world = World()
    world.faults["look_at_box"] = [f.says(event)] * 9
    assert world.run().phase is Phase.CANCELLED
    assert len([it for it in world.done if isinstance(it, do.LookAtBox)]) == 5


def test_a_box_fault_before_a_card_moves_ends_without_a_case() -> None:
    world = World()
    world.faults["look_at_box"] = [f.says(ev.BoxFault("box.sensor", None))]
    assert (world.run().phase, world.flow.note) == (Phase.CANCELLED, "box.sensor")


@pytest.mark.parametrize("tag", ["stage_card", "read_chip"])
@pytest.mark.parametrize("done", [True, False])
def test_f30_a_box_that_drops_off_is_asked_before_anything_is_repeated(tag: str, done: bool) -> None:
    event = ev.Doubtful("link lost")
    world = World()
    world.faults[tag] = [f.after(event) if done else f.says(event)]
    world.faults["look_at_box"] = [None, f.says(ev.DeviceAway("box", "unplugged"))]
    assert world.run().phase is Phase.CLOSED
    assert world.box.feeds == 1


def test_a_feed_in_doubt_is_not_repeated_when_the_counter_is_silent() -> None:
    def blind(world: World, _action: do.AnyAction) -> ev.AnyEvent:
        world.box.counter = None
        return ev.Doubtful("timeout")

    world = World()
    world.faults["stage_card"] = [blind]
    assert world.run().phase is Phase.CASE_OPEN
    assert world.box.feeds == 0


def test_why_a_card_is_captured_is_not_forgotten_over_a_doubtful_motion() -> None:
    world = World()
    world.faults["stage_card"] = [f.foreign_card]
    world.faults["move_card"] = [f.after(ev.Doubtful("no answer"))]
    world.run()
    assert world.case.startswith("card.foreign_pan")


def test_f30_a_box_that_stays_away_with_a_card_inside_is_a_case() -> None:
    world = World()
    world.faults["read_chip"] = [f.says(ev.Doubtful("link lost"))]
    world.faults["look_at_box"] = [None, f.says(ev.DeviceAway("box", "unplugged"))]
    world.faults["wait_device"] = [f.says(ev.DeviceAway("box", "unplugged"))]
    assert world.run().phase is Phase.CASE_OPEN
    assert world.stop_box


@pytest.mark.parametrize(
    "event",
    [
        ev.Moved(ev.Seen(ev.Place.INSIDE, 7, bin_full=False, empty=False)),
        ev.Moved(ev.Seen(ev.Place.NONE, 7, bin_full=False, empty=False)),
        ev.Moved(ev.Seen(ev.Place.NONE, 8, bin_full=False, empty=False)),
        ev.BoxFault("box.jam", ev.Seen(ev.Place.INSIDE, 7, bin_full=False, empty=False)),
    ],
)
def test_a_card_that_was_fed_while_the_slip_was_taken_away_becomes_a_case(event: ev.AnyEvent) -> None:
    world = World()
    world.until("stage_card")
    world.slip = Slip("B2", "debit", ())
    flow = world.take(event).flow
    assert (flow.phase, flow.note, world.stop_box) == (Phase.CASE_OPEN, UNNAMED, True)


def test_a_chip_that_only_the_new_slip_knows_is_a_stranger_to_the_card_of_the_old_one() -> None:
    world = World()
    world.until("read_chip")
    world.slip = Slip("B2", "debit", (SlipCard("900001", "6299000000000001"),))
    world.states["900001"] = LOADED
    decision = world.take(ev.ChipRead("6299000000000001", "01"))
    assert isinstance(decision.action, do.MoveCard)
    assert decision.flow.note.startswith("card.foreign_pan")


def test_tries_of_the_reservation_do_not_count_against_the_capture() -> None:
    world = World()
    world.faults["reserve"] = [f.says(ev.Silent())] * 3
    world.faults["move_card"] = [f.says(ev.Doubtful("?"))]
    assert world.run().phase is Phase.CANCELLED
    assert world.states["000001"] is CAPTURED
