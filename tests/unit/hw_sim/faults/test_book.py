"""When armed faults strike."""

from __future__ import annotations

import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.faults import ArgSpec, FaultBook, FaultRequest, FaultSpec, Kind

EVENT = FaultSpec("toy.break", "nth use", args={"at": ArgSpec("left", ("left", "right", "any"))})
CONDITION = FaultSpec("toy.empty", "before the nth use", Kind.CONDITION)
OTHER = FaultSpec("other.break", "nth use")
VOCABULARY = {spec.name: spec for spec in (EVENT, CONDITION, OTHER)}


def make(seed=1):
    return FaultBook(VOCABULARY, {"one": frozenset({"toy.break", "toy.empty"}), "two": frozenset(VOCABULARY)}, seed)


def strikes(book, count, device="one", at="left"):
    dial = book.dial(device)
    return [dial.strike("toy.break", at=at) is not None for _ in range(count)]


def test_nothing_strikes_that_is_not_armed():
    assert strikes(make(), 3) == [False] * 3


def test_a_fault_strikes_once_at_its_nth_event():
    book = make()
    book.arm(FaultRequest("toy.break", nth=3))
    assert strikes(book, 5) == [False, False, True, False, False]
    assert book.armed() == ()


def test_times_and_for_ever():
    book = make()
    book.arm(FaultRequest("toy.break", nth=2, times=2))
    assert strikes(book, 5) == [False, True, True, False, False]
    book.arm(FaultRequest("toy.break", times=0))
    assert strikes(book, 3) == [True] * 3


def test_a_fault_that_sleeps_counts_no_event_until_its_time_has_come():
    now = [100.0]
    book = FaultBook(VOCABULARY, {"one": frozenset({"toy.break"})}, 1, lambda: now[0])
    book.arm(FaultRequest("toy.break", nth=2, after_s=5.0))
    assert strikes(book, 3) == [False] * 3
    now[0] = 105.0
    assert strikes(book, 3) == [False, True, False]


def test_only_events_of_its_place_count():
    book = make()
    book.arm(FaultRequest("toy.break", {"at": "right"}))
    assert strikes(book, 2, at="left") == [False, False]
    assert strikes(book, 1, at="right") == [True]


def test_a_fault_for_any_place_strikes_everywhere():
    book = make()
    book.arm(FaultRequest("toy.break", {"at": "any"}, times=2))
    assert strikes(book, 1, at="left") + strikes(book, 1, at="right") == [True, True]


def test_a_fault_of_one_device_leaves_the_other_alone():
    book = make()
    book.arm(FaultRequest("toy.break", device="two"))
    assert strikes(book, 1, device="one") + strikes(book, 1, device="two") == [False, True]


def test_chance_is_the_same_for_the_same_seed():
    def run(seed):
        book = make(seed)
        book.arm(FaultRequest("toy.break", chance=0.5, times=0))
        return strikes(book, 50)

    assert run(7) == run(7) != run(8)
    assert 10 < sum(run(7)) < 40


def test_a_condition_holds_from_before_its_nth_event_until_cleared():
    book = make()
    dial = book.dial("one")
    book.arm(FaultRequest("toy.empty", nth=2))
    assert dial.standing("toy.empty") is None
    dial.passed("toy.empty")
    assert dial.standing("toy.empty") is not None
    assert dial.standing("toy.empty") is not None
    assert len(book.firings()) == 1
    book.clear("toy.empty")
    assert dial.standing("toy.empty") is None


def test_each_strike_is_told_and_listed():
    book, heard = make(), []
    book.fired = heard.append
    index = book.arm(FaultRequest("toy.break", times=2))
    strikes(book, 2)
    assert [(f.index, f.name, f.device) for f in heard] == [(index, "toy.break", "one")] * 2
    assert book.firings() == tuple(heard)


def test_clearing_one_name_leaves_the_others():
    book, lifted = make(), []
    book.cleared = lambda device, name: lifted.append((device, name))
    book.arm(FaultRequest("toy.break"))
    book.arm(FaultRequest("other.break"))
    assert book.clear("toy.break") == 1
    assert [a.spec.name for a in book.armed()] == ["other.break"]
    assert lifted == [("one", "toy.break"), ("two", "toy.break")]


def test_clearing_all_lifts_also_what_has_struck_already():
    book, lifted = make(), []
    book.cleared = lambda device, name: lifted.append((device, name))
    book.arm(FaultRequest("toy.break"))
    strikes(book, 1)
    assert book.clear(None) == 0
    assert ("one", "toy.break") in lifted


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (FaultRequest("toy.brake"), "'toy.brake' is unknown; known are"),
        (FaultRequest("toy.break", nth=0), "nth is 0; give a whole number from 1"),
        (FaultRequest("toy.break", times=-1), "times is -1"),
        (FaultRequest("toy.break", chance=1.5), "chance is 1.5; give a number from 0 to 1"),
        (FaultRequest("toy.empty", chance=0.5), "takes no chance"),
        (FaultRequest("toy.break", device="three"), "device 'three' is not in this kit; it has one, two"),
        (FaultRequest("other.break", device="one"), "one cannot have it"),
        (FaultRequest("toy.break", {"at": "up"}), "argument at is 'up'"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(request_, problem):
    with pytest.raises(SimRefused, match=problem):
        make().arm(request_)


def test_clearing_an_unknown_name_is_refused():
    with pytest.raises(SimRefused, match="known are"):
        make().clear("toy.brake")
