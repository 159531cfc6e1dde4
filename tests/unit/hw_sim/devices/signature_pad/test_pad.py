"""What the pad does, refuses and shows; how hands move on it."""

from __future__ import annotations

import hashlib
import itertools
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sim.devices.device import HandAction, Moment
from padkit_sim.devices.signature_pad import FAULTS, NAMES, PadSettings, SignaturePad
from padkit_sim.devices.usb import Setup
from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultBook

SEQUENCE, TIME = slice(9, 11), slice(7, 9)


def numbers(reports):
    return [int.from_bytes(report[SEQUENCE]) for report in reports]


# -- orders and states


@pytest.mark.parametrize("order", ["16 00", "27 00"])
def test_an_order_of_another_state_is_refused_with_02(bench, order):
    assert bench.set(order) == 0x02


@pytest.mark.parametrize("order", ["20 00", "25 00", "15 00 00 00 01", "22 15 00 10 00"])
def test_what_needs_a_pad_at_ease_is_refused_while_it_captures(bench, order):
    bench.set("15 00 00 00 01")
    assert bench.set(order) == 0x02
    assert bench.set("16 00") == 0
    assert bench.set("16 00") == 0x02


def test_a_session_of_zero_is_a_bad_value(bench):
    assert bench.set("15 00 00 00 00") == 0x04


def test_a_report_that_is_none_is_stalled(bench):
    assert bench.set("77 00") is None
    assert bench.set("20 00 00") is None
    assert bench.get(0x77) == b""
    assert bench.pad.control(Setup(0x40, 1, 0, 0, 0), b"", bench.at()).stalled


def test_what_was_kept_can_be_read_back_until_a_reset(bench):
    assert bench.set("22 20 00 1A 00") == 0
    assert bench.get(0x22) == bytes.fromhex("22 20 00 1A 00")
    assert bench.set("04 00") == 0
    assert bench.get(0x22) == bytes.fromhex("22 15 00 10 00")


@pytest.mark.parametrize("order", ["2A 00 00 00 00 20 03 00 00", "2A 05 00 00 00 04 00 00 00", "32 04"])
def test_a_value_that_cannot_be_is_refused_with_04(bench, order):
    assert bench.set(order) == 0x04


def test_its_descriptors_are_those_of_a_hid_device_with_a_report_descriptor(bench):
    (interface,) = bench.pad.descriptors.interfaces
    assert (interface.class_, [end.address for end in interface.endpoints]) == (3, [0x81, 0x01])
    reply = bench.pad.control(Setup(0x81, 6, 0x2200, 0, 4096), b"", bench.at()).reply
    assert int.from_bytes(interface.extra[7:9], "little") == len(reply)


# -- pictures


def block(part, data):
    return (b"\x26" + len(data).to_bytes(2, "little") + data).ljust(part + 3, b"\0")


def show(bench, start, data, part=2557):
    assert bench.set(start) == 0
    for at in range(0, len(data), part):
        assert bench.set(block(part, data[at : at + part]).hex()) == 0
    result = bench.set("27 00")
    bench.run(1.0)
    return result or bench.get(3)[2]


def test_a_picture_is_shown_when_its_time_has_come(bench):
    assert bench.set("24 04 01 00 00 00 00 01 00 00 00") == 0
    assert bench.set(block(2557, bytes.fromhex("0000FF FF0000")).hex()) == 0
    assert bench.set("27 00") == 0
    assert bench.get(3)[1] == 1 and bench.state().blank
    bench.run(1.0)
    assert bench.get(3)[1] == 0
    assert [bench.pad.screen.pixel(x, 0) for x in range(3)] == [(255, 0, 0), (0, 0, 255), (255, 255, 255)]


def test_a_mono_pad_takes_plain_bits_and_packed_ones(pads):
    bench = pads("STU-430")
    bits = bytes.fromhex("7F" + "FF" * 39) * 200
    assert show(bench, "25 00", bits, 253) == 0
    assert bench.pad.screen.pixel(0, 0) == (0, 0, 0)
    shown = bench.state().screen
    assert bench.set("20 00") == 0 and bench.state().blank
    assert show(bench, "25 01", zlib.compress(bits), 253) == 0
    assert bench.state().screen == shown == hashlib.sha256(bench.pad.screen.pixels).hexdigest()


@pytest.mark.parametrize(
    ("start", "data", "result"),
    [("25 01", b"no zlib", 0x12), ("25 01", zlib.compress(bytes(7)), 0x15), ("25 00", bytes(7), 0x15)],
)
def test_a_picture_that_cannot_be_shown_is_refused(pads, start, data, result):
    bench = pads("STU-430")
    assert show(bench, start, data, 253) == result
    assert bench.state().blank and bench.state().status == "at_ease"


@pytest.mark.parametrize("start", ["25 04", "25 02", "25 11", "25 77"])
def test_an_encoding_that_the_model_has_not_is_refused_with_10(pads, start):
    assert pads("STU-430").set(start) == 0x10


def test_a_picture_too_long_is_refused_with_11(bench):
    bench.set("24 04 01 00 00 00 00 00 00 00 00")
    assert bench.set(block(2557, bytes(4)).hex()) == 0x11
    assert bench.set("27 00") == 0x11
    assert bench.state().status == "at_ease"


def test_an_abandoned_picture_is_not_shown(bench):
    bench.set("25 04")
    assert bench.set("27 01") == 0
    assert bench.state().blank and bench.set("20 00") == 0


def test_blocks_come_by_the_pipe_only_after_a_start_that_says_so(bench):
    bench.set("24 04 01 00 00 00 00 00 00 00 00")
    assert bench.out(block(2557, bytes(3))).stalled
    bench.set("27 01")
    bench.set("24 14 01 00 00 00 00 00 00 00 00")
    assert not bench.out(block(2557, bytes(3))).stalled
    assert bench.set("27 00") == 0
    bench.run(1.0)
    assert bench.pad.screen.pixel(0, 0) == (0, 0, 0)


def test_the_screen_is_a_png_for_the_control_page(bench):
    assert bench.pad.screen_png().startswith(b"\x89PNG\r\n\x1a\n")


# -- hands


def test_a_signature_comes_at_200_hertz_numbered_and_timed(bench):
    bench.capture()
    bench.hand("sign", "wang")
    for _ in range(40):
        bench.run(0.05)
    assert not bench.state().moving
    assert numbers(bench.reports) == list(range(1, len(bench.reports) + 1))
    times = [int.from_bytes(report[TIME]) for report in bench.reports]
    assert {b - a for a, b in itertools.pairwise(times)} == {5}


def test_it_wakes_for_each_report(bench):
    bench.capture()
    step = bench.hand("sign", "loops")
    assert step.wake_at_s == pytest.approx(0.005)


def test_ink_is_drawn_in_its_area_when_the_pad_is_told_to(bench):
    bench.capture()
    bench.hand("sign", "wang")
    bench.run(5.0)
    assert not bench.state().blank
    bench.set("16 00")
    bench.set("23 00 01 00 00 3C 00 1F 03 8F 01")
    assert bench.state().blank


def test_no_ink_when_it_is_off(bench):
    bench.set("21 00")
    bench.capture()
    bench.hand("sign", "wang")
    bench.run(5.0)
    assert bench.state().blank and bench.reports


def test_a_pen_before_a_capture_is_seen_and_not_reported(bench):
    bench.hand("sign", "wang")
    bench.run(5.0)
    assert bench.reports == [] and not bench.state().blank


def test_the_same_seed_is_the_same_hand(pads):
    one, two, three = pads("STU-430"), pads("STU-430"), pads("STU-430")
    for pad, item in ((one, "generated:7"), (two, "generated:7"), (three, "generated:8")):
        pad.set("15 00 00 00 01")
        pad.hand("sign", item)
        pad.run(9.0)
    assert one.reports == two.reports != three.reports


@pytest.mark.parametrize(("item", "column"), [("cancel", 133), ("redo", 400), ("confirm", 666), ("10,20", 10)])
def test_a_press_lands_in_a_third_of_the_bar_or_at_a_place(bench, item, column):
    bench.capture()
    bench.hand("press", item)
    bench.run(1.0)
    x, y = (int.from_bytes(bench.reports[4][at : at + 2]) for at in (3, 5))
    assert (x // 10, y // 10) == (column, 20 if item == "10,20" else 440)


def test_a_lifted_pen_is_gone_at_once(bench):
    bench.capture()
    bench.hand("sign", "wang")
    bench.run(0.2)
    bench.hand("lift_pen")
    assert bench.reports[-1][1] == 0 and not bench.state().moving


@pytest.mark.parametrize(
    ("action", "item"),
    [("sign", "nobody"), ("sign", "wang:3"), ("press", ""), ("press", "ok"), ("press", "800,0"), ("dance", "")],
)
def test_what_nobody_can_do_is_refused(bench, action, item):
    bench.capture()
    with pytest.raises(SimRefused, match="signature pad"):
        bench.hand(action, item)


def test_without_a_bar_a_button_cannot_be_pressed(bench):
    with pytest.raises(SimRefused, match="bar"):
        bench.hand("press", "confirm")


def test_a_power_cut_forgets_all_and_shows_nothing(bench):
    bench.capture()
    bench.hand("sign", "wang")
    bench.run(1.0)
    bench.pad.power_cycle(bench.at())
    state = bench.state()
    assert (state.blank, state.status, state.inking, list(state.ink_area)) == (True, "at_ease", True, [0, 0, 799, 479])


# -- faults


def wrote(bench, **words):
    bench.capture()
    bench.hand("sign", "wang")
    bench.run(5.0)
    return bench.reports


def test_a_dropped_report_leaves_its_number_out(bench):
    bench.arm("pad.drop_report", nth=10)
    got = numbers(wrote(bench))
    assert got[8:10] == [9, 11]


def test_a_repeated_report_comes_twice(bench):
    bench.arm("pad.repeat_sequence", nth=10)
    assert numbers(wrote(bench))[8:12] == [9, 10, 10, 11]


def test_out_of_range_says_no_place_for_so_long(bench):
    bench.arm("pad.out_of_range", nth=5, count=3)
    away = [i for i, report in enumerate(wrote(bench)[:-1]) if report[1:7] == bytes(6)]
    assert len(away) == 3 and away[2] - away[0] == 2


def test_a_saturated_pad_has_the_largest_force_from_the_nth_report_on(bench):
    bench.arm("pad.saturated", nth=4)
    forces = [int.from_bytes(report[1:3]) & 0xFFF for report in wrote(bench) if report[1] & 0x10]
    assert forces[2] < 1023 and set(forces[3:]) == {1023}


def test_a_wrong_state_is_said_once_and_nothing_is_done(bench):
    bench.arm("pad.wrong_state", on="start_capture")
    assert bench.set("15 00 00 00 01") == 0x02
    assert not bench.state().capturing
    assert bench.set("15 00 00 00 01") == 0


def test_a_busy_pad_takes_no_order_until_its_time_is_over(bench):
    bench.arm("pad.busy", for_s=1.0)
    assert bench.get(3)[1] == 0x05
    assert bench.set("20 00") == 0x02
    bench.run(1.0)
    assert bench.get(3)[1] == 0 and bench.set("20 00") == 0


def test_a_busy_pad_is_well_when_the_fault_is_cleared(bench):
    bench.arm("pad.busy", for_s=99.0)
    bench.get(3)
    bench.book.clear("pad.busy")
    assert bench.get(3)[1] == 0


@pytest.mark.parametrize("result", ["10", "12"])
def test_a_refused_picture_is_not_shown(bench, result):
    bench.arm("pad.image_refused", result=result)
    assert show(bench, "24 04 01 00 00 00 00 00 00 00 00", bytes(3)) == int(result, 16)
    assert bench.state().blank and bench.state().status == "at_ease"


SETUPS = st.builds(
    Setup,
    st.sampled_from([0x21, 0xA1, 0x81, 0xC0, 0x40]),
    st.sampled_from([1, 9, 6, 10, 200]),
    st.integers(0, 0x3FF) | st.integers(0x300, 0x334),
    st.just(0),
    st.integers(0, 300),
)


@given(st.lists(st.tuples(SETUPS, st.binary(max_size=300), st.booleans()), max_size=30))
def test_random_transfers_are_answered_or_refused_and_a_reset_helps(transfers):
    book = FaultBook({spec.name: spec for spec in FAULTS}, {"pad": NAMES}, seed=1)
    pad = SignaturePad(PadSettings("STU-430"), book.dial("pad"))
    for number, (setup, data, own) in enumerate(transfers):
        whole = bytes([setup.value & 0xFF]) + data if own else data
        pad.control(setup, whole, Moment(number, number))
        pad.out(1, whole, Moment(number, number))
    end = Moment(99, 99)
    pad.hand(HandAction("lift_pen"), end)
    pad.control(Setup(0x21, 9, 0x304, 0, 2), b"\x04\0", end)
    assert pad.state(end).status == "at_ease"
