from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_fingerprint.templates.iso19794 import Minutia, Record, decode, encode
from padkit_sdk import Refused
from padkit_sdk.ports import Finger

POINT = st.builds(
    Minutia, st.integers(0, 383), st.integers(0, 289), st.integers(0, 255), st.integers(0, 2), st.integers(0, 100)
)
ONE = Record(Finger.LEFT_INDEX, 384, 290, 512, 77, (Minutia(15, 195, 216, 1, 6),))


def test_a_record_has_the_layout_of_the_standard():
    assert encode(ONE).hex(" ").upper() == (
        "46 4D 52 00 20 32 30 00 00 00 00 24 00 00 01 80 01 22 00 CA 00 CA 01 00 "  # header: 202 pixels per cm
        "07 00 4D 01 "  # left index, view 0, quality 77, one minutia
        "40 0F 00 C3 D8 06 "  # an ending at 15, 195
        "00 00"  # no extended data
    )


@given(st.lists(POINT, max_size=255))
def test_what_is_written_is_read(points):
    made = Record(Finger.RIGHT_THUMB, 384, 290, 513, 50, tuple(sorted(points, key=lambda it: -it.quality)))
    assert decode(encode(made)) == made


def test_of_too_many_minutiae_the_best_are_kept():
    points = tuple(Minutia(1, 1, 0, 1, quality % 100) for quality in range(400))
    kept = decode(encode(Record(Finger.UNKNOWN, 384, 290, 512, 50, points))).minutiae
    assert len(kept) == 255
    assert min(point.quality for point in kept) >= 36


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"FMR\0 20\0",
        encode(ONE)[:-1],
        encode(ONE) + b"\0",
        b"FMR\0 30\0" + encode(ONE)[8:],
        encode(ONE)[:24] + b"\x63" + encode(ONE)[25:],
        encode(ONE)[:27] + b"\xff" + encode(ONE)[28:],
        bytes(100_000),
    ],
)
def test_what_is_no_record_is_refused_without_its_bytes(bad):
    with pytest.raises(Refused) as caught:
        decode(bad)
    assert caught.value.reason == "template.format"
    assert "40 0F" not in str(caught.value)


@given(st.binary(max_size=400))
def test_hostile_bytes_are_refused_or_a_record(data):
    try:
        assert len(decode(b"FMR\0 20\0" + data).minutiae) <= 255
    except Refused as exc:
        assert exc.reason == "template.format"
