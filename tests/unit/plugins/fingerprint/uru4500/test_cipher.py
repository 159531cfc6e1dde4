from __future__ import annotations

import random
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_fingerprint.uru4500.cipher import looks_scrambled, stream, unscramble
from padkit_fingerprint.uru4500.protocol import WIDTH, Block, Flag, RawPicture
from padkit_sdk import BadFrame
from padkit_sim.devices.fingerprint_uru4500 import wire
from padkit_sim.devices.fingerprint_uru4500.wire import Part

VECTORS = tomllib.loads((Path(__file__).parents[4] / "vectors" / "fingerprint" / "uru4500.toml").read_text())
KEY = 0x12345678


@pytest.mark.parametrize("vector", VECTORS["stream"], ids=lambda it: it["name"])
def test_the_key_stream_is_that_of_the_notes(vector):
    made, after = stream(int(vector["key"], 16), vector["steps"])
    assert made.startswith(bytes.fromhex(vector.get("bytes", "")))
    assert (len(made), after) == (vector["steps"], int(vector["after"], 16))


@given(st.integers(0, 2**32 - 1), st.integers(0, 200), st.integers(0, 200))
def test_a_stream_can_be_taken_in_pieces(key, first, second):
    whole, end = stream(key, first + second)
    one, between = stream(key, first)
    other, after = stream(between, second)
    assert (one + other, after) == (whole, end)


def scrambled(rows, parts, keys):
    """A picture scrambled by the simulator's own reading of the notes, as the driver gets it."""
    clear = random.Random(rows).randbytes(rows * WIDTH)
    picture = bytes(255 - grey for grey in reversed(clear))
    message = wire.picture_message(picture, [Part(*part) for part in parts], 0, keys)
    blocks = tuple(Block(Flag(flags), lines) for flags, lines in parts)
    return clear, RawPicture(0, blocks, message[wire.HEAD_BYTES :])


def test_what_the_reader_scrambles_is_clear_again_but_for_the_last_pixel_of_each_block():
    clear, raw = scrambled(6, [(2, 2), (0, 1), (2, 3)], [KEY])
    expected = bytearray(clear)
    expected[2 * WIDTH - 1] = expected[6 * WIDTH - 1] = 0
    assert unscramble(raw, [KEY]) == bytes(expected)


def test_the_key_runs_on_over_rows_that_are_not_there_and_stands_where_the_flag_says():
    clear, raw = scrambled(5, [(1, 1), (2, 1), (4, 1), (6, 1), (2, 1)], [KEY])
    expected = bytearray(clear[WIDTH:])
    expected[WIDTH - 1] = expected[-1] = 0
    assert unscramble(raw, [KEY]) == bytes(expected)


def test_a_new_key_is_taken_where_the_flag_says():
    clear, raw = scrambled(2, [(2, 1), (0x82, 1)], [KEY, 99])
    assert unscramble(raw, [KEY, 99])[WIDTH : 2 * WIDTH - 1] == clear[WIDTH : 2 * WIDTH - 1]
    with pytest.raises(BadFrame, match="2 keys, given 1"):
        unscramble(raw, [KEY])


def test_noise_is_told_from_the_background():
    assert looks_scrambled(random.Random(1).randbytes(2 * WIDTH))
    assert not looks_scrambled(bytes([20, 25]) * WIDTH)
    assert not looks_scrambled(b"")


@given(
    st.lists(st.tuples(st.integers(0, 255).map(Flag), st.integers(1, 3)), max_size=15),
    st.integers(0, 4),
    st.integers(0, 2**32 - 1),
)
def test_blocks_of_any_kind_are_unscrambled_within_the_rows_there_are(blocks, rows, key):
    raw = RawPicture(0, tuple(Block(*block) for block in blocks), bytes(rows * WIDTH))
    assert len(unscramble(raw, [key] * len(raw.key_numbers()))) <= rows * WIDTH
