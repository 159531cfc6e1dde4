"""Pictures for the pad: which encoding, which bytes."""

from __future__ import annotations

import zlib
from dataclasses import replace

import pytest

from padkit_signature_pad.image import Encoding, choose, is_black_and_white, packed
from padkit_signature_pad.png import BadPicture
from padkit_signature_pad.protocol import Flag

COLOUR = bytes.fromhex("FF0000 00FF00 0000FF FFFFFF")
MONO = bytes.fromhex("000000 FFFFFF FFFFFF 000000")


@pytest.mark.parametrize(
    ("flags", "plain", "chosen"),
    [
        (Flag.BIT_1 | Flag.BIT_24, True, Encoding.BIT_1),
        (Flag.BIT_1 | Flag.BIT_24, False, Encoding.BIT_24),
        (Flag.BIT_1 | Flag.ZLIB, False, Encoding.BIT_1_ZLIB),
        (Flag.BIT_16, True, Encoding.BIT_16),
        (Flag.BIT_1, False, Encoding.BIT_1),
    ],
)
def test_the_shortest_encoding_that_loses_nothing_is_chosen(flags, plain, chosen):
    assert choose(flags, black_and_white=plain) is chosen


def test_a_pad_that_takes_no_picture_we_know_is_refused():
    with pytest.raises(BadPicture):
        choose(Flag(0), black_and_white=True)


def test_black_and_white_is_seen():
    assert is_black_and_white(MONO)
    assert not is_black_and_white(COLOUR)
    assert not is_black_and_white(bytes([7, 7, 7]))


def test_each_encoding_has_its_bytes(geometry):
    small = replace(geometry, width_px=4, height_px=1)
    assert packed(COLOUR, small, Encoding.BIT_24) == bytes.fromhex("0000FF 00FF00 FF0000 FFFFFF")
    assert packed(COLOUR, small, Encoding.BIT_16) == bytes.fromhex("F800 07E0 001F FFFF")
    assert packed(MONO, small, Encoding.BIT_1) == b"\x60"
    assert zlib.decompress(packed(MONO, small, Encoding.BIT_1_ZLIB)) == b"\x60"


def test_rows_of_one_bit_begin_at_a_byte(geometry):
    small = replace(geometry, width_px=2, height_px=2)
    assert packed(MONO, small, Encoding.BIT_1) == b"\x40\x80"
