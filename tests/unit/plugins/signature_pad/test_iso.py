"""The ISO/IEC 19794-7 record, read back by a second codec."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iso_19794_7 import read

from padkit_sdk.signature import PenPoint, PenState, Scale
from padkit_signature_pad.iso import iso_record, scaling

SCALE = Scale(8000, 4800, 1023, 2540, 200, 0)
POINTS = st.lists(
    st.builds(
        PenPoint,
        st.integers(0, 8000),
        st.integers(0, 4800),
        st.integers(0, 1023),
        st.integers(0, 65_535),
        st.sampled_from([PenState(0), PenState(1), PenState(3)]),
    ),
    max_size=40,
).map(lambda points: sorted(points, key=lambda point: point.time_ms))


@given(POINTS)
def test_every_point_comes_back(points):
    record = read(iso_record(SCALE, points))
    assert list(record.channels) == ["X", "Y", "T", "F", "S"]
    assert record.points == [
        {"X": p.x, "Y": 4800 - p.y, "T": p.time_ms, "F": p.pressure, "S": int(bool(p.state & 2))} for p in points
    ]


def test_the_channels_say_what_their_units_mean():
    channels = read(iso_record(SCALE, [])).channels
    assert channels["X"] == {"scaling": 100.0, "least": 0, "most": 8000}
    assert channels["Y"]["most"] == 4800
    assert channels["T"] == {"scaling": 1000.0}
    assert channels["F"] == {"least": 0, "most": 1023}


def test_a_long_signature_has_time_differences():
    points = [PenPoint(1, 2, 3, at_ms, PenState(3)) for at_ms in (0, 5, 70_005)]
    record = read(iso_record(SCALE, points))
    assert [point["DT"] for point in record.points] == [0, 5, 65_535]
    assert [p["DT"] for p in read(iso_record(SCALE, [*points[:2], points[1]._replace(time_ms=65_540)])).points] == [
        0,
        5,
        65_535,
    ]


@pytest.mark.parametrize(("value", "raw"), [(1.0, "8000"), (1000.0, "CFA0"), (100.0, "B480"), (0.5, "7800")])
def test_a_scaling_value_is_exponent_and_fraction(value, raw):
    assert scaling(value) == bytes.fromhex(raw)


@given(st.floats(0.001, 30_000))
def test_a_scaling_value_is_right_to_a_two_thousandth(value):
    word = int.from_bytes(scaling(value))
    assert (1 + (word & 0x7FF) / 2048) * 2.0 ** ((word >> 11) - 16) == pytest.approx(value, rel=1 / 2048)
