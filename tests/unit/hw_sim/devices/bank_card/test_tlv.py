"""Writing BER-TLV."""

from __future__ import annotations

import pytest

from padkit_sim.devices.bank_card.tlv import bcd, tlv


@pytest.mark.parametrize(
    ("count", "length"), [(0, "00"), (1, "01"), (127, "7F"), (128, "8180"), (255, "81FF"), (256, "820100")]
)
def test_lengths_take_the_shortest_form(count, length):
    assert tlv("5A", bytes(count)) == bytes.fromhex("5A" + length) + bytes(count)


def test_values_are_joined():
    assert tlv("BF0C", b"\x01", b"\x02\x03") == bytes.fromhex("BF0C03010203")


def test_an_odd_count_of_digits_ends_in_f():
    assert bcd("123") == bytes.fromhex("123F")
    assert bcd("1234") == bytes.fromhex("1234")
