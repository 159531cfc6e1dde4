from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_back_clip.record import module_number, split_record
from padkit_sdk import BadFrame

VECTORS = Path(__file__).parents[3] / "vectors" / "identity_card_reader"
NUMBERS = tomllib.loads((VECTORS / "replies.toml").read_text())["number"]


@pytest.mark.parametrize("vector", NUMBERS, ids=lambda v: v["printed"])
def test_a_module_number_is_printed_as_the_manual_prints_it(vector):
    assert module_number(bytes.fromhex(vector["data"])) == vector["printed"]


@pytest.mark.parametrize("size", [0, 512, 1024])
def test_the_fingerprint_has_the_length_that_the_reply_says(size, card_data, block):
    record = split_record(card_data(b"C" * size), fingerprint=True)
    assert record.text.data == block
    assert len(record.photo.data) == 1024
    assert record.fingerprint.data == b"C" * size


def test_a_read_without_fingerprint_has_two_lengths(card_data, block):
    record = split_record(card_data(), fingerprint=False)
    assert (record.text.data, record.fingerprint.data) == (block, b"")
    assert record.photo.data.startswith(b"WLf")


def test_a_card_without_photo_is_read(card_data):
    assert split_record(card_data(photo=b""), fingerprint=False).photo.data == b""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x01\x00", "no room"),
        (b"\x00\xff\x04\x00" + bytes(1279), "no card has"),
        (b"\x01\x00\x03\xff" + bytes(1279), "no card has"),
        (b"\x01\x00\x04\x00" + bytes(1279), "add up"),
        (b"\x01\x00\x04\x00" + bytes(1281), "add up"),
    ],
)
def test_lengths_that_do_not_add_up_are_refused(data, reason):
    with pytest.raises(BadFrame, match=reason):
        split_record(data, fingerprint=False)


def test_a_fingerprint_of_an_odd_size_is_refused(card_data):
    with pytest.raises(BadFrame, match="no card has"):
        split_record(card_data(bytes(100)), fingerprint=True)


@given(st.binary(max_size=2400), st.booleans())
def test_garbage_gives_bad_frame_or_a_record(data, fingerprint):
    try:
        split_record(data, fingerprint=fingerprint)
    except BadFrame as exc:
        assert len(exc.frame) <= 6
