"""Patterns of bytes as a test writes them."""

from __future__ import annotations

import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.hil.pattern import bytes_pattern

FRAME = bytes.fromhex("F2 00 00 03 43 31 30 03 B0")


@pytest.mark.parametrize("text", ["F2 00 00 03 43 31 30 03 B0", "f2 ?? ?? 03 43", "43 31", "F2 * B0", "F2 00 * 00 03"])
def test_bytes_and_wildcards_are_found(text):
    assert bytes_pattern(text).search(FRAME)


@pytest.mark.parametrize("text", ["F2 F2", "B0 ??", "F2 * 99", "31 43"])
def test_what_is_not_there_is_not_found(text):
    assert not bytes_pattern(text).search(FRAME)


def test_a_newline_is_a_byte_like_any_other():
    assert bytes_pattern("01 ?? * 02").search(b"\x01\n\n\x02")


@pytest.mark.parametrize("text", ["", "F", "F200", "fault box.jam", "F2 ?"])
def test_what_is_no_byte_is_refused(text):
    with pytest.raises(SimRefused, match="give bytes such as"):
        bytes_pattern(text)
