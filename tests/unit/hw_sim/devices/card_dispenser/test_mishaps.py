"""Every fault of the box fires where it says, and is gone when it is cleared."""

from __future__ import annotations

import pytest

MOVE_GATE, MOVE_IC, MOVE_BIN = 0x30, 0x31, 0x33
SELECT_DEBIT = bytes.fromhex("00A4040008A000000333010101")
GPO = bytes.fromhex("80A80000238321") + bytes(33)
READ_PAN = bytes.fromhex("00B2020C00")


def fired(bench):
    return [firing.name for firing in bench.book.firings()]


def next_card_is_good(bench):
    """Feed, power and read: what must work again after any fault."""
    assert bench.ask(0x30, 0x37).code == ""
    if bench.ask(0x31, 0x30).status[0] != "0":
        assert bench.ask(0x32, MOVE_BIN).code == ""
    assert bench.ask(0x32, MOVE_IC).status[0] == "2"
    assert bench.ask(0x51, 0x30).code == ""
    assert bench.ask(0x51, 0x39, SELECT_DEBIT).data[-2:] == b"\x90\x00"
    assert bench.ask(0x32, MOVE_GATE).status[0] == "1"
    return True


def read_pan(bench):
    bench.ask(0x51, 0x30)
    bench.ask(0x51, 0x39, SELECT_DEBIT)
    bench.ask(0x51, 0x39, GPO)
    return bench.ask(0x51, 0x39, READ_PAN).data[4:14].hex().upper().rstrip("F")


def test_an_empty_hopper_is_reported_and_refuses(bench):
    bench.ready().arm("box.empty")
    assert bench.ask(0x31, 0x30).status == "000"
    assert bench.ask(0x32, MOVE_IC).code == "A0"
    assert fired(bench) == ["box.empty"]
    bench.book.clear("box.empty")
    assert next_card_is_good(bench)


def test_a_hopper_that_is_empty_before_the_second_feed_gives_one_card(bench):
    bench.ready().arm("box.empty", nth=2)
    assert bench.ask(0x31, 0x30).status == "020"
    assert bench.ask(0x32, MOVE_IC).status == "200"
    bench.ask(0x32, MOVE_BIN)
    assert bench.ask(0x32, MOVE_IC).code == "A0"


def test_a_low_hopper_is_reported_and_still_feeds(bench):
    bench.ready().arm("box.low")
    assert bench.ask(0x31, 0x30).status == "010"
    assert bench.ask(0x32, MOVE_IC).status == "210"
    bench.book.clear("box.low")
    assert bench.ask(0x31, 0x30).status == "220"


def test_a_full_bin_is_reported_and_refuses(bench):
    bench.staged().arm("box.bin_full")
    assert bench.ask(0x31, 0x30).status == "221"
    assert bench.ask(0x32, MOVE_BIN).code == "A1"
    bench.book.clear("box.bin_full")
    assert bench.ask(0x32, MOVE_BIN).status == "020"


def test_stacked_cards_show_the_later_number_and_are_captured_together(bench):
    cards = bench.ready().state().cards
    bench.arm("box.double_feed")
    assert bench.ask(0x32, MOVE_IC).status == "220"
    assert read_pan(bench) == cards[1].pan
    assert bench.ask(0x32, MOVE_BIN).code == ""
    assert bench.places()[:3] == ["bin", "bin", "hopper"]
    assert bench.ask(0xA5, 0x30).data == b"002"
    assert next_card_is_good(bench)


def test_a_bin_counter_may_take_a_pair_for_one(bench):
    bench.ready().arm("box.double_feed", counted=1)
    bench.ask(0x32, MOVE_IC)
    bench.ask(0x32, MOVE_BIN)
    assert bench.ask(0xA5, 0x30).data == b"001"


def test_a_card_behind_is_skipped_when_the_first_is_captured(bench):
    cards = bench.ready().state().cards
    bench.arm("box.double_feed", how="behind")
    bench.ask(0x32, MOVE_IC)
    assert read_pan(bench) == cards[0].pan
    bench.ask(0x32, MOVE_BIN)
    bench.ask(0x32, MOVE_IC)
    assert read_pan(bench) == cards[2].pan


def test_a_card_behind_is_still_inside_after_the_first_was_taken(bench):
    bench.ready().arm("box.double_feed", how="behind")
    bench.ask(0x32, MOVE_IC)
    bench.ask(0x32, MOVE_GATE)
    bench.hand("take_card")
    assert bench.ask(0x31, 0x30).status[0] == "2"


def test_a_unit_that_measures_the_pair_says_too_long(bench):
    bench.ready().arm("box.double_feed", detected=True)
    assert bench.ask(0x32, MOVE_IC).code == "13"
    assert next_card_is_good(bench)


@pytest.mark.parametrize(
    ("at", "pm"),
    [("stage", MOVE_IC), ("present", MOVE_GATE), ("capture", MOVE_BIN)],
)
def test_a_jam_holds_the_card_until_its_number_of_initializes(bench, at, pm):
    bench.ready() if at == "stage" else bench.staged()
    bench.arm("box.jam", at=at, clears_after=2)
    assert bench.ask(0x32, pm).code == "10"
    assert bench.places()[0] == "path"
    assert bench.state().error == "10"
    assert bench.ask(0x30, 0x37).code == "10"
    assert bench.ask(0x32, MOVE_GATE).code == "10"
    assert bench.ask(0x30, 0x37).code == ""
    assert next_card_is_good(bench)


def test_a_jam_for_the_operator_ends_by_his_hand(bench):
    bench.staged().arm("box.jam", at="present")
    bench.ask(0x32, MOVE_GATE)
    assert [bench.ask(0x30, 0x37).code for _ in range(3)] == ["10", "10", "10"]
    bench.hand("clear_jam")
    assert next_card_is_good(bench)


def test_a_cleared_jam_is_loose(bench):
    bench.staged().arm("box.jam", at="present")
    bench.ask(0x32, MOVE_GATE)
    bench.book.clear("box.jam")
    assert next_card_is_good(bench)


def test_a_jam_strikes_at_its_own_leg_only(bench):
    bench.ready().arm("box.jam", at="capture")
    bench.ask(0x32, MOVE_IC)
    assert bench.ask(0x32, MOVE_GATE).code == ""
    assert fired(bench) == []
    assert bench.ask(0x32, MOVE_BIN).code == "10"


def test_a_jam_survives_a_power_cut(bench):
    bench.staged().arm("box.jam", at="present")
    bench.ask(0x32, MOVE_GATE)
    bench.power_cycle()
    assert bench.ask(0x30, 0x37).code == "10"
    assert bench.ask(0x31, 0x30).code == "B0"


def test_a_failed_retract_leaves_the_card_half_out(bench):
    bench.presented().arm("box.retract_fail")
    assert bench.ask(0x32, MOVE_BIN).code == "40"
    assert bench.places()[0] == "gate"
    assert bench.ask(0x31, 0x30).status[0] == "1"
    assert bench.ask(0x32, MOVE_BIN).code == "40"
    bench.book.clear("box.retract_fail")
    assert next_card_is_good(bench)


def test_a_card_half_out_can_be_pulled(bench):
    bench.presented().arm("box.retract_fail")
    bench.ask(0x32, MOVE_BIN)
    bench.hand("take_card")
    assert bench.places()[0] == "hand"
    assert next_card_is_good(bench)


def test_a_retract_fails_only_from_the_gate(bench):
    bench.staged().arm("box.retract_fail")
    assert bench.ask(0x32, MOVE_BIN).code == ""
    assert fired(bench) == []


def test_a_customer_leaves_the_second_card_and_takes_the_third(bench_of):
    bench = bench_of(take_after_s=1.0)
    bench.ready().arm("box.not_taken", nth=2)
    seen = []
    for card in range(3):
        bench.ask(0x32, MOVE_IC)
        bench.ask(0x32, MOVE_GATE)
        bench.run(20.0)
        seen.append(bench.places()[card])
        if seen[-1] == "gate":
            bench.ask(0x32, MOVE_BIN)
    assert seen == ["hand", "gate", "hand"]


def test_a_cleared_customer_takes_his_card(bench_of):
    bench = bench_of(take_after_s=1.0).ready()
    bench.arm("box.not_taken")
    bench.ask(0x32, MOVE_IC)
    bench.ask(0x32, MOVE_GATE)
    bench.run(20.0)
    assert bench.places()[0] == "gate"
    bench.book.clear("box.not_taken")
    bench.run(20.0)
    assert bench.places()[0] == "hand"


def test_a_flapping_gate_sensor_contradicts_itself_and_settles(bench):
    bench.presented().arm("box.taken_ambiguous", how="flap", flaps=4)
    bench.hand("take_card")
    assert "".join(bench.ask(0x31, 0x30).status[0] for _ in range(6)) == "101000"
    assert bench.ask(0xA5, 0x30).data == b"000"


def test_an_unreadable_counter_answers_sensor_fault_until_cleared(bench):
    bench.presented().arm("box.taken_ambiguous")
    bench.hand("take_card")
    assert bench.ask(0xA5, 0x30).code == "12"
    bench.book.clear(None)
    assert bench.ask(0xA5, 0x30).data == b"000"
    assert bench.ask(0x31, 0x30).status[0] == "0"
    assert next_card_is_good(bench)


@pytest.mark.parametrize("code", ["43", ""])
def test_a_card_that_runs_out_early_is_outside(bench, code):
    bench.ready().arm("box.eject_early", code=code)
    answer = bench.ask(0x32, MOVE_IC)
    assert answer.code == code
    assert bench.places()[0] == "out"
    assert bench.ask(0x31, 0x30).status[0] == "0"
    assert next_card_is_good(bench)


@pytest.mark.parametrize(
    ("on", "cm", "pm"),
    [
        ("initialise", 0x30, 0x37),
        ("status", 0x31, 0x30),
        ("move", 0x32, 0x31),
        ("entry", 0x33, 0x30),
        ("chip", 0x51, 0x30),
        ("counter", 0xA5, 0x30),
        ("any", 0xA2, 0x30),
    ],
)
def test_any_code_can_be_answered_to_any_group(bench, on, cm, pm):
    bench.ready().arm("box.error", code="66", on=on)
    assert bench.ask(cm, pm).code == "66"
    assert next_card_is_good(bench)


@pytest.mark.parametrize("code", ["05", "10", "12", "13", "14", "16", "40", "41", "43", "45", "50", "51"])
def test_mechanical_codes_stay_until_initialize(bench, code):
    bench.ready().arm("box.error", code=code)
    bench.ask(0x32, MOVE_IC)
    assert bench.ask(0x32, MOVE_IC).code == code
    assert next_card_is_good(bench)


def test_a_mute_chip_gives_no_atr_and_the_next_card_is_good(bench):
    bench.ready().arm("card.mute")
    bench.ask(0x32, MOVE_IC)
    assert bench.ask(0x50, 0x30).data == b"00"
    assert bench.ask(0x51, 0x30).code == "61"
    assert next_card_is_good(bench)


def test_a_chip_that_falls_silent_loses_its_power(bench):
    bench.ready().arm("card.mute", how="apdu")
    bench.ask(0x32, MOVE_IC)
    assert bench.ask(0x51, 0x30).code == ""
    assert bench.ask(0x51, 0x39, SELECT_DEBIT).code == "63"
    assert bench.ask(0x51, 0x32).data == b"0"
    assert next_card_is_good(bench)


def test_two_mute_cards_in_a_row(bench):
    bench.ready().arm("card.mute", times=2)
    for _ in range(2):
        bench.ask(0x32, MOVE_IC)
        assert bench.ask(0x51, 0x30).code == "61"
        bench.ask(0x32, MOVE_BIN)
    assert next_card_is_good(bench)


def test_an_unreadable_chip_has_no_records(bench):
    bench.ready().arm("card.unreadable")
    bench.ask(0x32, MOVE_IC)
    bench.ask(0x51, 0x30)
    bench.ask(0x51, 0x39, SELECT_DEBIT)
    assert bench.ask(0x51, 0x39, READ_PAN).data == bytes.fromhex("6A83")
    assert next_card_is_good(bench)


@pytest.mark.parametrize("pan", ["", "9999220000000000015"])
def test_a_foreign_card_shows_a_number_outside_the_slip(bench, pan):
    slip = {card.slip_pan for card in bench.ready().state().cards}
    bench.arm("card.foreign_pan", pan=pan)
    bench.ask(0x32, MOVE_IC)
    shown = read_pan(bench)
    assert shown not in slip
    assert pan in ("", shown)
    state = bench.state().cards[0]
    assert (state.pan, state.slip_pan in slip) == (shown, True)
    assert next_card_is_good(bench)
