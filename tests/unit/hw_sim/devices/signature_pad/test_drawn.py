"""A drawn stroke: what comes of its text at the pad's rate, and what is no stroke."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sim.devices.signature_pad.drawn import MAX_TEXT, drawn
from padkit_sim.devices.signature_pad.strokes import STEP_S
from padkit_sim.errors import SimRefused

LINE = "0,0.2,0.5,0.5 50,0.4,0.5,1 100,0.8,0.5,0.5"


def test_a_stroke_is_seen_at_the_pads_rate_with_the_pen_near_before_and_after():
    moments = drawn(LINE)
    down = [moment for moment in moments if moment.force]
    assert len(down) == round(0.1 / STEP_S) + 1
    assert (down[0].x, down[10].x, down[10].force, down[-1].x) == (0.2, 0.4, 1.0, 0.8)
    assert moments[0].near
    assert not moments[0].force
    assert not moments[-1].near


def test_one_place_is_a_dot():
    assert next(m for m in drawn("0,0.5,0.5,0.3") if m.force)[:3] == (0.5, 0.5, 0.3)


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ("", "is no place"),
        ("0,0.2,0.5", "is no place"),
        ("0,0.2,0.5,0.5  10,0.2,0.5,0.5", "is no place"),
        ("0,-0.2,0.5,0.5", "is no place"),
        ("0,nan,0.5,0.5", "is no place"),
        ("0,1.2,0.5,0.5", "off the screen"),
        ("0,0.2,0.5,1.01", "too hard"),
        ("20,0.2,0.5,0.5 10,0.2,0.5,0.5", "10 ms is earlier"),
        ("0,0.2,0.5,0.5 60001,0.2,0.5,0.5", "at most 60 s"),
        ("0" * (MAX_TEXT + 1), "give at most"),
    ],
)
def test_what_is_no_stroke_is_refused(item, why):
    with pytest.raises(SimRefused, match=why):
        drawn(item)


@given(st.text(alphabet="0123456789,. -e", max_size=80))
def test_any_text_is_a_stroke_or_refused(item):
    try:
        moments = drawn(item)
    except SimRefused:
        return
    assert all(0 <= m.x <= 1 and 0 <= m.y <= 1 and 0 <= m.force <= 1 for m in moments)


def test_what_is_drawn_is_reported_on_the_whole_screen(bench):
    bench.capture()
    bench.hand("draw", LINE)
    bench.hand("draw", LINE)
    bench.run(2.0)
    down = [report for report in bench.reports if report[1] & 0x0F]
    xs = [int.from_bytes(report[3:5]) for report in down]
    assert min(xs) == 1600
    assert max(xs) == 6400
    assert not bench.state().moving
