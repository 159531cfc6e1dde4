from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_fingerprint.uru4500.protocol import (
    HEADER,
    MAX_MESSAGE,
    ROWS,
    WIDTH,
    Block,
    Flag,
    RawPicture,
    Said,
    assemble,
    key_from,
    parse_picture,
    scramble_request,
)
from padkit_sdk import BadFrame

VECTORS = tomllib.loads((Path(__file__).parents[4] / "vectors" / "fingerprint" / "uru4500.toml").read_text())


def message(rows, *blocks, claimed=None, number=0):
    head = bytearray(HEADER)
    head[4:7] = (rows if claimed is None else claimed).to_bytes(2, "little") + bytes([number])
    head[16 : 16 + 2 * len(blocks)] = b"".join(bytes(block) for block in blocks)
    return bytes(head) + bytes(rows * WIDTH)


def test_a_key_is_asked_for_and_taken_as_in_the_notes():
    fetch = VECTORS["fetch"]
    seed = int(fetch["seed"], 16)
    assert scramble_request(fetch["number"], seed) == bytes.fromhex(fetch["written"])
    assert key_from(bytes.fromhex(fetch["read"]), seed) == int(fetch["key"], 16)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ("56 AA 00", Said.POWERED_UP),
        ("01 01", Said.FINGER_ON),
        ("02 00", Said.FINGER_OFF),
        ("08 00", Said.WILL_FAIL),
        ("01 02", Said.OTHER),
        ("01", Said.OTHER),
        ("", Said.OTHER),
    ],
)
def test_interrupt_messages_are_told_by_their_first_two_bytes(report, said):
    assert Said.of(bytes.fromhex(report)) is said


def test_the_block_table_ends_at_the_first_entry_without_lines():
    raw = parse_picture(message(3, (2, 2), (0x80, 1), (0, 0), (2, 9), number=7))
    assert raw.blocks == (Block(Flag.SCRAMBLED, 2), Block(Flag.NEW_KEY, 1))
    assert (raw.rows, raw.key_numbers()) == (3, [7, 8])


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        bytes(HEADER - 1),
        bytes(MAX_MESSAGE + 1),
        message(2, (2, 2), claimed=3),
        message(0, claimed=ROWS),
        message(1, (1, 200), (2, 91)),
    ],
)
def test_a_message_that_cannot_be_a_picture_is_refused_without_its_pixels(bad):
    with pytest.raises(BadFrame) as caught:
        parse_picture(bad)
    assert len(caught.value.frame) <= HEADER


def test_a_row_that_is_not_there_is_a_copy_of_the_next_and_the_rest_is_white():
    first, second = bytes([10]) * WIDTH, bytes(range(128)) * 3
    raw = RawPicture(0, (Block(Flag(0), 1), Block(Flag.ABSENT, 1), Block(Flag(0), 1)), first + second)
    made = assemble(raw, raw.pixels)
    turned = made[::-1]
    rows = [turned[at * WIDTH : (at + 1) * WIDTH] for at in range(4)]
    assert len(made) == ROWS * WIDTH
    assert rows[0] == bytes([245]) * WIDTH
    assert rows[1] == rows[2] == bytes(255 - grey for grey in second)
    assert rows[3] == b"\xff" * WIDTH


@given(st.binary(max_size=2000))
def test_hostile_messages_are_refused_or_make_a_whole_picture(data):
    try:
        raw = parse_picture(data)
    except BadFrame:
        return
    assert len(assemble(raw, raw.pixels)) == ROWS * WIDTH
