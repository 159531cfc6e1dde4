"""PNG in and out: filters and kinds against rows worked out by hand, and hostile pictures."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_signature_pad.png import SIGNATURE, BadPicture, decode_rgb, encode_rgba


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def made(width, height, rows, *, depth=8, colour=2, interlace=0, palette=b"", packed=None):
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    body = zlib.compress(rows) if packed is None else packed
    extra = chunk(b"PLTE", palette) if palette else b""
    return SIGNATURE + chunk(b"IHDR", head) + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def rgb(data, width, height):
    return b"".join(decode_rgb(data, width, height))


@pytest.mark.parametrize(
    ("kind", "rows", "seen"),
    [
        (0, "0A0B0C 0D0E0F", "0A0B0C 0D0E0F"),
        (1, "0A0B0C 010101", "0A0B0C 0B0C0D"),
        (2, "0A0B0C 010101", "0A0B0C 010101"),
        (3, "0A0B0C 010101", "0A0B0C 060607"),
        (4, "0A0B0C 010101", "0A0B0C 0B0C0D"),
    ],
)
def test_each_filter_is_undone_in_the_first_row(kind, rows, seen):
    assert rgb(made(2, 1, bytes([kind]) + bytes.fromhex(rows)), 2, 1) == bytes.fromhex(seen)


@pytest.mark.parametrize(("kind", "second"), [(2, "0B0C0D 0E0F10"), (3, "060607 0A0B0C"), (4, "0B0C0D 0E0F10")])
def test_filters_look_at_the_row_above(kind, second):
    rows = bytes([0]) + bytes.fromhex("0A0B0C 0D0E0F") + bytes([kind]) + bytes([1] * 6)
    assert rgb(made(2, 2, rows), 2, 2)[6:] == bytes.fromhex(second)


@pytest.mark.parametrize(
    ("words", "row", "seen"),
    [
        ({"colour": 0}, "07", "070707"),
        ({"colour": 0, "depth": 1}, "80", "FFFFFF"),
        ({"colour": 3, "palette": bytes.fromhex("010203 040506")}, "01", "040506"),
        ({"colour": 3, "depth": 1, "palette": bytes.fromhex("010203 040506")}, "80", "040506"),
        ({"colour": 4}, "0000", "FFFFFF"),
        ({"colour": 6}, "0A0B0CFF", "0A0B0C"),
    ],
)
def test_each_kind_is_shown_on_white(words, row, seen):
    assert rgb(made(1, 1, b"\0" + bytes.fromhex(row), **words), 1, 1) == bytes.fromhex(seen)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SIGNATURE,
        made(2, 1, bytes(7)),  # another size
        made(1, 1, bytes(8), depth=16),
        made(1, 1, bytes(4), interlace=1),
        made(1, 1, b"\x09\0\0\0"),
        made(1, 1, bytes(3)),
        made(1, 1, bytes(5000)),
        made(1, 1, b"", packed=b"no zlib"),
        made(1, 1, b"\0\x05", colour=3, palette=bytes(3)),
        made(1, 1, bytes(4))[:-20],
        made(1, 1, bytes(4)).replace(b"IHDR", b"IHDX"),
    ],
    ids=range(12),
)
def test_what_is_no_picture_of_that_size_is_refused(data):
    with pytest.raises(BadPicture):
        rgb(data, 1, 1)


def test_a_bomb_is_not_inflated():
    with pytest.raises(BadPicture, match="not as many"):
        rgb(made(1, 1, bytes(5_000_000)), 1, 1)


@given(st.binary(max_size=200))
def test_random_bytes_behind_a_true_header_are_refused_or_read(data):
    try:
        list(decode_rgb(SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)) + data, 4, 4))
    except BadPicture:
        return


@given(st.integers(1, 5), st.integers(1, 5), st.randoms(use_true_random=False))
def test_what_is_written_opaque_is_read_back(width, height, dice):
    pixels = [bytes([*dice.randbytes(3), 255]) for _ in range(width * height)]
    assert rgb(encode_rgba(width, height, b"".join(pixels)), width, height) == b"".join(p[:3] for p in pixels)
