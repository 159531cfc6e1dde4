"""Records become points: loss, repetition, wrapped times, buttons, strokes."""

from __future__ import annotations

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sdk.signature import MAX_POINTS, PenState
from padkit_signature_pad.layout import Layout
from padkit_signature_pad.pen import OutOfStep, Touch, Writing
from padkit_signature_pad.protocol import Flag, Geometry, PenRecord

STU_540 = Geometry(8000, 4800, 1023, 800, 480, 200, 2540, Flag.BIT_1 | Flag.BIT_24)
CONFIRM, REDO, CANCEL = (700, 440), (400, 440), (100, 440)


@pytest.fixture
def writing():
    return Writing(STU_540, Layout(STU_540))


def fed(writing, records):
    return [touch for touch in map(writing.take, records) if touch]


def test_missing_numbers_are_counted(writing, record):
    fed(writing, [record(n=n) for n in (1, 2, 5, 6, 9)])
    assert (writing.counter.lost, writing.counter.repeated) == (4, 0)


def test_numbers_wrap_without_loss(writing, record):
    fed(writing, [record(n=n) for n in range(0xFFF0, 0x10010)])
    assert writing.counter.lost == 0
    assert writing.points[-1].time_ms == 0x1F * 5


def test_a_repeated_or_late_report_is_dropped(writing, record):
    fed(writing, [record(n=n) for n in (5, 6, 6, 4, 7)])
    assert (writing.counter.lost, writing.counter.repeated, len(writing.points)) == (0, 2, 3)


def test_numbers_that_jump_far_back_are_no_order_at_all(writing, record):
    writing.take(record(n=30_000))
    with pytest.raises(OutOfStep):
        writing.take(record(n=100))


def test_a_pad_that_does_not_number_is_timed_by_its_rate(writing, record):
    fed(writing, [record() for _ in range(5)])
    assert [point.time_ms for point in writing.points] == [0, 5, 10, 15, 20]
    assert not writing.counter.numbered


@pytest.mark.parametrize(
    ("place", "touch"), [(CONFIRM, Touch.CONFIRM), (REDO, Touch.REDO), (CANCEL, Touch.CANCEL)], ids=lambda it: str(it)
)
def test_a_button_counts_when_the_pen_goes_down_and_up_in_it(writing, record, place, touch):
    assert fed(writing, [record(*place), record(*place, tip=False)]) == [touch]
    assert writing.points == []


def test_a_button_counts_when_the_pen_vanishes_from_it(writing, record):
    assert fed(writing, [record(*CONFIRM), record(0, 0, near=False, tip=False)]) == [Touch.CONFIRM]


def test_a_touch_that_slides_off_its_button_presses_none(writing, record):
    assert fed(writing, [record(*CONFIRM), record(*CANCEL), record(*CANCEL, tip=False)]) == []


def test_a_stroke_that_ends_on_a_button_presses_none_and_is_ink(writing, record):
    assert fed(writing, [record(), record(*CONFIRM), record(*CONFIRM, tip=False)]) == [Touch.WRITE]
    assert len(writing.signature()) == 3


def test_the_signature_ends_with_its_last_lift(writing, record):
    fed(writing, [record(), record(), record(tip=False), *(record(tip=False) for _ in range(9)), record(*CONFIRM)])
    assert len(writing.signature()) == 3
    assert writing.signature()[-1].state == PenState.IN_RANGE


def test_what_is_above_the_pad_before_the_first_touch_is_not_kept(writing, record):
    fed(writing, [record(tip=False), record(tip=False), record(), record(tip=False)])
    assert [point.time_ms for point in writing.signature()] == [0, 5]


def test_out_of_range_keeps_the_last_place_once(writing, record):
    fed(writing, [record(300, 200), *(record(0, 0, near=False, tip=False) for _ in range(3)), record(310, 200)])
    places = [(point.x, point.y, int(point.state)) for point in writing.points]
    assert places == [(3000, 2000, 3), (3000, 2000, 0), (3100, 2000, 3)]
    assert writing.strokes == 2


def test_too_much_writing_is_said(writing, record):
    touches = fed(writing, (record() for _ in range(MAX_POINTS + 10)))
    assert touches[-1] is Touch.FULL
    assert len(writing.points) == MAX_POINTS


RECORDS = st.builds(
    PenRecord, st.booleans(), st.booleans(), st.integers(0, 0xFFF), *(st.integers(0, 0xFFFF),) * 4
)  # as any pad, well or ill, may send them


@given(st.lists(RECORDS, max_size=60))
def test_whatever_comes_the_points_are_in_order_and_on_the_pad(records):
    writing = Writing(STU_540, Layout(STU_540))
    with contextlib.suppress(OutOfStep):
        fed(writing, records)
    points = writing.signature()
    assert all(p.x <= 8000 and p.y <= 4800 and p.pressure <= 1023 for p in points)
    assert all(a.time_ms <= b.time_ms for a, b in itertools.pairwise(points))
    assert len(points) <= len(records)
