"""The mechanics, stepped in time."""

from __future__ import annotations

import pytest

from padkit_sim.devices.bank_card import BankCard, numbered
from padkit_sim.devices.card_dispenser.mechanism import Mechanism
from padkit_sim.devices.card_dispenser.track import (
    SELF_TEST_S,
    Captured,
    Carry,
    Done,
    Failed,
    Feed,
    Halt,
    Jam,
    Output,
    Place,
    Push,
    SelfTest,
    Stop,
    Take,
    Taken,
)


def cards(count: int) -> list[BankCard]:
    return [BankCard(numbered("999900", serial)) for serial in range(1, count + 1)]


def ended(mechanism: Mechanism, at_s: float) -> list[Output]:
    """Let the running motion end; what it gave."""
    wake_at_s = mechanism.wake_at_s
    assert wake_at_s is not None
    return list(mechanism.update(max(wake_at_s, at_s)).outputs)


def staged(count: int = 4) -> Mechanism:
    mechanism = Mechanism(cards(count), bin_capacity=3)
    mechanism.update(0.0, Feed(Stop.IC))
    assert ended(mechanism, 0.0) == [Done()]
    return mechanism


def places(mechanism: Mechanism) -> list[Place]:
    return [place for _, place in sorted(mechanism.places(), key=lambda pair: pair[0].serial)]


def dark(mechanism: Mechanism) -> str:
    return "".join("1" if sensor else "0" for sensor in mechanism.sensors())


def test_a_feed_takes_two_and_a_half_seconds() -> None:
    mechanism = Mechanism(cards(2), bin_capacity=3)
    update = mechanism.update(10.0, Feed(Stop.IC))
    assert (update.outputs, update.wake_at_s) == ((), 12.5)
    assert mechanism.update(12.4).outputs == ()
    assert mechanism.update(12.5).outputs == (Done(),)
    assert not mechanism.moving


@pytest.mark.parametrize(("to", "takes_s"), [(Stop.GATE, 1.2), (Stop.OUT, 2.0)])
def test_the_way_out_has_its_time(to: Stop, takes_s: float) -> None:
    update = staged().update(100.0, Carry(to))
    assert update.wake_at_s == pytest.approx(100.0 + takes_s)


def test_a_capture_from_the_gate_takes_two_seconds() -> None:
    mechanism = staged()
    mechanism.update(10.0, Carry(Stop.GATE))
    ended(mechanism, 12.0)
    assert mechanism.update(20.0, Carry(Stop.BIN)).wake_at_s == pytest.approx(22.0)


def test_sensors_follow_the_card_on_its_way() -> None:
    mechanism = Mechanism(cards(2), bin_capacity=3)
    assert dark(mechanism) == "0000000"
    mechanism.update(0.0, Feed(Stop.IC))
    seen = [dark(mechanism)]
    for now_s in (1.0, 2.0, 2.5):
        mechanism.update(now_s)
        seen.append(dark(mechanism))
    mechanism.update(3.0, Carry(Stop.GATE))
    ended(mechanism, 3.0)
    assert seen == ["1100000", "1100000", "0110000", "0110000"]
    assert dark(mechanism) == "0001110"


def test_a_card_at_the_gate_sticks_out_and_can_be_taken() -> None:
    mechanism = staged()
    assert mechanism.update(3.0, Take()).outputs == ()
    mechanism.update(3.0, Carry(Stop.GATE))
    ended(mechanism, 3.0)
    assert mechanism.at_gate_since_s == pytest.approx(4.2)
    assert mechanism.update(9.0, Take()).outputs == (Taken(),)
    assert places(mechanism)[0] is Place.HAND
    assert mechanism.path_empty
    assert mechanism.at_gate_since_s is None


def test_a_card_pulled_while_it_moves_ends_the_motion() -> None:
    mechanism = staged()
    mechanism.update(3.0, Carry(Stop.GATE))
    ended(mechanism, 3.0)
    mechanism.update(10.0, Carry(Stop.BIN))
    assert mechanism.update(10.1, Take()).outputs == (Taken(), Failed("45"))
    assert not mechanism.moving


def test_a_card_too_far_inside_cannot_be_pulled() -> None:
    mechanism = staged()
    mechanism.update(3.0, Carry(Stop.GATE))
    ended(mechanism, 3.0)
    mechanism.update(10.0, Carry(Stop.BIN))
    assert mechanism.update(10.5, Take()).outputs == ()


def test_a_halt_leaves_the_card_between_two_stations() -> None:
    mechanism = staged()
    mechanism.update(3.0, Carry(Stop.GATE))
    mechanism.update(3.6, Halt())
    assert mechanism.update(60.0).outputs == ()
    assert mechanism.card_at(Stop.IC, Stop.GATE) is None
    assert places(mechanism)[0] is Place.PATH
    mechanism.update(61.0, Carry(Stop.GATE))
    assert mechanism.wake_at_s == pytest.approx(61.6)


def test_what_is_captured_falls_into_the_bin() -> None:
    mechanism = staged()
    mechanism.update(3.0, Carry(Stop.BIN))
    assert ended(mechanism, 3.0) == [Captured(1), Done()]
    assert places(mechanism)[0] is Place.BIN


def test_what_is_pushed_out_is_held_no_more() -> None:
    mechanism = staged()
    mechanism.update(3.0, Carry(Stop.OUT))
    ended(mechanism, 3.0)
    assert places(mechanism)[0] is Place.OUT
    assert mechanism.path_empty


def test_a_motion_to_where_the_card_is_ends_at_once() -> None:
    assert staged().update(3.0, Carry(Stop.IC)).outputs == (Done(),)


def test_a_motion_without_a_card_fails() -> None:
    assert Mechanism(cards(1), bin_capacity=3).update(0.0, Carry(Stop.GATE)).outputs == (Failed("02"),)


def test_a_jam_stops_the_card_and_every_later_motion() -> None:
    mechanism = staged()
    mechanism.update(3.0, Carry(Stop.GATE, Jam("10", 100.0, left=2)))
    assert ended(mechanism, 3.0) == [Failed("10")]
    assert mechanism.update(5.0, Carry(Stop.BIN)).outputs == (Failed("10"),)
    assert mechanism.update(5.0, Feed(Stop.IC)).outputs == (Failed("10"),)
    assert places(mechanism)[0] is Place.PATH


def test_a_jam_works_loose_after_its_number_of_self_tests() -> None:
    mechanism = staged()
    mechanism.update(3.0, Carry(Stop.GATE, Jam("10", 100.0, left=2)))
    ended(mechanism, 3.0)
    mechanism.update(5.0, SelfTest())
    assert ended(mechanism, 5.0) == [Failed("10")]
    mechanism.update(7.0, SelfTest())
    assert ended(mechanism, 7.0) == [Done()]
    mechanism.update(9.0, Carry(Stop.GATE))
    assert ended(mechanism, 9.0) == [Done()]


def test_a_jam_for_the_operator_waits_for_him() -> None:
    mechanism = staged()
    mechanism.update(3.0, Carry(Stop.GATE, Jam("10", 100.0)))
    ended(mechanism, 3.0)
    mechanism.update(5.0, SelfTest())
    assert ended(mechanism, 5.0) == [Failed("10")]
    mechanism.free(7.0)
    mechanism.update(7.0, Carry(Stop.GATE))
    assert ended(mechanism, 7.0) == [Done()]


def test_a_jam_beside_the_way_does_nothing() -> None:
    mechanism = staged()
    mechanism.update(3.0, Carry(Stop.GATE, Jam("10", 20.0)))
    assert ended(mechanism, 3.0) == [Done()]
    assert mechanism.jam is None


def test_pulling_a_stuck_card_ends_the_jam() -> None:
    mechanism = staged()
    mechanism.update(3.0, Carry(Stop.GATE))
    ended(mechanism, 3.0)
    mechanism.update(6.0, Carry(Stop.BIN, Jam("40", 140.0)))
    assert ended(mechanism, 6.0) == [Failed("40")]
    assert mechanism.sticks_out()
    assert mechanism.update(9.0, Take()).outputs == (Taken(),)
    assert mechanism.jam is None


def test_stacked_cards_move_as_one_and_the_later_lies_on_top() -> None:
    mechanism = Mechanism(cards(4), bin_capacity=9)
    mechanism.update(0.0, Feed(Stop.IC, pair="stacked", counts=2))
    ended(mechanism, 0.0)
    on_top = mechanism.card_at(Stop.IC)
    assert on_top is not None
    assert on_top.serial == "000002"
    mechanism.update(5.0, Carry(Stop.BIN))
    assert ended(mechanism, 5.0) == [Captured(2), Done()]
    assert places(mechanism) == [Place.BIN, Place.BIN, Place.HOPPER, Place.HOPPER]


def test_a_card_behind_stays_in_the_throat_until_a_capture_pushes_it() -> None:
    mechanism = Mechanism(cards(4), bin_capacity=9)
    mechanism.update(0.0, Feed(Stop.IC, pair="behind"))
    ended(mechanism, 0.0)
    assert mechanism.sensors()[0]
    mechanism.update(5.0, Carry(Stop.BIN))
    assert ended(mechanism, 5.0) == [Captured(2), Done()]
    assert [card.serial for card in mechanism.bin] == ["000002", "000001"]


def test_a_card_behind_is_in_play_once_the_first_is_gone() -> None:
    mechanism = Mechanism(cards(4), bin_capacity=9)
    mechanism.update(0.0, Feed(Stop.IC, pair="behind"))
    ended(mechanism, 0.0)
    mechanism.update(5.0, Carry(Stop.GATE))
    ended(mechanism, 5.0)
    mechanism.update(9.0, Take())
    assert not mechanism.path_empty
    mechanism.update(10.0, Carry(Stop.IC))
    ended(mechanism, 10.0)
    on_top = mechanism.card_at(Stop.IC)
    assert on_top is not None
    assert on_top.serial == "000002"


def test_the_last_card_cannot_be_fed_double() -> None:
    mechanism = Mechanism(cards(1), bin_capacity=9)
    mechanism.update(0.0, Feed(Stop.IC, pair="stacked"))
    assert ended(mechanism, 0.0) == [Done()]
    assert places(mechanism) == [Place.PATH]


def test_an_overrun_leaves_by_the_mouth() -> None:
    mechanism = Mechanism(cards(2), bin_capacity=9)
    update = mechanism.update(0.0, Feed(Stop.IC, fails_with="43", overrun=True))
    assert update.wake_at_s == pytest.approx(4.5)
    assert ended(mechanism, 0.0) == [Failed("43")]
    assert places(mechanism)[0] is Place.OUT


def test_a_pushed_card_is_drawn_to_the_radio_station() -> None:
    mechanism = Mechanism(cards(1), bin_capacity=9)
    visitor = BankCard(numbered("999911", 5))
    mechanism.update(0.0, Push(visitor))
    assert ended(mechanism, 0.0) == [Done()]
    assert mechanism.card_at(Stop.RF) is visitor


def test_a_self_test_takes_its_time() -> None:
    mechanism = Mechanism(cards(1), bin_capacity=9)
    assert mechanism.update(1.0, SelfTest()).wake_at_s == pytest.approx(1.0 + SELF_TEST_S)
    assert ended(mechanism, 0.0) == [Done()]


@pytest.mark.parametrize("place", list(Place))
def test_magic_puts_a_card_anywhere(place: Place) -> None:
    mechanism = staged()
    card = mechanism.card_at(Stop.IC)
    assert card is not None
    mechanism.put(card, place)
    assert places(mechanism)[0] is place
    assert len(mechanism.places()) == 4


def test_magic_takes_one_card_out_of_a_pair() -> None:
    mechanism = Mechanism(cards(4), bin_capacity=9)
    mechanism.update(0.0, Feed(Stop.IC, pair="stacked", counts=2))
    ended(mechanism, 0.0)
    on_top = mechanism.card_at(Stop.IC)
    assert on_top is not None
    mechanism.put(on_top, Place.BIN)
    assert places(mechanism) == [Place.PATH, Place.BIN, Place.HOPPER, Place.HOPPER]
