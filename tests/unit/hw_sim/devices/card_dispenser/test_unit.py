"""What each command of the table does."""

from __future__ import annotations

import pytest

COMMANDS_BUT_INITIALIZE = [
    (cm, pm)
    for cm, pms in {
        0x31: (0x30, 0x31),
        0x32: (0x30, 0x31, 0x32, 0x33, 0x39),
        0x33: (0x30, 0x31),
        0x50: (0x30, 0x31),
        0x51: (0x30, 0x31, 0x32, 0x33, 0x34, 0x38, 0x39),
        0x52: (0x30, 0x31, 0x32, 0x40),
        0x60: (0x30, 0x31, 0x32),
        0xA2: (0x30,),
        0xA3: (0x30,),
        0xA4: (0x30,),
        0xA5: (0x30, 0x31),
        0x99: (0x30,),
    }.items()
    for pm in pms
]


@pytest.mark.parametrize(("cm", "pm"), COMMANDS_BUT_INITIALIZE)
def test_after_power_on_everything_but_initialize_is_refused(bench, cm, pm):
    assert bench.ask(cm, pm).code == "B0"


@pytest.mark.parametrize("pm", [0x30, 0x31, 0x33, 0x34, 0x35, 0x37])
def test_each_initialize_answers_with_the_firmware(bench, pm):
    answer = bench.ask(0x30, pm)
    assert (answer.status, answer.data) == ("020", b"CRT-591-M001")


@pytest.mark.parametrize(
    ("pm", "place"), [(0x30, "gate"), (0x34, "gate"), (0x31, "bin"), (0x35, "bin"), (0x33, "path"), (0x37, "path")]
)
def test_initialize_does_with_a_card_inside_what_it_says(bench, pm, place):
    bench.staged().power_cycle()
    assert bench.ask(0x30, pm).code == ""
    assert bench.places()[0] == place


@pytest.mark.parametrize(("pm", "count"), [(0x31, b"000"), (0x35, b"001")])
def test_only_the_counting_initializes_count(bench, pm, count):
    bench.staged().power_cycle()
    bench.ask(0x30, pm)
    assert bench.ask(0xA5, 0x30).data == count


def test_initialize_to_the_bin_is_refused_when_the_bin_is_full(bench_of):
    bench = bench_of(bin_capacity=1).staged()
    bench.ask(0x32, 0x33)
    bench.ask(0x32, 0x31)
    assert bench.ask(0x30, 0x35).code == "A1"


def test_initialize_shuts_the_gate_and_lifts_the_contacts(bench):
    bench.staged().ask(0x33, 0x30)
    bench.ask(0x51, 0x30)
    bench.ask(0x52, 0x40, b"\x33")
    bench.ask(0x30, 0x37)
    state = bench.state()
    assert (state.entry_allowed, state.chip_powered) == (False, False)
    assert bench.ask(0x52, 0x32).data == b"\x30\x30"


def test_the_sensor_report_has_ten_characters(bench):
    assert bench.ready().ask(0x31, 0x31).data == b"0000000000"
    bench.ask(0x32, 0x31)
    assert bench.ask(0x31, 0x31).data == b"0110000000"
    bench.ask(0x32, 0x30)
    assert bench.ask(0x31, 0x31).data == b"0001110000"


def test_the_stacker_says_enough_few_and_empty(bench_of):
    bench = bench_of(count=2, low_at=1).ready()
    seen = [bench.ask(0x31, 0x30).status[1]]
    for _ in range(2):
        bench.ask(0x32, 0x31)
        bench.ask(0x32, 0x33)
        seen.append(bench.ask(0x31, 0x30).status[1])
    assert seen == ["2", "1", "0"]
    assert bench.ask(0x32, 0x31).code == "A0"
    assert bench.state().error == ""


def test_a_full_bin_refuses_and_keeps_the_card(bench_of):
    bench = bench_of(bin_capacity=1).staged()
    assert bench.ask(0x32, 0x33).status == "021"
    bench.ask(0x32, 0x31)
    assert bench.ask(0x32, 0x33).code == "A1"
    assert bench.places()[1] == "path"


@pytest.mark.parametrize(
    ("pm", "place", "st0"),
    [(0x30, "gate", "1"), (0x31, "path", "2"), (0x32, "path", "2"), (0x33, "bin", "0"), (0x39, "out", "0")],
)
def test_each_move_brings_the_card_where_it_says(bench, pm, place, st0):
    answer = bench.staged().ask(0x32, pm)
    assert (answer.status[0], bench.places()[0]) == (st0, place)


@pytest.mark.parametrize("pm", [0x31, 0x32])
def test_a_station_feeds_only_when_the_path_is_empty(bench, pm):
    bench.presented().ask(0x32, pm)
    assert bench.places().count("hopper") == 7
    assert bench.ask(0x31, 0x30).status[0] == "2"


@pytest.mark.parametrize("pm", [0x30, 0x33, 0x39])
def test_without_a_card_the_other_moves_are_out_of_sequence(bench, pm):
    assert bench.ready().ask(0x32, pm).code == "02"


def test_a_full_counter_stops_captures_until_initialize(bench):
    bench.staged().ask(0xA5, 0x31, b"999")
    assert bench.ask(0x32, 0x33).code == "50"
    assert bench.ask(0x32, 0x30).code == "50"
    bench.ask(0x30, 0x37)
    bench.ask(0xA5, 0x31, b"000")
    assert bench.ask(0x32, 0x33).status[0] == "0"
    assert bench.ask(0xA5, 0x30).data == b"001"


@pytest.mark.parametrize("data", [b"", b"12", b"12a", b"1234"])
def test_the_counter_takes_three_digits(bench, data):
    assert bench.ready().ask(0xA5, 0x31, data).code == "04"


def test_the_unit_says_who_it_is(bench):
    bench.ready()
    assert bench.ask(0xA2, 0x30).data == b"\x0a0000000001"
    assert bench.ask(0xA3, 0x30).data.startswith(b"CRT-591-M001")
    assert bench.ask(0xA4, 0x30).data == b"V1.00"
    assert bench.ask(0xA6, 0x30).code == "03"


def test_commands_outside_the_table_have_their_codes(bench):
    bench.ready()
    assert bench.ask(0x99, 0x30).code == "00"
    assert bench.ask(0x31, 0x39).code == "01"
    assert bench.ask(0x31, 0x30, b"\x00").code == "04"


def test_a_latched_error_stops_motions_but_not_questions(bench):
    bench.ready().arm("box.error", code="51", on="move")
    assert bench.ask(0x32, 0x31).code == "51"
    assert bench.ask(0x32, 0x31).code == "51"
    assert bench.ask(0x51, 0x30).code == "51"
    assert bench.ask(0x31, 0x30).status == "020"
    assert bench.ask(0x30, 0x37).code == ""
    assert bench.ask(0x32, 0x31).status == "220"


def test_a_move_takes_the_card_off_its_contacts(bench):
    bench.staged().ask(0x51, 0x30)
    bench.ask(0x32, 0x30)
    assert bench.ask(0x51, 0x32).data == b"0"
