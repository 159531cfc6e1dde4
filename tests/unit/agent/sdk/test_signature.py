"""The series of points as bytes, and what binds it to a document."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sdk import BadFrame, HiddenBytes
from padkit_sdk.signature import BINDING_SCHEME, PenPoint, PenState, Scale, binding_of, pack_series, unpack_series

U16 = st.integers(0, 0xFFFF)
SCALE = Scale(8000, 4800, 1023, 2540, 200, 3)
POINT = PenPoint(1, 2, 3, 4, PenState(3))
POINTS = st.lists(
    st.builds(PenPoint, U16, U16, U16, st.integers(0, 2**32 - 1), st.sampled_from([PenState(n) for n in range(4)])),
    max_size=30,
)


@given(POINTS, st.none() | st.integers(0, 2**32 - 1))
def test_a_series_comes_back(points, lost):
    scale = replace(SCALE, lost=lost)
    assert unpack_series(pack_series(scale, points)) == (scale, points)


def test_the_layout_is_the_one_that_is_written_down():
    packed = pack_series(SCALE, [POINT]).data
    head = "504B535301 1F40 12C0 03FF 09EC 00C8 01 00000003 00000001"
    assert packed == bytes.fromhex(head + "0001 0002 0003 00000004 03")


def test_the_binding_is_sm3_over_name_document_and_series():
    series = pack_series(SCALE, [POINT])
    document = bytes(range(32))
    wanted = hashlib.new("sm3", b"padkit-signature-1/sm3\0" + document + series.data).digest()
    assert (BINDING_SCHEME, binding_of(document, series)) == ("padkit-signature-1/sm3", wanted)


def test_another_document_or_one_other_point_is_another_binding():
    document, series = bytes(32), pack_series(SCALE, [POINT])
    others = {
        binding_of(document, series),
        binding_of(bytes(31) + b"\x01", series),
        binding_of(document, pack_series(SCALE, [POINT._replace(pressure=4)])),
        binding_of(document, pack_series(replace(SCALE, lost=0), [POINT])),
    }
    assert len(others) == 4


@given(st.binary(max_size=100), st.booleans())
def test_whatever_is_no_series_is_a_bad_frame_that_shows_nothing(data, headed):
    series = HiddenBytes((b"PKSS\x01" if headed else b"") + data)
    try:
        unpack_series(series)
    except BadFrame as refused:
        assert refused.frame == b""


def test_a_series_that_announces_more_than_there_is_is_refused():
    packed = pack_series(SCALE, [POINT]).data
    with pytest.raises(BadFrame):
        unpack_series(HiddenBytes(packed[:-1]))
