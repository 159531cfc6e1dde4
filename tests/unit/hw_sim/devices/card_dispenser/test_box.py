"""The hand-shake, the customer, and what a power cut leaves."""

from __future__ import annotations

import pytest

from padkit_sim.errors import SimRefused

ACK, NAK, EOT = b"\x06", b"\x15", b"\x04"
INITIALIZE = bytes.fromhex("F2 00 00 03 43 30 37 03 B6")
STATUS = bytes.fromhex("F2 00 00 03 43 31 30 03 B0")
STATUS_B0 = bytes.fromhex("F2 00 00 05 4E 31 30 42 30 03 C9")
STATUS_020 = bytes.fromhex("F2 00 00 06 50 31 30 30 32 30 03 94")
MOVE_IC = bytes.fromhex("F2 00 00 03 43 32 31 03 B2")
MOVE_GATE = bytes.fromhex("F2 00 00 03 43 32 30 03 B3")


def said(pieces):
    return [piece.data for piece in pieces]


def test_a_command_is_acknowledged_and_then_answered(bench):
    assert said(bench.send(STATUS)) == [ACK, STATUS_B0]


def test_a_damaged_command_is_asked_for_again(bench):
    assert said(bench.send(STATUS[:-1] + b"\x00")) == [NAK]


def test_a_command_for_another_address_is_not_ours(bench):
    other = bytes.fromhex("F2 01 00 03 43 31 30 03 B1")
    assert bench.send(other) == []
    assert bench.send(other[:-1] + b"\x00") == []


def test_a_nak_brings_the_same_response_again(bench):
    bench.send(STATUS)
    assert said(bench.send(NAK)) == [STATUS_B0]
    assert said(bench.send(NAK)) == [STATUS_B0]


def test_after_the_hosts_ack_there_is_nothing_to_repeat(bench):
    bench.send(STATUS)
    bench.send(ACK)
    assert bench.send(NAK) == []


def test_a_motion_is_answered_when_it_ends(bench):
    bench.ready()
    assert said(bench.send(MOVE_IC)) == [ACK]
    assert bench.run(2.4) == []
    assert said(bench.run(0.2)) == [bytes.fromhex("F2 00 00 06 50 32 31 32 32 30 03 94")]


def test_an_eot_stops_a_motion_where_it_is(bench):
    bench.staged()
    bench.send(MOVE_GATE)
    bench.run(0.6)
    assert said(bench.send(EOT)) == [EOT]
    assert bench.run(30.0) == []
    assert bench.places()[0] == "path"
    assert bench.ask(0x31, 0x30).status == "220"


def test_a_host_that_missed_our_eot_gets_another(bench):
    bench.staged()
    bench.send(MOVE_GATE)
    bench.send(EOT)
    assert said(bench.send(EOT)) == [EOT]


def test_an_eot_without_a_command_is_not_answered(bench):
    bench.ready()
    assert bench.send(EOT) == []


def test_a_repetition_during_execution_is_acknowledged_and_done_once(bench):
    bench.ready()
    bench.send(MOVE_IC)
    assert said(bench.send(MOVE_IC)) == [ACK]
    assert len(bench.run(10.0)) == 1
    assert bench.places().count("path") == 1


def test_another_command_during_execution_is_not_heard(bench):
    bench.ready()
    bench.send(MOVE_IC)
    assert bench.send(STATUS) == []


def test_a_half_frame_is_forgotten_after_a_gap(bench):
    bench.send(STATUS[:4])
    bench.run(0.25)
    assert said(bench.send(STATUS)) == [ACK, STATUS_B0]


def test_a_slow_host_is_still_understood(bench):
    pieces = []
    for byte in STATUS:
        pieces += bench.send(bytes([byte]))
        bench.run(0.1)
    assert said(pieces) == [ACK, STATUS_B0]


def test_the_first_initialize_fixes_the_rate(bench):
    assert said(bench.send(STATUS, baud=57600)) == [ACK, STATUS_B0]
    bench.send(INITIALIZE, baud=9600)
    bench.run(5.0)
    bench.send(ACK, baud=9600)
    assert bench.send(STATUS, baud=57600) == []
    assert said(bench.send(STATUS, baud=9600)) == [ACK, STATUS_020]


def test_a_rate_that_no_unit_knows_is_noise(bench):
    step = bench.box.receive(STATUS, bench._at(), 115200)
    assert step.pieces == ()
    assert "115200" in step.note


def test_after_a_power_cut_the_rate_is_open_again(bench):
    bench.send(INITIALIZE, baud=9600)
    bench.run(5.0)
    bench.power_cycle()
    assert said(bench.send(STATUS, baud=38400)) == [ACK, STATUS_B0]


# -- the customer


def test_nobody_takes_a_card_by_himself_unless_told(bench):
    bench.presented()
    bench.run(1000.0)
    assert bench.places()[0] == "gate"


def test_a_customer_takes_a_presented_card_after_his_time(bench_of):
    bench = bench_of(take_after_s=3.0).presented()
    bench.run(2.9)
    assert bench.places()[0] == "gate"
    bench.run(0.2)
    assert bench.places()[0] == "hand"
    assert bench.ask(0x31, 0x30).status[0] == "0"


def test_a_hand_takes_the_card_at_the_gate(bench):
    bench.presented().hand("take_card")
    assert bench.places()[0] == "hand"


def test_a_card_inside_cannot_be_taken(bench):
    with pytest.raises(SimRefused, match="no card sticks out"):
        bench.staged().hand("take_card")


def test_a_card_that_fell_out_is_picked_up(bench):
    bench.staged().ask(0x32, 0x39)
    assert bench.places()[0] == "out"
    bench.hand("take_card")
    assert bench.places()[0] == "hand"


def test_pulling_a_card_during_a_capture_answers_moved_by_hand(bench):
    bench.presented()
    bench.send(bytes.fromhex("F2 00 00 03 43 32 33 03 B0"))
    answers = bench.hand("take_card")
    assert b"45" in answers[0].data
    assert bench.places()[0] == "hand"
    assert bench.state().error == "45"


def test_a_taken_card_can_be_pushed_in_when_entry_is_allowed(bench):
    bench.presented().hand("take_card")
    with pytest.raises(SimRefused, match="gate is shut"):
        bench.hand("push_card")
    bench.ask(0x33, 0x30)
    bench.hand("push_card")
    bench.run(10.0)
    assert bench.ask(0x31, 0x30).status[0] == "2"


def test_only_a_card_in_the_hand_can_be_pushed_in(bench):
    bench.ready().ask(0x33, 0x30)
    with pytest.raises(SimRefused, match="not in the customer's hand"):
        bench.hand("push_card")
    with pytest.raises(SimRefused, match="not in the customer's hand"):
        bench.hand("push_card", pan=bench.state().cards[0].pan)


def test_an_unknown_action_names_the_known_ones(bench):
    with pytest.raises(SimRefused, match="take_card, push_card"):
        bench.hand("kick")


def test_the_operator_takes_out_what_is_inside(bench):
    bench.staged().hand("remove_card")
    assert bench.places()[0] == "out"
    assert bench.ask(0x31, 0x30).status[0] == "0"


# -- power


def test_a_power_cut_in_mid_motion_leaves_the_card_between_stations(bench):
    bench.staged()
    bench.send(MOVE_GATE)
    bench.run(0.6)
    bench.power_cycle()
    assert bench.run(60.0) == []
    assert bench.places()[0] == "path"
    assert bench.ask(0x31, 0x30).code == "B0"
    assert bench.ask(0x30, 0x37).status == "220"
    assert bench.ask(0x32, 0x30).status == "120"


def test_a_power_cut_while_feeding_leaves_the_card_under_the_hopper(bench):
    bench.ready()
    bench.send(MOVE_IC)
    bench.run(1.0)
    bench.power_cycle()
    assert bench.places()[0] == "path"
    assert bench.ask(0x30, 0x37).status[0] == "2"
    assert bench.ask(0x32, 0x31).status[0] == "2"
    assert bench.places().count("hopper") == 7


def test_a_card_at_the_gate_stays_there_through_a_power_cut(bench):
    bench.presented().power_cycle()
    assert bench.ask(0x30, 0x37).status[0] == "1"


def test_a_customer_takes_the_card_of_a_dead_box_too(bench_of):
    bench = bench_of(take_after_s=3.0).presented()
    bench.power_cycle()
    bench.run(5.0)
    assert bench.places()[0] == "hand"


@pytest.mark.parametrize(("survives", "count"), [(True, b"001"), (False, b"000")])
def test_the_bin_counter_survives_or_not_as_the_kit_file_says(bench_of, survives, count):
    bench = bench_of(bin_counter_survives=survives).staged()
    bench.ask(0x32, 0x33)
    bench.power_cycle()
    bench.ready()
    assert bench.ask(0xA5, 0x30).data == count


# -- demonstrations


def test_magic_moves_a_card_by_its_number(bench):
    bench.box.tamper(bench.state().cards[3].pan, "bin")
    assert bench.places()[3] == "bin"


def test_magic_refuses_what_it_does_not_know(bench):
    with pytest.raises(SimRefused, match="no card has number"):
        bench.box.tamper("1", "bin")
    with pytest.raises(SimRefused, match="give hopper, path"):
        bench.box.tamper(bench.state().cards[0].pan, "moon")


def test_magic_waits_for_the_motors(bench):
    bench.ready().send(MOVE_IC)
    with pytest.raises(SimRefused, match="motors are running"):
        bench.box.tamper(bench.state().cards[0].pan, "bin")
    with pytest.raises(SimRefused, match="motors are running"):
        bench.hand("remove_card")


def test_the_state_tells_where_every_card_is(bench):
    state = bench.presented().state()
    assert (state.hopper, state.bin, state.initialised, state.moving) == (7, 0, True, False)
    assert state.cards[0].serial == "000001"
    assert state.cards[0].pan == state.cards[0].slip_pan
