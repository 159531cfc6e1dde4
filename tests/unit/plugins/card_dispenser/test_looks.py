from __future__ import annotations

from itertools import product

import pytest

from padkit_card_dispenser.commands import Group, Initialize, MoveTo
from padkit_card_dispenser.looks import COMMANDS, STARTS, UNREADY, Motion, Verdict, judge_answer, judge_looks
from padkit_sdk.ports import BoxStatus, CardPlace, HopperLevel

PLACES = {"none": CardPlace.NONE, "gate": CardPlace.GATE, "inside": CardPlace.INSIDE, "unclear": CardPlace.UNCLEAR}
EVERYWHERE = [BoxStatus(place, HopperLevel.ENOUGH, False, count) for place, count in product(CardPlace, (7, 8, None))]


def box(place, count=7):
    return BoxStatus(PLACES[place], HopperLevel.ENOUGH, bin_full=False, bin_count=count)


def judged(motion, before, after, *, reached=False):
    return judge_looks(motion, before, after, reached=reached)


def test_by_itself_the_driver_sends_initialize_37_and_no_other():
    assert [c.pm for c in COMMANDS.values() if c.cm == Group.INITIALIZE] == [Initialize.LEAVE_COUNTING]


def test_a_capture_is_move_33_and_what_can_feed_serves_reader_and_rf_only():
    assert (COMMANDS[Motion.TO_BIN].cm, COMMANDS[Motion.TO_BIN].pm) == (Group.MOVE, MoveTo.BIN)
    feeding = {motion for motion, command in COMMANDS.items() if command.pm in (MoveTo.READER, MoveTo.RF)}
    assert feeding == {Motion.STAGE, Motion.TO_READER, Motion.TO_RF}


def test_what_can_feed_never_starts_from_the_gate():
    for motion in (Motion.STAGE, Motion.TO_READER, Motion.TO_RF):
        assert CardPlace.GATE not in STARTS[motion]
        assert CardPlace.UNCLEAR not in STARTS[motion]


def test_a_card_inside_proves_a_feed():
    assert judged(Motion.STAGE, box("none"), box("inside")) is Verdict.DONE
    assert judged(Motion.STAGE, box("none"), box("inside"), reached=True) is Verdict.DONE


def test_an_empty_path_disproves_only_a_feed_that_the_box_never_had():
    assert judged(Motion.STAGE, box("none"), box("none")) is Verdict.NOT_DONE
    assert judged(Motion.STAGE, box("none"), box("none"), reached=True) is Verdict.UNSURE
    assert judged(Motion.STAGE, box("none"), box("gate")) is Verdict.UNSURE


@pytest.mark.parametrize("motion", [Motion.TO_READER, Motion.TO_RF])
def test_inside_does_not_tell_the_stations_apart_but_makes_repeating_safe(motion):
    assert judged(motion, box("inside"), box("inside"), reached=True) is Verdict.NOT_DONE
    for place in ("none", "gate", "unclear"):
        assert judged(motion, box("inside"), box(place)) is Verdict.UNSURE


def test_a_card_at_the_gate_proves_a_presentation_and_one_gone_does_not():
    assert judged(Motion.TO_GATE, box("inside"), box("gate")) is Verdict.DONE
    assert judged(Motion.TO_GATE, box("inside"), box("inside"), reached=True) is Verdict.NOT_DONE
    assert judged(Motion.TO_GATE, box("inside"), box("none")) is Verdict.UNSURE


def test_the_counter_tells_captured_from_taken():
    assert judged(Motion.TO_BIN, box("gate"), box("none", 8)) is Verdict.DONE
    assert judged(Motion.TO_BIN, box("gate"), box("none", 7)) is Verdict.TAKEN
    assert judged(Motion.TO_BIN, box("inside"), box("none", 8)) is Verdict.DONE
    assert judged(Motion.TO_BIN, box("inside", 999), box("none", 0)) is Verdict.DONE


def test_a_card_that_vanished_from_inside_is_never_called_taken():
    assert judged(Motion.TO_BIN, box("inside"), box("none", 7)) is Verdict.UNSURE


@pytest.mark.parametrize(("before", "after"), [(None, 8), (7, None), (None, None), (7, 9), (7, 6), (999, 998)])
def test_a_counter_that_cannot_be_read_or_does_not_fit_proves_nothing(before, after):
    assert judged(Motion.TO_BIN, box("gate", before), box("none", after)) is Verdict.UNSURE
    assert judge_answer(Motion.TO_BIN, box("gate", before), box("none", after)) is Verdict.UNSURE


def test_a_card_that_is_still_there_disproves_a_capture():
    assert judged(Motion.TO_BIN, box("gate"), box("gate"), reached=True) is Verdict.NOT_DONE
    assert judged(Motion.TO_BIN, box("gate"), box("inside"), reached=True) is Verdict.NOT_DONE
    assert judged(Motion.TO_BIN, box("gate"), box("gate", 8)) is Verdict.UNSURE
    assert judged(Motion.TO_BIN, box("inside"), box("gate")) is Verdict.UNSURE


def test_an_ejected_card_is_gone_and_was_not_captured():
    assert judged(Motion.TO_OUT, box("gate"), box("none")) is Verdict.DONE
    assert judged(Motion.TO_OUT, box("inside"), box("none", 8)) is Verdict.UNSURE
    assert judged(Motion.TO_OUT, box("inside", None), box("none", None)) is Verdict.UNSURE
    assert judged(Motion.TO_OUT, box("inside"), box("gate")) is Verdict.NOT_DONE


def test_power_lost_in_mid_motion_leaves_everything_but_prepare_unsure():
    for motion in set(Motion) - {Motion.PREPARE}:
        for before in EVERYWHERE:
            assert judged(motion, before, UNREADY) is Verdict.UNSURE


def test_prepare_is_proved_by_a_box_that_was_not_ready_and_is():
    assert judged(Motion.PREPARE, UNREADY, box("inside")) is Verdict.DONE
    assert judged(Motion.PREPARE, UNREADY, UNREADY) is Verdict.NOT_DONE
    assert judged(Motion.PREPARE, box("none"), box("none")) is Verdict.NOT_DONE
    assert judge_answer(Motion.PREPARE, UNREADY, box("unclear")) is Verdict.DONE


@pytest.mark.parametrize(
    ("motion", "held"),
    [
        (Motion.STAGE, {"inside"}),
        (Motion.TO_READER, {"inside"}),
        (Motion.TO_RF, {"inside"}),
        (Motion.TO_GATE, {"gate", "none"}),
        (Motion.TO_OUT, {"gate", "none"}),
    ],
)
def test_an_answer_holds_only_where_the_motion_can_end(motion, held):
    for place in PLACES:
        expected = Verdict.DONE if place in held else Verdict.UNSURE
        assert judge_answer(motion, box("inside"), box(place)) is expected


def test_what_can_feed_is_repeated_only_where_it_may_start():
    for motion, before, after, reached in product(
        (Motion.STAGE, Motion.TO_READER, Motion.TO_RF), EVERYWHERE, EVERYWHERE, (False, True)
    ):
        if judge_looks(motion, before, after, reached=reached) is Verdict.NOT_DONE:
            assert after.card in STARTS[motion]
